"""Debian packages that a build or the engine needs, installed if they are missing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from devkit.errors import UserError
from devkit.process import run, run_logged


@dataclass(frozen=True)
class Need:
    """Packages and the reason for them. ``installed_files`` has programs or absolute paths that they install."""

    reason: str
    packages: tuple[str, ...]
    installed_files: tuple[str, ...]


C_BUILD = Need(
    "to compile runc with seccomp support",
    ("gcc", "libc6-dev", "libseccomp-dev", "pkg-config"),
    ("gcc", "pkg-config", "/usr/include/seccomp.h"),
)
ENGINE = Need(
    "to set up the network of the container engine",
    ("iptables", "ca-certificates"),
    ("iptables",),
)
ROOT_FILE_SYSTEM = Need("to build the Debian base image", ("debootstrap", "ca-certificates"), ("debootstrap",))


def ensure(need: Need) -> None:
    """Install packages if one of their files is missing. Raises :class:`UserError` if that is not possible."""
    missing = [item for item in need.installed_files if not _is_there(item)]
    if not missing:
        return
    names = " ".join(need.packages)
    if shutil.which("apt-get") is None:
        raise UserError(
            f"{missing[0]} is missing ({need.reason}), and this machine has no apt-get.",
            f"Install the equivalents of: {names}.",
        )
    if os.geteuid() != 0:
        raise UserError(
            f"{missing[0]} is missing ({need.reason}), and only root can install packages.",
            f"Run `sudo apt-get install {names}`.",
        )
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *need.packages]
    if run([*install, "--simulate"], environment=environment, check=False).returncode != 0:
        run_logged(["apt-get", "update", "--quiet"], log="apt-update", environment=environment)
    try:
        run_logged(install, log="apt-install", environment=environment)
    except UserError:
        # The package lists may name files that the mirror no longer has.
        run_logged(["apt-get", "update", "--quiet"], log="apt-update", environment=environment)
        run_logged(install, log="apt-install", environment=environment)


def _is_there(item: str) -> bool:
    if item.startswith("/"):
        return Path(item).exists()
    return shutil.which(item, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None
