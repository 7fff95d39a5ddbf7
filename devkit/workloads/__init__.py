"""What the demo, the benchmarks and the end-to-end tests run on the cluster: models, releases, clients and load.

Above :mod:`cluster`, unlike the modules of :mod:`devkit` itself.
"""
