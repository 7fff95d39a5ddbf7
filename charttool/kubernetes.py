"""Schemas of Kubernetes types for values that are passed through to Kubernetes.

They come from the package kubernetes-validate. Helm compiles a chart's schema on every render, so only the types that a
chart references are included, without descriptions.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate

Schema = dict[str, Any]

# Volume plugins that Kubernetes has removed. No kubelet mounts such a volume.
_REMOVED_PLUGINS = {
    "cephfs",
    "flocker",
    "gitRepo",
    "glusterfs",
    "photonPersistentDisk",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
}
# The metadata that the API server accepts in the template of a claim.
_CLAIM_METADATA = {"annotations", "labels"}

_ROOT = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


class UnknownTypeError(LookupError):
    """An unknown type; the message suggests a similar one."""


@cache
def newest_version() -> str:
    """Return the newest version of Kubernetes whose types are installed, as MAJOR.MINOR.PATCH."""
    return str(kubernetes_validate.latest_version())


def type_and_reachable(name: str, patch: bool = False) -> tuple[Schema, dict[str, Schema]]:
    """Return the schema of a type such as ``core.v1.Affinity``, and all definitions that it references, by name.

    A patch of the type is named ``core.v1.AffinityPatch`` and requires no key.
    """
    known = _types()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise UnknownTypeError(
            f"Kubernetes {newest_version()} has no type {name}" + (f"; did you mean {near[0]}?" if near else ".")
        )
    needed: dict[str, Schema] = {}
    definition = known[name]
    if patch:
        name, definition = f"{name}Patch", {word: part for word, part in definition.items() if word != "required"}
    return _reference(definition, name, needed), needed


@cache
def _types() -> dict[str, Schema]:
    """Return every type by its short name: io.k8s.api.core.v1.Affinity is core.v1.Affinity."""
    file = _ROOT / f"v{newest_version()}-local-strict" / "_definitions.json"
    definitions: dict[str, Schema] = json.loads(file.read_text(encoding="utf-8"))["$defs"]
    types = {_short(name): definition for name, definition in definitions.items()}
    types["core.v1.Volume"] = _without(types["core.v1.Volume"], _REMOVED_PLUGINS)
    # No value has a type with metadata, apart from the template of a claim.
    metadata = types["meta.v1.ObjectMeta"]
    types["meta.v1.ObjectMeta"] = _without(metadata, metadata["properties"].keys() - _CLAIM_METADATA)
    return types


def _without(definition: Schema, fields: Collection[str]) -> Schema:
    properties = {name: part for name, part in definition["properties"].items() if name not in fields}
    return {**definition, "properties": properties}


@cache
def _item_types() -> frozenset[str]:
    """Return the types that occur only as list items, for which Kubernetes rejects null despite its schema."""
    entries: set[str] = set()
    others: set[str] = set()
    for definition in _types().values():
        for part in definition.get("properties", {}).values():
            others.update(_references(part))
            entries.update(_references(part.get("items", {})))
    return frozenset(entries - others)


def _references(schema: Schema) -> list[str]:
    return [_short(schema["$ref"])] if "$ref" in schema else []


def _not_null(schema: Schema) -> Schema:
    types = schema.get("type")
    if not isinstance(types, list) or "null" not in types:
        return schema
    rest = [kind for kind in types if kind != "null"]
    return {**schema, "type": rest[0] if len(rest) == 1 else rest}


def _short(name: str) -> str:
    return ".".join(name.rsplit("/", 1)[-1].split(".")[-3:])


def _reference(definition: Schema, name: str, needed: dict[str, Schema]) -> Schema:
    """Return a reference to a type and add its definition to ``needed``; a type without fields is inlined."""
    if "properties" not in definition:
        return _draft_07(definition, needed)
    if name not in needed:
        needed[name] = {}  # A type may reference itself.
        needed[name] = _draft_07(definition, needed)
        if name in _item_types():
            needed[name] = _not_null(needed[name])
    return {"$ref": f"#/definitions/{name}"}


def _draft_07(schema: Schema, needed: dict[str, Schema]) -> Schema:
    if "$ref" in schema:
        name = _short(schema["$ref"])
        return _reference(_types()[name], name, needed)
    result: Schema = {}
    for word, value in schema.items():
        if word == "properties":
            result[word] = {name: _draft_07(part, needed) for name, part in value.items()}
        elif word == "items":
            result[word] = _not_null(_draft_07(value, needed))
        elif word == "additionalProperties" and isinstance(value, dict):
            result[word] = _draft_07(value, needed)
        elif word == "oneOf":
            result["type"] = _types_of_exactly_one(value)
        elif word in ("type", "required", "enum", "additionalProperties"):
            result[word] = value
    return result


def _types_of_exactly_one(alternatives: list[Schema]) -> list[str]:
    """Return the types that exactly one alternative accepts, which is equivalent to the oneOf."""
    counted = Counter(kind for alternative in alternatives for kind in alternative["type"])
    return [kind for kind, count in counted.items() if count == 1]
