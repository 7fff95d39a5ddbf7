"""Requirements of the machine, checked before anything is started or built."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from devkit.errors import UserError
from devkit.process import run

GIB = 1024**3
COLD_DISK_GIB = 25
WARM_DISK_GIB = 6
MEMORY_GIB = 6


def check_disk(folder: Path, needed_gib: int) -> None:
    """Raise :class:`UserError` if the disk would run full on the way."""
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / GIB
    if free < needed_gib:
        raise UserError(
            f"{folder} has {free:.1f} GiB free; {needed_gib} GiB are needed.",
            "Free some space, or set MODEL_SERVING_CACHE to a folder on another disk.",
        )


def check_memory(needed_gib: int = MEMORY_GIB, meminfo: Path = Path("/proc/meminfo")) -> None:
    """Raise :class:`UserError` if the nodes would be OOM-killed."""
    if not meminfo.exists():
        return
    for line in meminfo.read_text(encoding="ascii").splitlines():
        if line.startswith("MemTotal:"):
            total = int(line.split()[1]) * 1024 / GIB
            if total < needed_gib:
                raise UserError(
                    f"This machine has {total:.1f} GiB of memory; {needed_gib} GiB are needed.",
                    "Use a larger machine, or give the virtual machine more memory.",
                )


def check_can_start_engine() -> None:
    """Raise :class:`UserError` unless this is root on Linux, with a kernel that has overlayfs."""
    if platform.system() != "Linux":
        raise UserError(
            "No container engine is running, and one can be started only on Linux.",
            "Start Docker Desktop or another Docker engine, then repeat the command.",
        )
    if os.geteuid() != 0:
        raise UserError(
            "No container engine is running, and only root can start one.",
            "Start Docker (`sudo systemctl start docker`) and join its group, or run as root.",
        )
    if not _kernel_has("overlay"):
        raise UserError(
            "The kernel has no overlay file system, which the container engine needs.",
            "Run `modprobe overlay`, or use a kernel built with CONFIG_OVERLAY_FS.",
        )


def _kernel_has(file_system: str, listing: Path = Path("/proc/filesystems")) -> bool:
    names = {line.split()[-1] for line in listing.read_text(encoding="ascii").splitlines() if line.strip()}
    if file_system in names:
        return True
    modprobe = shutil.which("modprobe", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return modprobe is not None and run([modprobe, "-q", file_system], check=False).returncode == 0
