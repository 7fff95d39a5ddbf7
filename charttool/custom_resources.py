"""Schemas of parts of custom resources, for values that are passed through to one.

The definitions are megabytes of YAML in Go modules, which must be downloaded. The parts that charts refer to are
therefore stored in ``custom_resources.json``, each with the version that it comes from, so that charts can be built and
checked without the definitions. ``python -m charttool generate`` reads them again after a new version was pinned.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from charttool import structural
from charttool.kubernetes import Schema
from cluster import catalog, crds
from devkit import versions

STORE = Path(__file__).with_name("custom_resources.json")
# Keywords that only the API server uses, and limits of 32 bits, which no value comes near.
_DROPPED = frozenset({"default", "nullable", "format", structural.MAP_KEYS})
_LARGEST = 2**31 - 1


class UnknownPartError(LookupError):
    """A part that is not stored, or that no definition has; the message says which."""


def part(path: str) -> Schema:
    """Return the closed schema of a part such as ``HTTPRoute.spec.rules[].matches[]``; raises UnknownPartError."""
    entry = _stored().get(path)
    if entry is None or not _is_current(entry):
        raise UnknownPartError(f"{STORE.name} has no schema of {path} from the pinned version.")
    schema: Schema = entry["schema"]
    return schema


def definition_name(path: str) -> str:
    """Return the name of a part among the definitions of a chart's schema, which a JSON pointer can contain."""
    return path.replace("[]", "")


def update(paths: Collection[str]) -> bool:
    """Store exactly these parts, read from the pinned definitions where needed; return whether the file changed."""
    stored = _stored()
    wanted = {
        path: stored[path] if path in stored and _is_current(stored[path]) else _read(path)
        for path in sorted(set(paths))
    }
    if wanted == stored:
        return False
    lines = ",\n".join(f"  {json.dumps(path)}: {json.dumps(entry)}" for path, entry in wanted.items())
    STORE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    _stored.cache_clear()
    return True


@cache
def _stored() -> Mapping[str, Mapping[str, Any]]:
    entries: dict[str, dict[str, Any]] = json.loads(STORE.read_text(encoding="utf-8"))
    return entries


def _is_current(entry: Mapping[str, Any]) -> bool:
    name, _, version = str(entry["from"]).partition(" ")
    return versions.load().pinned.get(name) == version


def _read(path: str) -> dict[str, Any]:
    """Return the entry of a part from the definitions of the catalog, which are downloaded if necessary."""
    kind, _, below = path.partition(".")
    for name, openapi in _definitions(kind):
        schema = _part(openapi, below)
        if schema is not None:
            return {"from": f"{name} {versions.get(name)}", "schema": _for_values(structural.translate(schema))}
    raise UnknownPartError(f"no custom resource of the catalog has {path}.")


def _definitions(kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in catalog.load().crds:
        for file in crds.files(name):
            content = file.read_bytes()
            if f"kind: {kind}\n".encode() in content:
                yield from (
                    (name, each.openapi) for each in structural.served(content) if each.kind == kind and each.is_stored
                )


def _part(openapi: Mapping[str, Any], below: str) -> Mapping[str, Any] | None:
    schema: Any = openapi
    for step in below.split("."):
        schema = schema.get("properties", {}).get(step.removesuffix("[]"))
        if step.endswith("[]") and schema is not None:
            schema = schema.get("items")
        if schema is None:
            return None
    found: Mapping[str, Any] = schema
    return found


def _for_values(schema: Any) -> Any:
    """Return a schema without what means nothing in a chart's values."""
    if isinstance(schema, list):
        return [_for_values(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for word, value in schema.items():
        if word == "properties":
            result[word] = {name: _for_values(each) for name, each in value.items()}
        elif word not in _DROPPED and not (word in ("minimum", "maximum") and abs(value) >= _LARGEST):
            result[word] = _for_values(value)
    return result
