"""Debian packages that a build or the engine needs, installed when something from them is missing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from devkit.errors import UserError
from devkit.process import run, run_logged


@dataclass(frozen=True)
class Need:
    """A reason to install packages: ``evidence`` are programs (or files, with a slash) that show they are there."""

    reason: str
    packages: tuple[str, ...]
    evidence: tuple[str, ...]


C_BUILD = Need(
    "to compile runc, which filters system calls through libseccomp",
    ("gcc", "libc6-dev", "libseccomp-dev", "pkg-config"),
    ("gcc", "pkg-config", "/usr/include/seccomp.h"),
)
ENGINE = Need(
    "to run the container engine, which sets up its network with iptables",
    ("iptables", "ca-certificates"),
    ("iptables",),
)
ROOT_FILE_SYSTEM = Need("to make the Debian base image", ("debootstrap", "ca-certificates"), ("debootstrap",))


def ensure(need: Need) -> None:
    """Install what is missing. Raises :class:`UserError` where that is not possible."""
    missing = [item for item in need.evidence if not _is_there(item)]
    if not missing:
        return
    names = " ".join(need.packages)
    if shutil.which("apt-get") is None:
        raise UserError(
            f"{missing[0]} is missing ({need.reason}), and this machine has no apt-get to install it.",
            f"Install the equivalents of: {names}.",
        )
    if os.geteuid() != 0:
        raise UserError(
            f"{missing[0]} is missing ({need.reason}), and only root may install packages.",
            f"Run `sudo apt-get install {names}`.",
        )
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *need.packages]
    if run([*install, "--simulate"], environment=environment, check=False).returncode != 0:
        run_logged(["apt-get", "update", "--quiet"], log="apt-update", environment=environment)
    try:
        run_logged(install, log="apt-install", environment=environment)
    except UserError:
        # The lists can be older than what the mirror still holds.
        run_logged(["apt-get", "update", "--quiet"], log="apt-update", environment=environment)
        run_logged(install, log="apt-install", environment=environment)


def _is_there(item: str) -> bool:
    if item.startswith("/"):
        return Path(item).exists()
    return shutil.which(item, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None
