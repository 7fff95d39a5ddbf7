"""The chart as a subchart: global values, null, and renamed keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm_errors import guard_errors
from tests.charts.model_server.chart import APP_VERSION, BASE, CHART
from tests.charts.model_server.guard_cases_release import RENAMES
from tests.harness import Case, Manifests, merged, render
from tests.harness.chart_fixtures import umbrella


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return umbrella(CHART, tmp_path_factory.mktemp("charts"), ("iris", "wine"))


def case_of(parent: Path, iris: dict[str, Any], wine: dict[str, Any], **shared: Any) -> Case:
    return Case(parent, {"iris": merged(BASE, iris), "wine": merged(BASE, wine), **shared})


def render_with(parent: Path, iris: dict[str, Any], wine: dict[str, Any], **shared: Any) -> Manifests:
    return render(case_of(parent, iris, wine, **shared))


def test_two_aliases_have_a_service_each(parent: Path) -> None:
    services = render_with(parent, {"enabled": True}, {"enabled": True}).of_kind("Service")
    assert {service.name for service in services} == {"demo-iris", "demo-wine"}


def test_global_values_reach_both_aliases(parent: Path) -> None:
    shared = {"imageRegistry": "mirror.example.org", "imagePullSecrets": [{"name": "login"}], "other": 1}
    manifests = render_with(parent, {}, {"versions": [{"name": 1}]}, **{"global": shared})
    for manifest, spec in manifests.pod_specs():
        assert spec["imagePullSecrets"] == [{"name": "login"}], str(manifest)
    for manifest, container in manifests.containers():
        assert container["image"] == f"mirror.example.org/model-server:{APP_VERSION}", str(manifest)


def test_null_reaches_the_subchart(parent: Path) -> None:
    manifests = render_with(parent, {"replicaCount": None}, {})
    assert "replicas" not in manifests.one("Deployment", "demo-iris").spec
    assert manifests.one("Deployment", "demo-wine").spec["replicas"] == 3


@pytest.mark.parametrize(("values", "message"), RENAMES, ids=range(len(RENAMES)))
def test_renamed_key_is_rejected_in_a_subchart(parent: Path, values: dict[str, Any], message: str) -> None:
    assert guard_errors(case_of(parent, {}, values), "wine") == [message]
