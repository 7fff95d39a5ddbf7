"""Guard cases of lists whose entries need different keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.charts.guards import Case, Cases
from tests.harness.field_paths import set_field


def repeated(path: str, entries: Sequence[Mapping[str, Any]], *keys: str) -> Case:
    """Return values whose list at `path` has these entries, the last of which repeats the keys of the first."""
    shown = " and ".join(f'"{entries[0][key]}"' for key in keys)
    message = (
        f"{path}[{len(entries) - 1}]: has the same {' and '.join(keys)} as {path}[0], {shown}. Change it, or remove "
        "the entry."
    )
    return set_field({}, path, list(entries)), message


def spread(path: str) -> Case:
    """Return values with two topology spread constraints for the same nodes at `path`."""
    constraint = {"topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
    return repeated(
        path, [{**constraint, "maxSkew": 1}, {**constraint, "maxSkew": 2}], "topologyKey", "whenUnsatisfiable"
    )


def parents(path: str, base: Mapping[str, Any] | None = None) -> Cases:
    """Return values with two references to one parent at `path`, without different listeners."""
    message = (
        f'{path}[1]: names the same parent as {path}[0], "a", without a different sectionName in each. Set '
        "sectionName in both, or remove the entry."
    )
    return [
        (set_field(base or {}, path, [{"name": "a"}, second]), message)
        for second in ({"name": "a", "sectionName": "b"}, {"name": "a", "port": 80}, {"name": "a", "kind": "Gateway"})
    ]


def certificates(path: str) -> Case:
    """Return values with two certificates for one host at `path`."""
    entry = {"hosts": ["a.example.org", "b.example.org"]}
    message = (
        f'{path}[1].hosts: "b.example.org" is also a host of {path}[0], and a host can have only one certificate. '
        "Remove it from one of them."
    )
    return set_field({}, path, [entry, {"hosts": ["b.example.org"], "secretName": "b"}]), message


# References to one parent that differ in their listeners, and to several.
DIFFERENT_PARENTS = [
    {"name": "a", "sectionName": "http"},
    {"name": "a", "sectionName": "https"},
    {"name": "a", "namespace": "b"},
    {"name": "b"},
]
