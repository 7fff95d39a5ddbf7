"""The developers' toolkit: what `cluster`, `charttool`, `dashboards`, `benchmarks`, `tests` and `examples` share.

The modules of this folder import no other package of the repository, so that every package can use them. Three
folders are above the other packages instead: :mod:`devkit.commands`, the subcommands of ``python -m devkit``,
:mod:`devkit.reference`, the pages of docs/reference, and :mod:`devkit.workloads`, what the demo, the benchmarks and the
end-to-end tests run on the cluster.
"""
