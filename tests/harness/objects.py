"""Parts of rendered objects and of values that many tests look for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.harness.manifests import Manifest, Manifests


def own(manifests: Manifests) -> list[Manifest]:
    """The objects that the chart makes by itself, without those of extraObjects."""
    return [manifest for manifest in manifests if manifest.is_own]


def containers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every container of a pod, those that run first included."""
    for section in ("initContainers", "containers"):
        yield from spec.get(section, [])


def named(items: Sequence[Any], name: str) -> Any:
    """The entry of a list that has that name, or None."""
    return next((item for item in items if item["name"] == name), None)


def texts(data: Any) -> Iterator[str]:
    """Every text in some values."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from texts(value)
