"""The developers' toolkit: what `cluster`, `charttool`, `dashboards`, `benchmarks`, `tests` and `examples` share.

The modules of this package import no other package of the repository, so that every one of them can use it. Only
:mod:`devkit.commands`, the subcommands of ``python -m devkit``, may.
"""
