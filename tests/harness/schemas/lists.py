"""Lists that server-side apply merges by key: it refuses duplicate keys.

Helm 4 uses server-side apply. Containers, ports, environment variables and the listeners of a Gateway are such lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class MapKeys:
    """`x-kubernetes-list-map-keys` as a keyword of jsonschema_rs."""

    def __init__(self, _schema: Mapping[str, Any], keys: list[str], _path: list[str]) -> None:
        self._keys = keys

    def validate(self, items: Any) -> None:
        """Raise ValueError for the first two items with the same key."""
        seen: list[Mapping[str, Any]] = []
        for item in items if isinstance(items, list) else []:
            if not isinstance(item, Mapping):
                continue
            key = {name: item.get(name) for name in self._keys}
            if key in seen:
                text = ", ".join(f"{name}={value!r}" for name, value in key.items() if value is not None)
                raise ValueError(f"{text or 'an item without its key'} is a duplicate")
            seen.append(key)
