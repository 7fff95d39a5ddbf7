"""The schemas of custom resources: extracted from their definitions once, closed, and stored as JSON in .build/schemas.

The definitions are megabytes of YAML, while the schema of one kind loads in a millisecond. The folder is named by a
digest of the definitions and of the code that translates them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from charttool import structural
from cluster import catalog, crds, digest, scratch
from devkit import paths


def schema(api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the closed schema of a kind, or None if no definition serves it. It refers to ObjectMeta."""
    for name in catalog.load().crds:
        file = folder(name) / api_version / f"{kind}.json"
        if file.is_file():
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return found
    return None


def served(kind: str) -> list[str]:
    """Return the API versions in which definitions serve a kind."""
    files = [file for name in catalog.load().crds for file in folder(name).glob(f"*/*/{kind}.json")]
    return sorted(f"{file.parent.parent.name}/{file.parent.name}" for file in files)


@cache
def folder(name: str) -> Path:
    """Return the folder with the schemas of a catalog entry; `extract` describes it."""
    return extract(crds.files(name), paths.BUILD / "schemas" / name)


def extract(files: Iterable[Path], root: Path) -> Path:
    """Return a folder below `root` with GROUP/VERSION/KIND.json for every kind that `files` define and serve."""
    contents = [file.read_bytes() for file in files]
    target = root / digest.of(Path(structural.__file__).read_bytes(), Path(__file__).read_bytes(), *contents)
    if not target.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root) as work:
            schemas = Path(work) / "schemas"
            schemas.mkdir()
            for content in contents:
                for each in structural.served(content):
                    closed = structural.json_schema(each.openapi, each.api_version, each.kind)
                    file = schemas / each.api_version / f"{each.kind}.json"
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(json.dumps(closed, separators=(",", ":")), encoding="utf-8")
            scratch.publish(schemas, target)
    return target
