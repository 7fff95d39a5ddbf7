"""The chart below an umbrella chart: twice, under other names, switched on and off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.charts.model_server.chart import BASE, CHART, ci_case, read
from tests.harness import Case, HelmError, Manifests, merged, render

CI = ci_case(CHART / "ci" / "scaled-values.yaml")


@pytest.fixture
def umbrella(tmp_path: Path) -> Path:
    chart = tmp_path / "umbrella"
    (chart / "charts").mkdir(parents=True)
    (chart / "charts" / "model-server").symlink_to(CHART)
    version = read(CHART / "Chart.yaml")["version"]
    dependencies = [
        {"name": "model-server", "alias": alias, "version": version, "condition": f"{alias}.enabled"}
        for alias in ("iris", "wine")
    ]
    metadata = {"apiVersion": "v2", "name": "umbrella", "version": "1.0.0", "dependencies": dependencies}
    (chart / "Chart.yaml").write_text(json.dumps(metadata), encoding="utf-8")
    return chart


def render_with(umbrella: Path, iris: dict[str, Any], wine: dict[str, Any], **shared: Any) -> Manifests:
    return render(Case(umbrella, {"iris": merged(BASE, iris), "wine": merged(BASE, wine), **shared}))


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
    manifests = render_with(umbrella, {}, {}, **{"global": shared})
    for manifest, spec in manifests.pod_specs():
        assert spec["imagePullSecrets"] == [{"name": "login"}], str(manifest)
    for manifest, container in manifests.containers():
        assert container["image"] == "mirror.example.org/model-server:0.1.0", str(manifest)


def test_an_unknown_key_is_refused_with_the_name_of_the_subchart(umbrella: Path) -> None:
    with pytest.raises(HelmError, match=r"(?s)iris.*'replicas' not allowed"):
        render_with(umbrella, {"replicas": 3}, {})


def test_null_reaches_the_subchart(umbrella: Path) -> None:
    manifests = render_with(umbrella, {"replicaCount": None}, {})
    assert "replicas" not in manifests.one("Deployment", "demo-iris").spec
    assert manifests.one("Deployment", "demo-wine").spec["replicas"] == 3


def test_a_guard_names_the_subchart(umbrella: Path) -> None:
    with pytest.raises(HelmError, match=r"The values of wine cannot work:\n\n- ingress\.hosts: "):
        render_with(umbrella, {}, {"ingress": {"enabled": True}})


def test_a_full_set_of_values_renders_as_a_subchart(umbrella: Path) -> None:
    manifests = render_with(umbrella, dict(CI.values), {"enabled": False})
    assert manifests.one("HorizontalPodAutoscaler", "demo-iris")
