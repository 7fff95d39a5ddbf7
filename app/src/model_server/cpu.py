"""The CPU limit of this process, and the thread counts of libraries that follow from it.

A library that starts one thread per core of the node, in a container that may use two of sixty-four, spends most of its
time throttled by the kernel.
"""

import math
import os
from collections.abc import MutableMapping
from pathlib import Path

_CGROUP_ROOT = Path("/sys/fs/cgroup")
_OWN_CGROUPS = Path("/proc/self/cgroup")

# Of OpenMP and of the libraries behind numpy. Runtimes declare those of their own libraries.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def cpu_quota_cores(root: Path = _CGROUP_ROOT, own: Path = _OWN_CGROUPS) -> float | None:
    """Return the CPU limit of the container in cores, from cgroup v2 or v1; None without a limit."""
    quotas = []
    for controllers, path in _own_paths(own):
        if controllers == "":
            quotas += [_v2_quota(folder) for folder in _up(root, path)]
        elif "cpu" in controllers.split(","):
            for name in ("cpu", "cpu,cpuacct", controllers):
                quotas += [_v1_quota(folder) for folder in _up(root / name, path)]
    limits = [quota for quota in quotas if quota is not None]
    return min(limits) if limits else None


def cpu_threads() -> int:
    """Return the number of useful compute threads: the quota in whole cores, at most the CPUs of the affinity mask."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota_cores()
    return allowed if quota is None else max(1, min(allowed, math.ceil(quota)))


def limit_library_threads(environ: MutableMapping[str, str]) -> int:
    """Set the variables that numerical libraries read when they are imported, and return the thread count.

    Variables that the user has set keep their values. Call it before any of these libraries is imported.
    """
    threads = cpu_threads()
    for variable in _THREAD_VARIABLES:
        environ.setdefault(variable, str(threads))
    return threads


def _own_paths(own: Path) -> list[tuple[str, str]]:
    """Return (controllers, path) of each line `id:controllers:path`; v2 has no controllers."""
    try:
        lines = own.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    split = [line.split(":", 2) for line in lines]
    return [(parts[1], parts[2]) for parts in split if len(parts) == 3]


def _up(root: Path, path: str) -> list[Path]:
    """Return the cgroup's folder and its ancestors, since the lowest limit among them applies.

    Inside a container the path may name a folder that only the host sees. Then only the root exists.
    """
    parts = [part for part in path.split("/") if part not in ("", "..")]
    return [root.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]


def _v2_quota(folder: Path) -> float | None:
    fields = _read(folder / "cpu.max").split()
    if len(fields) != 2 or fields[0] == "max":
        return None
    return _ratio(fields[0], fields[1])


def _v1_quota(folder: Path) -> float | None:
    return _ratio(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _ratio(quota: str, period: str) -> float | None:
    try:
        cores = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return cores if cores > 0 else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
