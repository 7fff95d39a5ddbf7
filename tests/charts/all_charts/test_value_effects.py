"""Each value has the effect that value_effects/ describes, and no other; see tests/harness/value_effects.py."""

from __future__ import annotations

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS
from tests.harness.value_effects import ValueEffect, problems, uncovered

VALUE_EFFECTS = [(chart_spec, effect) for chart_spec in CHART_SPECS.values() for effect in chart_spec.value_effects]
# The condition of a subchart, which Helm reads.
CONDITION = "enabled"


def test_every_value_has_an_entry(chart_spec: ChartSpec) -> None:
    leaves = chart_spec.leaves
    exceptions = {
        CONDITION: "the condition of a subchart, which Helm reads before rendering",
        **{leaf.path: "tested in its section" for leaf in leaves.values() if leaf.section},
        **{key: "refused" for key in chart_spec.renamed_keys if key in leaves},
        **chart_spec.values_without_effect,
    }
    wrong = uncovered(leaves, chart_spec.value_effects, exceptions)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("of", "effect"), VALUE_EFFECTS, ids=[f"{of}-{effect}" for of, effect in VALUE_EFFECTS])
def test_a_value_has_the_described_effect(of: ChartSpec, effect: ValueEffect) -> None:
    wrong = problems(effect, *of.renderings(effect))
    assert not wrong, f"{effect}:\n" + "\n".join(wrong)
