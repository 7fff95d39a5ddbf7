"""The leaves of a chart's values.schema.json: every value that can be set on its own, by its path.

A path is written as in the schema's own messages, with ``[]`` for the entries of a list: ``ingress.hosts[].host``.
What Kubernetes defines is one leaf, however much there is inside; so is what is open, or a list of plain values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

_KUBERNETES_TYPE = re.compile(r"^#/definitions/([^/]+\.v\d\w*\.\w+)$")
_SECTION = re.compile(r"^#/properties/(\w+)$")


@dataclass(frozen=True)
class Leaf:
    """One value; its schema is resolved, with the words that stood beside a reference."""

    path: str
    schema: Schema
    # Kubernetes' name of the type of the value, or of the entries of a list; empty for a value of the chart's own.
    kubernetes: str = ""
    # In the entries of a list: the key at the top whose rules hold here too; empty for a value of its own.
    section: str = ""


def leaves(schema: Schema) -> dict[str, Leaf]:
    """All leaves by their path, in the order of the schema."""
    return {leaf.path: leaf for leaf in _below(schema, "", schema)}


def resolved(schema: Schema, root: Schema) -> Schema:
    """A schema in place of a reference to it; the words beside the reference win."""
    if "$ref" not in schema:
        return schema
    target: Any = root
    for part in str(schema["$ref"]).removeprefix("#/").split("/"):
        target = target[part]
    beside = {word: value for word, value in schema.items() if word != "$ref"}
    return {**resolved(target, root), **beside}


def kubernetes_type(schema: Schema) -> str:
    """The name of the type of Kubernetes that a schema refers to, by itself or for the entries of a list; or empty."""
    items = schema.get("items")
    reference = schema.get("$ref") or (items.get("$ref") if isinstance(items, Mapping) else None)
    found = _KUBERNETES_TYPE.match(str(reference))
    return found.group(1) if found else ""


def section_of(schema: Schema) -> str:
    """The key at the top whose rules a schema takes over; or empty."""
    found = _SECTION.match(str(schema.get("$ref")))
    return found.group(1) if found else ""


def _below(schema: Schema, path: str, root: Schema) -> Iterator[Leaf]:
    name = kubernetes_type(schema)
    section = section_of(schema)
    full = resolved(schema, root)
    items = full.get("items")
    entries = resolved(items, root) if isinstance(items, Mapping) else {}
    if name or section:
        yield Leaf(path, full, kubernetes=name, section=section)
    elif full.get("properties"):
        for key, part in full["properties"].items():
            yield from _below(part, f"{path}.{key}" if path else key, root)
    elif entries.get("properties"):
        yield from _below(entries, f"{path}[]", root)
    else:
        yield Leaf(path, full)
