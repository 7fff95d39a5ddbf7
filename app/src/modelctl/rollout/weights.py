"""The `versions` of a release: what weights they have, and the same list with other weights. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelctl.errors import ModelctlError

Entry = Mapping[str, Any]


def version_names(versions: Sequence[Entry]) -> list[str]:
    """Names, as texts: in YAML a name may be a number."""
    return [_name(entry) for entry in versions]


def weights_of(versions: Sequence[Entry]) -> dict[str, int]:
    """Weight of each version. Without one it is 0, or 100 where there is one version; so does the chart."""
    default = 100 if len(versions) == 1 else 0
    found: dict[str, int] = {}
    for entry in versions:
        name = _name(entry)
        weight = entry.get("weight")
        if weight is None:
            weight = default
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not float(weight).is_integer():
            raise ModelctlError(
                f"the weight of version '{name}' is no whole number.", "correct 'versions' in the release"
            )
        found[name] = int(weight)
    if len(found) != len(versions):
        raise ModelctlError("a version is listed twice.", "correct 'versions' in the release")
    return found


def describe(weights: Mapping[str, int]) -> str:
    """Weights for people: `1: 90 %, 2: 10 %`."""
    return ", ".join(f"{name}: {weight} %" for name, weight in weights.items()) or "none"


def check_pair(versions: Sequence[Entry], source: str, target: str) -> None:
    """Both names have to be listed, and neither drained. Raises ModelctlError."""
    names = version_names(versions)
    for name in (source, target):
        if name not in names:
            raise ModelctlError(
                f"the release lists no version '{name}'; there are: {', '.join(names) or 'none'}.",
                "correct --from or --to, or add the version with weight 0 by an upgrade first",
            )
    for entry in versions:
        if _name(entry) in (source, target) and entry.get("drain"):
            raise ModelctlError(
                f"version '{_name(entry)}' is marked drain: true, so it gets no requests.",
                "take the mark away by an upgrade first, or name another version",
            )


def canary_weight(versions: Sequence[Entry], source: str, target: str) -> int | None:
    """Weight of `target`; None unless it and `source` share all requests."""
    weights = weights_of(versions)
    weight = weights.get(target)
    if weight is None or not 0 <= weight <= 100:
        return None
    shared = dict.fromkeys(weights, 0) | {source: 100 - weight, target: weight}
    return weight if weights == shared else None


def moved(versions: Sequence[Entry], source: str, target: str, weight: int) -> list[dict[str, Any]]:
    """The same list with `weight` for `target` and the rest for `source`. All else stays, keys and order too."""
    if canary_weight(versions, source, target) is None:
        raise ModelctlError("other versions have weights, too.", "give them weight 0 first")
    new = {source: 100 - weight, target: weight}
    return [{**entry, "weight": new[_name(entry)]} if _name(entry) in new else dict(entry) for entry in versions]


def _name(entry: Entry) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    # Helm holds numbers as floats.
    if isinstance(name, float) and name.is_integer():
        name = int(name)
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise ModelctlError("an entry of 'versions' has no name.", "correct 'versions' in the release")
    return str(name)
