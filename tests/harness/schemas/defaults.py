"""Defaulting of custom resources, as the API server does it before validation: drop nulls, fill in defaults.

Conditions may depend on a default: a Gateway address without a type has the type IPAddress.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def fill_defaults(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a copy of `value` as the API server validates it. `schema` comes from `structural`."""
    if isinstance(value, list):
        items = schema.get("items", {})
        return [fill_defaults(item, items) for item in value]
    if not isinstance(value, Mapping):
        return value
    declared: Mapping[str, Any] = schema.get("properties", {})
    others = schema.get("additionalProperties")
    result = {}
    for name, item in value.items():
        of = declared.get(name, others)
        is_known = isinstance(of, Mapping)
        if item is None and is_known and not of.get("nullable"):
            continue
        result[name] = fill_defaults(item, of) if is_known else item
    for name, of in declared.items():
        if name not in result and "default" in of:
            result[name] = fill_defaults(of["default"], of)
    return result


def added_in_lists(written: Any, stored: Any, path: str = "", inside: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield path and content of each field inside a list that is in the stored object, but not in the written one."""
    if isinstance(written, Mapping) and isinstance(stored, Mapping):
        for name, item in stored.items():
            here = f"{path}.{name}" if path else name
            if name in written:
                yield from added_in_lists(written[name], item, here, inside)
            elif inside:
                yield here, item
    elif isinstance(written, list | tuple) and isinstance(stored, list | tuple):
        for each, other in zip(written, stored, strict=False):
            yield from added_in_lists(each, other, f"{path}[]", inside=True)
