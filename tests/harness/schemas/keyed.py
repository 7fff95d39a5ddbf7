"""Lists that the API server merges by key: where an object has them, and where a type of a value does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from charttool.structural import MAP_KEYS
from tests.harness.schemas import builtin, custom

Schema = Mapping[str, Any]
# The fields of an entry's key, with their content.
Key = Mapping[str, Any]

_SAMPLES = {"mountPath": "/a", "devicePath": "/dev/a"}
_DEFAULTS = {"protocol": "TCP"}


def entries(body: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    """Yield the path of each such list in an object, and the key of each of its entries."""
    version = builtin.newest_version()
    api_version, kind = str(body["apiVersion"]), str(body["kind"])
    schema = builtin.schema(version, api_version, kind) or custom.schema(api_version, kind) or {}
    yield from _entries(body, schema, builtin.definitions(version), "")


def samples(type_name: str) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Yield each such list of a Kubernetes type or a part of a custom resource: its path, keys and a valid entry.

    `type_name` is core.v1.Container, or HTTPRoute.spec.rules.matches. A type of the charts' own, such as a patch of a
    pod, has none.
    """
    definitions = builtin.definitions(builtin.newest_version())
    own = next((schema for name, schema in definitions.items() if name.endswith(f".{type_name}")), None)
    yield from _samples(own if own is not None else _part(type_name), definitions, "", ())


def _resolved(schema: Schema, definitions: Mapping[str, Any]) -> Schema:
    reference = schema.get("$ref")
    return schema if reference is None else {**definitions[str(reference).rpartition("/")[2]], **schema}


def _entries(value: Any, schema: Schema, definitions: Mapping[str, Any], path: str) -> Iterator[tuple[str, Key]]:
    full = _resolved(schema, definitions)
    if isinstance(value, Mapping):
        for name, part in value.items():
            below = full.get("properties", {}).get(name) or full.get("additionalProperties")
            if isinstance(below, Mapping):
                yield from _entries(part, below, definitions, f"{path}.{name}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        keys = full.get(MAP_KEYS, [])
        for index, item in enumerate(value):
            key = {name: item.get(name, _DEFAULTS.get(name)) for name in keys}
            if keys:
                yield path, key
            place = ",".join(map(str, key.values())) or index
            yield from _entries(item, full.get("items", {}), definitions, f"{path}[{place}]")


def _samples(
    schema: Schema, definitions: Mapping[str, Any], path: str, above: tuple[str, ...]
) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    reference = str(schema.get("$ref", ""))
    if reference in above:
        return
    above = (*above, reference) if reference else above
    full = _resolved(schema, definitions)
    for name, below in full.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        part = _resolved(below, definitions)
        items = _resolved(part.get("items", {}), definitions)
        if MAP_KEYS in part:
            fields = {*part[MAP_KEYS], *items.get("required", [])}
            entry = {field: _sample(field, items["properties"][field]) for field in sorted(fields)}
            yield here, part[MAP_KEYS], entry
        elif not items and name != "metadata":
            yield from _samples(below, definitions, here, above)


def _sample(name: str, schema: Schema) -> Any:
    if name in _DEFAULTS or name in _SAMPLES:
        return {**_DEFAULTS, **_SAMPLES}[name]
    return 9000 if schema.get("type") == "integer" else "a"


def _part(name: str) -> Schema:
    kind, *fields = name.split(".")
    served = custom.served(kind)
    if not served:
        return {}
    schema: Schema = custom.schema(served[0], kind) or {}
    for field in fields:
        schema = schema["properties"][field]
        schema = schema.get("items", schema)
    return schema
