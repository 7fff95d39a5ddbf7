"""A Debian root file system from packages, for the base of all other images."""

from __future__ import annotations

from pathlib import Path

import yaml

from cluster import scratch
from cluster.host import packages
from devkit.errors import UserError
from devkit.process import run, run_logged

SPECIFICATION = "rootfs.yaml"
UNNEEDED = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/info",
    "var/cache/apt",
    "var/lib/apt/lists",
)


def wanted(recipe: Path) -> bool:
    """Return whether a recipe needs a root file system in its build context."""
    return (recipe / SPECIFICATION).exists()


def make(recipe: Path, archive: Path) -> None:
    """Write the root file system that ``rootfs.yaml`` describes to a tar archive."""
    packages.ensure(packages.ROOT_FILE_SYSTEM)
    content = yaml.safe_load((recipe / SPECIFICATION).read_text(encoding="utf-8"))
    with scratch.folder() as folder:
        root = folder / "root"
        include = ",".join(content["include"])
        try:
            run_logged(
                ["debootstrap", "--variant=minbase", f"--include={include}", content["suite"], root],
                log="debootstrap",
            )
        except UserError as error:
            raise UserError(error.cause, f"{error.remedy} debootstrap needs root, and a Debian mirror.") from error
        for name in UNNEEDED:
            run(["find", root / name, "-mindepth", "1", "-delete"], check=False)
        run(["tar", "--directory", root, "--exclude=./dev/*", "--numeric-owner", "-cf", archive, "."])
