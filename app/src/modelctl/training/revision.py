"""The Git revision that a model was trained with."""

import subprocess
from pathlib import Path
from typing import Any


def code_revision(folder: Path) -> dict[str, Any]:
    """Return the Git commit of `folder`, and whether it has changes; empty without Git or a commit."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return {}
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"revision": commit, "modified": bool(changes)}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        result = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()
