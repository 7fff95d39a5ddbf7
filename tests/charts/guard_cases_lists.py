"""Guard cases of lists whose entries need different keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.charts.guards import Case
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
