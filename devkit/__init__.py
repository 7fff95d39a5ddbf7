"""The developers' toolkit: what `cluster`, `charttool`, `dashboards`, `benchmarks`, `tests` and `examples` share.

The modules of this folder import no other package of the repository, so that every package can use them. Two folders
are above the other packages instead: :mod:`devkit.commands`, the subcommands of ``python -m devkit``, and
:mod:`devkit.workloads`, what the demo, the benchmarks and the end-to-end tests run on the cluster.
"""
