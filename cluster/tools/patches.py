"""Compiling a Go module with some files of ours in the place of its own, where it cannot be compiled as it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from devkit.errors import UserError
from devkit.process import run


def apply(go: Path, family: Path, sources: Mapping[str, Path], patches: Mapping[str, str], folder: Path) -> Path:
    """Copy modules into ``folder``, lay the family's files over them, and return a go.mod that names the copies.

    ``sources`` are the modules as Go has fetched them, which is checked against the family's go.sum; ``patches``
    are the folders of the family that hold the files. Neither the family nor Go's module cache is changed.
    """
    lock = folder / "go.mod"
    shutil.copyfile(family / "go.mod", lock)
    shutil.copyfile(family / "go.sum", lock.with_suffix(".sum"))
    for module, name in patches.items():
        if not (family / name).is_dir():
            raise UserError(
                f"The files that are to be laid over the Go module {module} are not there: {family / name}.",
                "Correct `patches` in catalog.yaml: it names folders of the family.",
            )
        copy = folder / "modules" / module
        shutil.copytree(sources[module], copy, copy_function=shutil.copyfile)
        # Go makes the folders of its modules read-only.
        run(["chmod", "-R", "u+w", copy])
        shutil.copytree(family / name, copy, copy_function=shutil.copyfile, dirs_exist_ok=True)
        run([go, "mod", "edit", f"-replace={module}={copy}", lock])
    return lock
