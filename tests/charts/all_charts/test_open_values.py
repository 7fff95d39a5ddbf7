"""Every map in the values is closed, so that a misspelled key is refused. Open ones are listed with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.charts.chart_spec import ChartSpec
from tests.harness.schema_leaves import Schema, resolved

# Of all charts: keys of an umbrella chart, and whole objects, which the API server validates.
OPEN = {
    "global": "settings of an umbrella chart, which may have keys for its other charts",
    "extraObjects[]": "any object; Kubernetes refuses unknown fields if it validates strictly",
}
_TYPED = frozenset({"enum", "const", "anyOf", "oneOf"})


def test_every_map_is_closed_or_open_for_a_reason(chart_spec: ChartSpec) -> None:
    reasons = {**OPEN, **chart_spec.open_values, **dict.fromkeys(chart_spec.renamed_keys, "refused by a guard")}
    found = set(open_values(chart_spec.schema))
    assert found - reasons.keys() == set(), (
        "a misspelled key in these maps has no effect: list the properties, refer to a Kubernetes type or to a part of "
        "a custom resource, or name a reason in open_values of chart.py"
    )
    assert chart_spec.open_values.keys() - found == set(), "these are closed: remove their reasons from chart.py"


def test_finds_open_maps_in_lists_patterns_and_definitions() -> None:
    schema = {
        "properties": {
            "closed": {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string"}}},
            "map": {"type": "object"},
            "list": {"type": "array", "items": {"$ref": "#/definitions/Open"}},
            "any": {"type": "array", "items": {}},
            "texts": {"type": "object", "additionalProperties": {"type": "string"}},
            "maps": {"type": "object", "additionalProperties": False, "patternProperties": {"a": {}}},
            "condition": {"type": "object", "if": {"minProperties": 1}, "then": {"$ref": "#/definitions/Open"}},
        },
        "additionalProperties": False,
        "definitions": {"Open": {"type": ["object", "null"], "properties": {"self": {"$ref": "#/definitions/Open"}}}},
    }
    assert list(open_values(schema)) == ["map", "list[]", "any[]", "maps.*", "condition"]


def open_values(root: Schema) -> Iterator[str]:
    """Yield the path of every part of a schema that accepts unknown keys, or anything."""
    for name, part in root["properties"].items():
        yield from _open(part, name, root, ())


def _open(part: Any, path: str, root: Schema, above: tuple[str, ...]) -> Iterator[str]:
    reference = part.get("$ref", "") if isinstance(part, Mapping) else ""
    if reference in above:
        return
    above = (*above, reference) if reference else above
    schema = resolved(part, root) if isinstance(part, Mapping) else {}
    if "then" in schema:
        yield from _open(schema["then"], path, root, above)
        return
    types = schema["type"] if isinstance(schema.get("type"), list) else [schema.get("type")]
    if types == [None] and "properties" not in schema and not _TYPED & schema.keys():
        yield path
    if "array" in types:
        yield from _open(schema.get("items", {}), f"{path}[]", root, above)
    for name, below in schema.get("properties", {}).items():
        yield from _open(below, f"{path}.{name}", root, above)
    for below in schema.get("patternProperties", {}).values():
        yield from _open(below, f"{path}.*", root, above)
    others = schema.get("additionalProperties", True)
    if isinstance(others, Mapping):
        yield from _open(others, f"{path}.*", root, above)
    elif others and ("object" in types or "properties" in schema):
        yield path
