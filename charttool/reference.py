"""The values table of a chart's README: every value with its default and description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from charttool import immutable
from charttool.comments import Key, Values
from charttool.kubernetes import Schema
from charttool.tables import Row, table_of

# A longer default would push the description out of view.
MAX_DEFAULT_LENGTH = 40


def table(values: Values, schema: Schema) -> str:
    """Return the values tables, one per section."""
    parts = []
    for section, keys in groupby(values.leaves(), lambda key: key.section):
        rows = [row for key in keys for row in _rows(key, schema)]
        heading = f"### {section}\n\n" if section else ""
        parts.append(heading + table_of(("Key", "Default", "Meaning"), rows))
    return "\n" + "\n".join(parts) + "\n"


def _rows(key: Key, schema: Schema) -> Iterator[Row]:
    yield f"`{key.path}`", _default(key.default), immutable.description_with_link(key)
    part: Any = schema
    for name in key.path.split("."):
        part = part["properties"][name]
    yield from _rows_below(key.path, part, schema["definitions"], {})


def _rows_below(
    path: str, part: Mapping[str, Any], definitions: Mapping[str, Any], listed: dict[str, str]
) -> Iterator[Row]:
    """Yield the properties that the schema of a value names: of a map, or of the items of a list.

    A definition with a `$comment` is listed where it is used first; `listed` has that path.
    """
    if "$ref" in part:
        name = part["$ref"].removeprefix("#/definitions/")
        if name in listed:
            yield f"`{path}.…`", "", f"As below `{listed[name]}`."
            return
        if "$comment" in definitions.get(name, {}):
            listed[name] = path
        # Kubernetes documents its own types, whose names contain dots.
        part = definitions[name] if name in definitions and "." not in name else {}
    sections = []
    for name, below in part.get("properties", {}).items():
        if str(below.get("$ref", "")).startswith("#/properties/"):
            sections.append(f"`{name}`")
            continue
        required = name in part.get("required", [])
        default = _default(below["default"]) if "default" in below else "required" if required else ""
        yield f"`{path}.{name}`", default, below["description"]
        yield from _rows_below(f"{path}.{name}", below, definitions, listed)
    if sections:
        yield f"`{path}.…`", "", f"Overrides of the values of the same name: {', '.join(sections)}."
    if isinstance(part.get("items"), dict):
        yield from _rows_below(f"{path}[]", part["items"], definitions, listed)


def _default(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    compound = isinstance(value, (dict, list)) and value
    return "see `values.yaml`" if compound or len(text) > MAX_DEFAULT_LENGTH else f"`{text}`"
