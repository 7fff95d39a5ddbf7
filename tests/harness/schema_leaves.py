"""The leaves of a chart's values.schema.json: every value that can be set on its own, by its path.

`[]` in a path is an entry of a list: `ingress.hosts[].host`. A value of a Kubernetes type is one leaf, as is an open
map and a list of scalars. The values of a definition with a `$comment` are leaves where it is used first; each further
use, such as that in itself, is one leaf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

# core.v1.Affinity, or a part of a custom resource: HTTPRoute.spec.rules.matches
_KUBERNETES_TYPE = re.compile(r"^#/definitions/([^/]+\.v\d\w*\.\w+|[A-Z]\w*(?:\.[a-z]\w*)+)$")
_SECTION = re.compile(r"^#/properties/(\w+)$")


@dataclass(frozen=True)
class Leaf:
    """A value. Its schema is resolved and has the keywords that were next to a `$ref`."""

    path: str
    schema: Schema
    # The Kubernetes type of the value, or of the entries of a list; empty for any other value.
    kubernetes: str = ""
    # The top-level key whose schema this value of a list entry shares; empty for any other value.
    section: str = ""


def leaves(schema: Schema) -> dict[str, Leaf]:
    """Return all leaves by path, in the order of the schema."""
    return {leaf.path: leaf for leaf in _below(schema, "", schema, set())}


def resolved(schema: Schema, root: Schema) -> Schema:
    """Return a schema with its `$ref` resolved; keywords next to the `$ref` win."""
    if "$ref" not in schema:
        return schema
    target: Any = root
    for part in str(schema["$ref"]).removeprefix("#/").split("/"):
        target = target[part]
    keywords = {word: value for word, value in schema.items() if word != "$ref"}
    return {**resolved(target, root), **keywords}


def kubernetes_type(schema: Schema) -> str:
    """Return the Kubernetes type, or the part of a custom resource, that a schema or that of its list entries names."""
    inner = schema.get("items", schema.get("then"))
    reference = schema.get("$ref") or (inner.get("$ref") if isinstance(inner, Mapping) else None)
    found = _KUBERNETES_TYPE.match(str(reference))
    return found.group(1) if found else ""


def section_of(schema: Schema) -> str:
    """Return the top-level key whose schema this schema refers to, else an empty string."""
    found = _SECTION.match(str(schema.get("$ref")))
    return found.group(1) if found else ""


def _below(schema: Schema, path: str, root: Schema, known: set[str]) -> Iterator[Leaf]:
    name = kubernetes_type(schema)
    section = section_of(schema)
    full = resolved(schema, root)
    items = full.get("items")
    entries = resolved(items, root) if isinstance(items, Mapping) else {}
    if name or section:
        yield Leaf(path, full, kubernetes=name, section=section)
    elif _is_known(schema, full, known) or (isinstance(items, Mapping) and _is_known(items, entries, known)):
        yield Leaf(path, full)
    elif full.get("properties"):
        for key, part in full["properties"].items():
            yield from _below(part, f"{path}.{key}" if path else key, root, known)
    elif entries.get("properties"):
        yield from _below(entries, f"{path}[]", root, known)
    else:
        yield Leaf(path, full)


def _is_known(schema: Schema, full: Schema, known: set[str]) -> bool:
    """Return whether a schema refers to a definition with a `$comment` that has been used before; note the use."""
    name = str(schema.get("$ref", ""))
    if not name or "$comment" not in full:
        return False
    used = name in known
    known.add(name)
    return used
