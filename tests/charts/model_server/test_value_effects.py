"""Value effects in an entry of versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import CHART_SPEC, FULLNAME
from tests.harness import Manifests, merged, render
from tests.harness.value_effects import Key, ValueEffect, changes

# Values that an entry may override.
SECTIONS = {leaf.section for leaf in CHART_SPEC.leaves.values() if leaf.section}
IN_VERSIONS = [each for each in CHART_SPEC.value_effects if each.leaf.split(".")[0].removesuffix("[]") in SECTIONS]


def test_every_value_of_an_entry_has_a_value_effect() -> None:
    lacking = SECTIONS - {effect.leaf.split(".")[0].removesuffix("[]") for effect in IN_VERSIONS}
    assert not lacking, f"add an entry to value_effects/ for {sorted(lacking)}"


def in_version(effect: ValueEffect) -> tuple[Manifests, Manifests]:
    """Return the manifests without and with the value, in the second of two versions."""
    before = CHART_SPEC.case(effect.given).with_values({"versions": [{"name": "one"}, {"name": "two"}]})
    over = merged(effect.entry.get("with", {}), overlay(effect.leaf, effect.values(before.values)))
    after = before.with_values({"versions": [{"name": "one"}, {"name": "two", **over}]})
    return render(before), render(after)


def overlay(leaf: str, values: Any) -> dict[str, Any]:
    """Return the part of the values with a leaf: the value itself, or the list that contains it."""
    first, _, rest = leaf.partition(".")
    key = first.removesuffix("[]")
    return {key: overlay(rest, values[key]) if rest and key == first else values[key]}


def of_version_two(key: Key, there: frozenset[Key]) -> Key:
    """Return the key of the second version's object; objects of the whole release keep theirs."""
    own = (key[0], f"{FULLNAME}-two")
    return own if key[1] == FULLNAME and own in there else key


@pytest.mark.parametrize("effect", IN_VERSIONS, ids=str)
def test_version_overrides_a_value_for_itself(effect: ValueEffect) -> None:
    alone, together = CHART_SPEC.renderings(effect), in_version(effect)
    there = together[0].keys | together[1].keys
    reached = {of_version_two(key, there) for keys in changes(*alone).values() for key in keys}
    changed = {key for keys in changes(*together).values() for key in keys}
    own = {key for key in reached if key[1].endswith("-two")}
    assert own, f"{effect} changes no object of a version: remove it from the sections of versions"
    assert own <= changed, f"{effect} in a version changes nothing in {sorted(own - changed)}"
    # Values of a version may change objects of the whole release, such as the NetworkPolicy for its download.
    assert changed <= reached, f"{effect} in version two also changes {sorted(changed - reached)}"
