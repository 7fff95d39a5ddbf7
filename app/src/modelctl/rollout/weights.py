"""The weights in the `versions` of a release: read them, check them, change them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelctl.errors import ModelctlError

Entry = Mapping[str, Any]


def version_names(versions: Sequence[Entry]) -> list[str]:
    """Return the names as strings: in YAML, a name may be a number."""
    return [_name(entry) for entry in versions]


def weights_of(versions: Sequence[Entry]) -> dict[str, int]:
    """Return the weights in per cent by name. As in the chart, the default is 100 for an only version, else 0."""
    default = 100 if len(versions) == 1 else 0
    found: dict[str, int] = {}
    for entry in versions:
        name = _name(entry)
        weight = entry.get("weight")
        if weight is None:
            weight = default
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not float(weight).is_integer():
            raise ModelctlError(
                f"the weight of version '{name}' must be an integer.", "correct 'versions' in the release"
            )
        found[name] = int(weight)
    if len(found) != len(versions):
        raise ModelctlError("two entries of 'versions' have the same name.", "correct 'versions' in the release")
    return found


def format_weights(weights: Mapping[str, int]) -> str:
    """Return the weights as text: `1: 90 %, 2: 10 %`."""
    return ", ".join(f"{name}: {weight} %" for name, weight in weights.items()) or "none"


def check_pair(versions: Sequence[Entry], stable: str, canary: str) -> None:
    """Check that both versions are listed and neither is drained. Raises ModelctlError."""
    names = version_names(versions)
    for name in (stable, canary):
        if name not in names:
            raise ModelctlError(
                f"version '{name}' not found in the release, which lists: {', '.join(names) or 'none'}.",
                "correct --from or --to, or upgrade the release with this version and weight 0 first",
            )
    for entry in versions:
        if _name(entry) in (stable, canary) and entry.get("drain"):
            raise ModelctlError(
                f"version '{_name(entry)}' has drain: true, so it cannot receive requests.",
                "upgrade the release without drain first, or name another version",
            )


def canary_weight(versions: Sequence[Entry], stable: str, canary: str) -> int | None:
    """Return the weight of `canary`; None unless it and `stable` share all requests."""
    weights = weights_of(versions)
    weight = weights.get(canary)
    if weight is None or not 0 <= weight <= 100:
        return None
    shared = dict.fromkeys(weights, 0) | {stable: 100 - weight, canary: weight}
    return weight if weights == shared else None


def with_weight(versions: Sequence[Entry], stable: str, canary: str, weight: int) -> list[dict[str, Any]]:
    """Return the list with `weight` for `canary` and the rest for `stable`; keys and order stay."""
    if canary_weight(versions, stable, canary) is None:
        raise ModelctlError("other versions have weights as well.", "set them to 0 first")
    new = {stable: 100 - weight, canary: weight}
    return [{**entry, "weight": new[_name(entry)]} if _name(entry) in new else dict(entry) for entry in versions]


def _name(entry: Entry) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    # Helm prints numbers as floats.
    if isinstance(name, float) and name.is_integer():
        name = int(name)
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise ModelctlError("an entry of 'versions' has no name.", "correct 'versions' in the release")
    return str(name)
