"""What every value does, and that it does nothing else: the tables in knobs/, see tests/harness/knobs.py."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.charts.model_server.chart import CHART, FULLNAME, case, read
from tests.harness import Manifests, render
from tests.harness.knobs import Key, Knob, changes, problems, uncovered
from tests.harness.knobs import read as read_knobs
from tests.harness.schema_leaves import leaves

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
LEAVES = leaves(SCHEMA)
KNOBS = read_knobs(Path(__file__).with_name("knobs"))
# What a version may say of its own.
SECTIONS = {leaf.section for leaf in LEAVES.values() if leaf.section}
IN_VERSIONS = [knob for knob in KNOBS if knob.leaf.split(".")[0].removesuffix("[]") in SECTIONS]
EXCEPTIONS = {
    "enabled": "an umbrella's condition, read before the chart is rendered",
    **{leaf.path: "tested as the values of its section" for leaf in LEAVES.values() if leaf.section},
    **{rename["old"]: "refused" for rename in read(CHART / "renames.yaml") if rename["old"] in LEAVES},
}


def renderings(knob: Knob) -> tuple[Manifests, Manifests]:
    """Without the value and with it."""
    before = case(dict(knob.given))
    return render(before), render(replace(before, values=knob.values(before.values)))


def test_every_value_has_an_entry_that_shows_what_it_does() -> None:
    wrong = uncovered(LEAVES, KNOBS, EXCEPTIONS)
    assert not wrong, "\n".join(wrong)


def test_every_value_that_a_version_may_set_is_set_by_one() -> None:
    lacking = SECTIONS - {knob.leaf.split(".")[0].removesuffix("[]") for knob in IN_VERSIONS}
    assert not lacking, f"add an entry to knobs/ for {sorted(lacking)}"


@pytest.mark.parametrize("knob", KNOBS, ids=str)
def test_a_value_does_what_it_is_for_and_nothing_else(knob: Knob) -> None:
    wrong = problems(knob, *renderings(knob))
    assert not wrong, f"{knob}:\n" + "\n".join(wrong)


def in_version(knob: Knob) -> tuple[Manifests, Manifests]:
    """Without the value and with it, in the second of two versions."""
    before = case(dict(knob.given)).with_values({"versions": [{"name": "one"}, {"name": "two"}]})
    over = overlay(knob.leaf, knob.values(before.values))
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


@pytest.mark.parametrize("knob", IN_VERSIONS, ids=str)
def test_a_version_sets_a_value_for_itself_alone(knob: Knob) -> None:
    alone, together = renderings(knob), in_version(knob)
    there = together[0].keys | together[1].keys
    reached = {of_version_two(key, there) for keys in changes(*alone).values() for key in keys}
    changed = {key for keys in changes(*together).values() for key in keys}
    own = {key for key in reached if key[1].endswith("-two")}
    assert own, f"{knob} shows in nothing that a version has of its own: take it out of the sections of versions"
    assert own <= changed, f"{knob} in a version changes nothing in {sorted(own - changed)}"
    # Objects of the whole release, such as the policy for what is downloaded, may follow from a version's values.
    assert changed <= reached, f"{knob} in version two reaches {sorted(changed - reached)}, too"
