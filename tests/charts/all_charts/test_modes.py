"""In each mode of a chart, every value has an effect or is refused: one without effect misleads its author."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS
from tests.charts.helm_errors import guard_errors
from tests.harness import HelmError, Manifests, merged, render
from tests.harness.field_paths import set_field

MODES = [
    (chart_spec, key, mode)
    for chart_spec in CHART_SPECS.values()
    for key, modes_of_key in chart_spec.modes.items()
    for mode in modes_of_key
]
IDS = [f"{chart_spec}-{key}-{mode}" for chart_spec, key, mode in MODES]


def is_below(leaf: str, paths: Collection[str]) -> bool:
    """Return whether a leaf is one of the paths or below one."""
    return any(re.match(rf"{re.escape(path)}($|[.\[])", leaf) for path in paths)


def test_every_annotated_key_is_a_mode(chart_spec: ChartSpec) -> None:
    assert set(chart_spec.ignored_by_modes) == set(chart_spec.modes), (
        "list every key of an annotation `modes` in chart.py, with base values"
    )


@pytest.mark.parametrize(("of", "key", "mode"), MODES, ids=IDS)
def test_a_mode_refuses_every_value_that_it_ignores(of: ChartSpec, key: str, mode: str) -> None:
    # Those that only a guard reads have no value to set here, and switches that are off are accepted.
    paths = {
        path
        for path, entry in of.ignored_by_modes[key].get(mode, {}).items()
        if path not in of.values_without_effect and not (path.endswith(".enabled") and entry["default"])
    }
    if not paths:
        return  # This mode uses every value.
    values = merged(of.minimal_values, of.modes[key][mode])
    for effect in of.value_effects:
        if is_below(effect.leaf, paths):
            # The entry of a list needs its other keys.
            needed = effect.given if "[" in effect.leaf else {}
            values = set_field(merged(values, needed), effect.leaf, effect.entry["set"])
    values = merged(values, of.modes[key][mode])
    refused = {line.partition(":")[0] for line in guard_errors(replace(of.case(), values=values))}
    assert paths <= refused, f"not refused: {sorted(paths - refused)}"


@pytest.mark.parametrize(("of", "key", "mode"), MODES, ids=IDS)
def test_every_other_value_has_an_effect_in_the_mode(of: ChartSpec, key: str, mode: str) -> None:
    without_effect = sorted(set(_without_effect(of, key, mode)) - set(of.shared_by_modes))
    assert not without_effect, (
        f"if {key} is {mode}, these values are accepted and change nothing: {without_effect}. Annotate them in "
        f"values.yaml with `modes: {{{key}: […]}}`, or give the reason in shared_by_modes of chart.py"
    )


def _without_effect(of: ChartSpec, key: str, mode: str) -> Iterator[str]:
    paths = of.ignored_by_modes[key].get(mode, {})
    effective: set[str] = set()
    leaves: set[str] = set()
    for effect in of.value_effects:
        if effect.leaf == key or is_below(effect.leaf, paths):
            continue
        leaves.add(effect.leaf)
        if effect.leaf in effective:
            continue
        before = of.case(merged(effect.given, of.modes[key][mode]))
        after = replace(before, values=set_field(effect.values(before.values), key, mode))
        try:
            if objects(render(before)) != objects(render(after)):
                effective.add(effect.leaf)
        except HelmError:
            # Refused: by itself, or because of what it needs.
            effective.add(effect.leaf)
    return iter(leaves - effective)


def objects(manifests: Manifests) -> list[str]:
    return sorted(json.dumps(manifest.body, sort_keys=True, default=dict) for manifest in manifests)
