"""What every value does for one version of several."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import CHART_SPEC, FULLNAME
from tests.harness import Manifests, render
from tests.harness.value_effects import Key, ValueEffect, changes

# What a version may say of its own.
SECTIONS = {leaf.section for leaf in CHART_SPEC.leaves.values() if leaf.section}
IN_VERSIONS = [each for each in CHART_SPEC.value_effects if each.leaf.split(".")[0].removesuffix("[]") in SECTIONS]


def test_every_value_that_a_version_may_set_is_set_by_one() -> None:
    lacking = SECTIONS - {effect.leaf.split(".")[0].removesuffix("[]") for effect in IN_VERSIONS}
    assert not lacking, f"add an entry to value_effects/ for {sorted(lacking)}"


def in_version(effect: ValueEffect) -> tuple[Manifests, Manifests]:
    """Without the value and with it, in the second of two versions."""
    before = CHART_SPEC.case(effect.given).with_values({"versions": [{"name": "one"}, {"name": "two"}]})
    over = overlay(effect.leaf, effect.values(before.values))
    after = before.with_values({"versions": [{"name": "one"}, {"name": "two", **over}]})
    return render(before), render(after)


def overlay(leaf: str, values: Any) -> dict[str, Any]:
    """The part of values that a leaf is in: the value itself, or the whole list that holds it."""
    first, _, rest = leaf.partition(".")
    key = first.removesuffix("[]")
    return {key: overlay(rest, values[key]) if rest and key == first else values[key]}


def of_version_two(key: Key, there: frozenset[Key]) -> Key:
    """The second version's object of a kind; what there is one of for the whole release stays itself."""
    own = (key[0], f"{FULLNAME}-two")
    return own if key[1] == FULLNAME and own in there else key


@pytest.mark.parametrize("effect", IN_VERSIONS, ids=str)
def test_a_version_sets_a_value_for_itself_alone(effect: ValueEffect) -> None:
    alone, together = CHART_SPEC.renderings(effect), in_version(effect)
    there = together[0].keys | together[1].keys
    reached = {of_version_two(key, there) for keys in changes(*alone).values() for key in keys}
    changed = {key for keys in changes(*together).values() for key in keys}
    own = {key for key in reached if key[1].endswith("-two")}
    assert own, f"{effect} shows in nothing that a version has of its own: take it out of the sections of versions"
    assert own <= changed, f"{effect} in a version changes nothing in {sorted(own - changed)}"
    # Objects of the whole release, such as the policy for what is downloaded, may follow from a version's values.
    assert changed <= reached, f"{effect} in version two reaches {sorted(changed - reached)}, too"
