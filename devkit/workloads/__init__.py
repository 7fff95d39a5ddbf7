"""Workloads of the demo, the benchmarks and the end-to-end tests: models, releases, clients and load.

This package uses :mod:`cluster`, unlike the modules of :mod:`devkit` itself.
"""
