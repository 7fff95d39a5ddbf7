"""Each chart as a subchart: twice, with aliases, enabled and disabled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS, guards_of
from tests.charts.helm_errors import guard_errors, schema_errors
from tests.harness import Case, merged, render
from tests.harness.chart_fixtures import umbrella
from tests.harness.charts import ValuesFile
from tests.harness.selection import pods_of, selected, selectors_of


@pytest.fixture(scope="module")
def umbrellas(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """For each chart, an umbrella chart that has it twice, as "one" and as "two"."""
    folder = tmp_path_factory.mktemp("umbrellas")
    return {chart: umbrella(chart, folder / chart.name, ("one", "two")) for chart in CHART_SPECS}


@pytest.fixture
def parent(umbrellas: dict[Path, Path], chart_spec: ChartSpec) -> Path:
    """The umbrella of each chart."""
    return umbrellas[chart_spec.chart]


def case_of(parent: Path, chart_spec: ChartSpec, one: dict[str, Any], two: dict[str, Any]) -> Case:
    return Case(parent, {"one": merged(chart_spec.minimal_values, one), "two": merged(chart_spec.minimal_values, two)})


def test_two_instances_do_not_conflict(parent: Path, chart_spec: ChartSpec) -> None:
    both = render(case_of(parent, chart_spec, {"enabled": True}, {"enabled": True}))
    alone = render(case_of(parent, chart_spec, {"enabled": True}, {"enabled": False}))
    others = set(pods_of(both)) - set(pods_of(alone))
    assert len(both.keys) == 2 * len(alone.keys), "the two instances share an object"
    for manifest in alone:
        for selector in selectors_of(manifest):
            taken = selected(both, selector) & others
            assert not taken, f"{manifest}: also selects pods of the other instance: {sorted(taken)}"


def test_a_disabled_instance_renders_nothing(parent: Path, chart_spec: ChartSpec) -> None:
    alone = render(case_of(parent, chart_spec, {"enabled": True}, {"enabled": False}))
    assert list(alone)
    for manifest in alone:
        # Names of cluster-scoped objects start with the namespace.
        assert "demo-one" in manifest.name, f"{manifest} belongs to the disabled instance"


def test_an_unknown_key_is_refused_with_the_alias(parent: Path, chart_spec: ChartSpec) -> None:
    wrong = case_of(parent, chart_spec, {"unknownKey": 3}, {})
    assert schema_errors(wrong, "one") == ["at '': additional properties 'unknownKey' not allowed"]


def test_a_guard_names_the_alias(parent: Path, chart_spec: ChartSpec) -> None:
    values, message = guards_of(chart_spec).first[0]
    assert guard_errors(case_of(parent, chart_spec, {}, values), "two") == [message]


def test_a_subchart_renders_as_the_chart_alone(file: ValuesFile, given: Case, umbrellas: dict[Path, Path]) -> None:
    values = merged(given.values, {"nameOverride": "one", "fullnameOverride": "one"})
    shared = values.pop("global", {})
    below = render(Case(umbrellas[file.chart], {"one": values, "two": {"enabled": False}, "global": shared}))
    alone = render(Case(file.chart, {**values, "global": shared}))
    assert below.keys == alone.keys
    for manifest in alone:
        found = below.one(manifest.kind, manifest.name).body
        # In a subchart, .Chart.Name is the alias, which appears in one label.
        assert _without_chart(found) == _without_chart(manifest.body), f"{manifest} differs"


def _without_chart(body: Any) -> Any:
    metadata = body["metadata"]
    labels = {key: value for key, value in metadata.get("labels", {}).items() if key != "helm.sh/chart"}
    return {**body, "metadata": {**metadata, "labels": labels}}
