"""Paths into rendered objects and values: ``spec.rules[0].host``, ``pod.containers[model-server].image``.

A part in brackets is an index, the ``name`` of a list's entry, or a key that holds a dot. ``pod`` at the beginning is
the spec of the pods that the object makes. A path that leads on into a text reads the text as YAML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.harness.manifests import Manifest, parse

MISSING: Final = object()

_PART = re.compile(r"\[([^\]]*)\]|([^.\[]+)")


def parts(path: str) -> list[str]:
    """The parts of a path, without dots and brackets."""
    return [inside or plain for inside, plain in _PART.findall(path)]


def get_field(manifest: Manifest, path: str) -> Any:
    """What an object holds at a path; MISSING if it holds nothing there."""
    first, *rest = parts(path)
    if first != "pod":
        return _walk(manifest.body, [first, *rest])
    return _walk(manifest.pod_template() or MISSING, ["spec", *rest])


def _walk(data: Any, way: Sequence[str]) -> Any:
    for part in way:
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
    """A copy of values with one leaf set; in a list it is the first entry's, which is made where there is none."""
    first, _, rest = leaf.partition(".")
    key = first.removesuffix("[]")
    here = values.get(key)
    if first.endswith("[]"):
        entries = list(here or [{}])
        return {**values, key: [set_field(entries[0], rest, value), *entries[1:]]}
    return {**values, key: set_field(here or {}, rest, value) if rest else value}
