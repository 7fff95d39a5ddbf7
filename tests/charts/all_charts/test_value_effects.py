"""Each value has the effect that value_effects/ describes, and no other; see tests/harness/value_effects.py."""

from __future__ import annotations

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS
from tests.harness.manifests import parse
from tests.harness.value_effects import ValueEffect, problems, uncovered

VALUE_EFFECTS = [(chart_spec, effect) for chart_spec in CHART_SPECS.values() for effect in chart_spec.value_effects]
# Read by Helm where the chart is below an umbrella.
CONDITION = "enabled"


def test_every_value_has_an_entry_that_shows_what_it_does(chart_spec: ChartSpec) -> None:
    leaves = chart_spec.leaves
    renames = parse((chart_spec.chart / "renames.yaml").read_text(encoding="utf-8")) or []
    exceptions = {
        CONDITION: "an umbrella's condition, read before the chart is rendered",
        **{leaf.path: "tested as the values of its section" for leaf in leaves.values() if leaf.section},
        **{rename["old"]: "refused" for rename in renames if rename["old"] in leaves},
        **chart_spec.values_without_effect,
    }
    wrong = uncovered(leaves, chart_spec.value_effects, exceptions)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("of", "effect"), VALUE_EFFECTS, ids=[f"{of}-{effect}" for of, effect in VALUE_EFFECTS])
def test_a_value_does_what_it_is_for_and_nothing_else(of: ChartSpec, effect: ValueEffect) -> None:
    wrong = problems(effect, *of.renderings(effect))
    assert not wrong, f"{effect}:\n" + "\n".join(wrong)
