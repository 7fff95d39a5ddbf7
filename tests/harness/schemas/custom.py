"""The schemas of custom resources: extracted from their definitions once, closed, and stored as JSON in .build/schemas.

The definitions are megabytes of YAML, while the schema of one kind loads in a millisecond. The folder is named by a
digest of the definitions and of the code that translates them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cluster import catalog, crds, digest, scratch
from devkit import paths
from tests.harness.schemas import structural

DEFINITION = "CustomResourceDefinition"


def _text(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


class _Loader(yaml.CSafeLoader):
    """The fast loader, which reads a single `=` as a string."""


_Loader.add_constructor("tag:yaml.org,2002:value", _text)


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
                for api_version, kind, closed in _schemas(content):
                    file = schemas / api_version / f"{kind}.json"
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(json.dumps(closed, separators=(",", ":")), encoding="utf-8")
            scratch.publish(schemas, target)
    return target


def _schemas(content: bytes) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for document in yaml.load_all(content, Loader=_Loader):
        if not document or document["kind"] != DEFINITION:
            continue
        spec = document["spec"]
        kind = spec["names"]["kind"]
        for version in spec["versions"]:
            if version["served"]:
                api_version = f"{spec['group']}/{version['name']}"
                openapi = version["schema"]["openAPIV3Schema"]
                yield api_version, kind, structural.json_schema(openapi, api_version, kind)
