"""What the API server does to a custom resource before it checks it: drops nulls, fills in defaults.

Conditions may rest on a default: a Gateway's address without a type is one of type IPAddress.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def filled(value: Any, schema: Mapping[str, Any]) -> Any:
    """A copy of the value as it is when the API server checks it; `schema` is one that `structural` has made."""
    if isinstance(value, list):
        items = schema.get("items", {})
        return [filled(item, items) for item in value]
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
        result[name] = filled(item, of) if is_known else item
    for name, of in declared.items():
        if name not in result and "default" in of:
            result[name] = filled(of["default"], of)
    return result
