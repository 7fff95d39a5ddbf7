"""Paths of fields in rendered objects and values: `spec.rules[0].host`, `pod.containers[model-server].image`.

A part in brackets is an index, the `name` of a list entry, or a key that contains a dot. `pod` as the first part is the
pod spec of a workload. A path that continues below a string parses the string as YAML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.harness.manifests import Manifest, parse

MISSING: Final = object()

_PART = re.compile(r"\[([^\]]*)\]|([^.\[]+)")


def parts(path: str) -> list[str]:
    """Return the parts of a path, without dots and brackets."""
    return [inside or plain for inside, plain in _PART.findall(path)]


def get_field(manifest: Manifest, path: str) -> Any:
    """Return the field of an object at a path, or MISSING."""
    first, *rest = parts(path)
    if first != "pod":
        return _walk(manifest.body, [first, *rest])
    return _walk(manifest.pod_template() or MISSING, ["spec", *rest])


def _walk(data: Any, path: Sequence[str]) -> Any:
    for part in path:
        if isinstance(data, str):
            data = parse(data)
        if isinstance(data, Mapping):
            data = data.get(part, MISSING)
        elif isinstance(data, Sequence) and not isinstance(data, str):
            data = _entry(data, part)
        else:
            return MISSING
    return data


def _entry(entries: Sequence[Any], part: str) -> Any:
    if part.isdigit():
        return entries[int(part)] if int(part) < len(entries) else MISSING
    named = (entry for entry in entries if isinstance(entry, Mapping) and entry.get("name") == part)
    return next(named, MISSING)


def set_field(values: Mapping[str, Any], leaf: str, value: Any) -> dict[str, Any]:
    """Return a copy of `values` with one leaf set. `[]` is the first entry of a list, created if there is none."""
    first, _, rest = leaf.partition(".")
    key = first.removesuffix("[]")
    here = values.get(key)
    if first.endswith("[]"):
        entries = list(here or [{}])
        return {**values, key: [set_field(entries[0], rest, value), *entries[1:]]}
    return {**values, key: set_field(here or {}, rest, value) if rest else value}
