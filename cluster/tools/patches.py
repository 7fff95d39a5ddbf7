"""Compiling Go modules that do not compile as published, with some of their files replaced."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from devkit.errors import UserError
from devkit.process import run


def apply(go: Path, group: Path, sources: Mapping[str, Path], patches: Mapping[str, str], folder: Path) -> Path:
    """Copy modules into ``folder``, copy the group's files over them, and return a go.mod that uses the copies.

    ``sources`` maps modules to the folders into which Go downloaded them, verified by go.sum; ``patches`` maps them to
    folders of the group. Neither the group nor Go's module cache is changed.
    """
    lock = folder / "go.mod"
    shutil.copyfile(group / "go.mod", lock)
    shutil.copyfile(group / "go.sum", lock.with_suffix(".sum"))
    for module, name in patches.items():
        if not (group / name).is_dir():
            raise UserError(
                f"Patches of the Go module {module} not found: {group / name}.",
                "Correct `patches` in catalog.yaml, which names folders of the module group.",
            )
        copy = folder / "modules" / module
        shutil.copytree(sources[module], copy, copy_function=shutil.copyfile)
        # Go creates the folders of modules read-only.
        run(["chmod", "-R", "u+w", copy])
        shutil.copytree(group / name, copy, copy_function=shutil.copyfile, dirs_exist_ok=True)
        run([go, "mod", "edit", f"-replace={module}={copy}", lock])
    return lock
