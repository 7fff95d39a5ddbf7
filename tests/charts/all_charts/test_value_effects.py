"""Each value has the effect that value_effects/ describes, and no other; see tests/harness/value_effects.py.

A value that an upgrade cannot change is marked as immutable in values.yaml, and no other one is.
"""

from __future__ import annotations

import pytest

from devkit import paths
from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS
from tests.harness.upgrade import Finding, findings
from tests.harness.value_effects import ValueEffect, problems, uncovered

VALUE_EFFECTS = [(chart_spec, effect) for chart_spec in CHART_SPECS.values() for effect in chart_spec.value_effects]
# The condition of a subchart, which Helm reads.
CONDITION = "enabled"
IMMUTABLE_VALUES = paths.REPOSITORY / "docs" / "guides" / "immutable-values.md"


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
    broken = [] if effect.leaf in of.immutable_values else immutable_changes(of, effect)
    assert not broken, (
        f"{effect}: an upgrade cannot change it. Describe in UPGRADING.md how to do it nevertheless, and annotate the "
        f"value with `immutable: SECTION`.\n" + "\n".join(map(str, broken))
    )


def test_only_immutable_values_are_marked(chart_spec: ChartSpec) -> None:
    found = {
        effect.leaf
        for effect in chart_spec.value_effects
        if effect.leaf in chart_spec.immutable_values and immutable_changes(chart_spec, effect)
    }
    mutable = sorted(set(chart_spec.immutable_values) - found)
    assert not mutable, f"an upgrade can change these values; remove `immutable` from their annotations: {mutable}"


def test_the_guide_refers_to_every_way_to_change_an_immutable_value(chart_spec: ChartSpec) -> None:
    guide = IMMUTABLE_VALUES.read_text(encoding="utf-8")
    for section in set(chart_spec.immutable_values.values()):
        link = f"[{section}](../../charts/{chart_spec.name}/UPGRADING.md#"
        assert link in " ".join(guide.split()), f"add this link to {IMMUTABLE_VALUES.name}: {link}…)"


def immutable_changes(of: ChartSpec, effect: ValueEffect) -> list[Finding]:
    """Return why an upgrade cannot set the value, or unset it."""
    before, after = of.renderings(effect)
    return [finding for finding in (*findings(before, after), *findings(after, before)) if finding.immutable]
