"""The chart below an umbrella chart: twice, under other names, switched on and off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.charts.model_server.chart import APP_VERSION, BASE, CHART, METADATA, VALUES_FILES, read
from tests.charts.model_server.guard_cases_release import RENAMES
from tests.charts.model_server.refusals import refusals, schema_refusals
from tests.harness import Case, Manifests, merged, render


@pytest.fixture(scope="module")
def umbrella(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chart = tmp_path_factory.mktemp("charts") / "umbrella"
    (chart / "charts").mkdir(parents=True)
    (chart / "charts" / "model-server").symlink_to(CHART)
    dependencies = [
        {"name": "model-server", "alias": alias, "version": METADATA["version"], "condition": f"{alias}.enabled"}
        for alias in ("iris", "wine")
    ]
    metadata = {"apiVersion": "v2", "name": "umbrella", "version": "1.0.0", "dependencies": dependencies}
    (chart / "Chart.yaml").write_text(json.dumps(metadata), encoding="utf-8")
    return chart


def case_of(umbrella: Path, iris: dict[str, Any], wine: dict[str, Any], **shared: Any) -> Case:
    return Case(umbrella, {"iris": merged(BASE, iris), "wine": merged(BASE, wine), **shared})


def render_with(umbrella: Path, iris: dict[str, Any], wine: dict[str, Any], **shared: Any) -> Manifests:
    return render(case_of(umbrella, iris, wine, **shared))


def test_two_of_the_chart_live_side_by_side(umbrella: Path) -> None:
    manifests = render_with(umbrella, {"enabled": True}, {"enabled": True})
    assert {item.name for item in manifests.of_kind("Service")} == {"demo-iris", "demo-wine"}
    selectors = [item.spec["selector"] for item in manifests.of_kind("Service")]
    assert selectors[0] != selectors[1]


def test_enabled_switches_one_off(umbrella: Path) -> None:
    manifests = render_with(umbrella, {"enabled": True}, {"enabled": False})
    assert {item.name for item in manifests.of_kind("Deployment")} == {"demo-iris"}


def test_global_values_reach_both_and_may_hold_what_the_chart_does_not_know(umbrella: Path) -> None:
    shared = {"imageRegistry": "mirror.example.org", "imagePullSecrets": [{"name": "login"}], "other": 1}
    manifests = render_with(umbrella, {}, {"versions": [{"name": 1}]}, **{"global": shared})
    for manifest, spec in manifests.pod_specs():
        assert spec["imagePullSecrets"] == [{"name": "login"}], str(manifest)
    for manifest, container in manifests.containers():
        assert container["image"] == f"mirror.example.org/model-server:{APP_VERSION}", str(manifest)


def test_an_unknown_key_is_refused_with_the_name_of_the_subchart(umbrella: Path) -> None:
    wrong = case_of(umbrella, {"replicas": 3}, {})
    assert schema_refusals(wrong, "iris") == ["at '': additional properties 'replicas' not allowed"]


def test_null_reaches_the_subchart(umbrella: Path) -> None:
    manifests = render_with(umbrella, {"replicaCount": None}, {})
    assert "replicas" not in manifests.one("Deployment", "demo-iris").spec
    assert manifests.one("Deployment", "demo-wine").spec["replicas"] == 3


def test_a_guard_names_the_subchart(umbrella: Path) -> None:
    (problem,) = refusals(case_of(umbrella, {}, {"secret": {"envFrom": True}}), "wine")
    assert problem.startswith("secret.envFrom: ")


@pytest.mark.parametrize(("values", "message"), RENAMES, ids=["true", "false", "neither"])
def test_an_old_key_is_refused_below_an_umbrella_too(umbrella: Path, values: dict[str, Any], message: str) -> None:
    assert refusals(case_of(umbrella, {}, values), "wine") == [message]


@pytest.mark.parametrize("path", VALUES_FILES, ids=lambda path: path.stem)
def test_every_values_file_renders_as_a_subchart_as_it_does_alone(umbrella: Path, path: Path) -> None:
    values = merged(read(path), {"nameOverride": "iris", "fullnameOverride": "iris"})
    shared = values.pop("global", {})
    below = render(Case(umbrella, {"iris": values, "wine": {"enabled": False}, "global": shared}))
    alone = render(Case(CHART, {**values, "global": shared}))
    assert below.keys == alone.keys
    for manifest in alone:
        found = below.one(manifest.kind, manifest.name).body
        # The alias is the chart's name below an umbrella, and so in one label.
        assert _without_chart(found) == _without_chart(manifest.body), f"{manifest} differs"


def _without_chart(body: Any) -> Any:
    metadata = body["metadata"]
    labels = {key: value for key, value in metadata.get("labels", {}).items() if key != "helm.sh/chart"}
    return {**body, "metadata": {**metadata, "labels": labels}}
