"""Defaulting of custom resources, as the API server does it before validation: drop nulls, fill in defaults.

Conditions may depend on a default: a Gateway address without a type has the type IPAddress.
"""

from __future__ import annotations

from collections.abc import Mapping
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
