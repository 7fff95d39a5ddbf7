"""Traffic management by Argo Rollouts and Flagger: the rendered objects and queries, and what is left to them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.charts.istio_routing.chart import CHART, FLAGGER, FULLNAME, GATEWAY_API, ISTIO, ROLLOUTS, rendered, spec
from tests.charts.istio_routing.routes import rule, shares
from tests.charts.programs import run
from tests.harness import Manifests, merged

TLS: dict[str, Any] = {"gateway": {"tls": {"enabled": True, "credentialName": "tls"}}}
OPEN: dict[str, Any] = merged(TLS, {"gateway": {"tls": {"httpsRedirect": False}}})
QUERIES = sorted((CHART / "files" / "analysis").glob("*.promql"))
# How each program writes the versions.
ARGO = {"canary": "{{args.canary}}", "stable": "{{args.stable}}"}
FLAGGERS = {"canary": "{{ variables.canary }}", "stable": "{{ variables.stable }}"}


@pytest.mark.parametrize("way_in", [{}, ISTIO, GATEWAY_API, merged(GATEWAY_API, OPEN)], ids=str)
def test_flagger_owns_routes_and_weights(way_in: dict[str, Any]) -> None:
    manifests = rendered(merged(way_in, FLAGGER))
    kinds = {manifest.kind for manifest in manifests}
    assert not kinds & {"VirtualService", "DestinationRule", "HTTPRoute"}, "Flagger owns these"
    assert "weight" not in manifests.text
    assert {"MetricTemplate", "PeerAuthentication"} <= kinds


def test_plain_http_is_redirected_under_flagger() -> None:
    (redirect,) = rendered(merged(merged(GATEWAY_API, TLS), FLAGGER)).of_kind("HTTPRoute")
    assert [each["filters"][0]["type"] for each in redirect.spec["rules"]] == ["RequestRedirect"]


def test_argo_rollouts_finds_the_routes_of_helm() -> None:
    initial = {"versions": [{"name": 1, "weight": 100}, {"name": 2}]}
    assert spec("VirtualService", merged(initial, ROLLOUTS)) == spec("VirtualService", initial)
    assert shares(rule(rendered(merged(initial, ROLLOUTS)), "weighted")) == {"1": 100, "2": 0}


def test_without_a_controller_no_queries_are_rendered() -> None:
    kinds = {manifest.kind for manifest in rendered({"analysis": {"model": "iris"}})}
    assert not kinds & {"AnalysisTemplate", "MetricTemplate"}


def argo_queries(manifests: Manifests) -> dict[str, str]:
    """The queries of Argo Rollouts, by the name of the metric."""
    metrics = manifests.one("AnalysisTemplate").spec["metrics"]
    return {metric["name"]: metric["provider"]["prometheus"]["query"] for metric in metrics}


def flagger_queries(manifests: Manifests) -> dict[str, str]:
    """The queries of Flagger, by the name of the metric."""
    found = manifests.of_kind("MetricTemplate")
    return {each.name.removeprefix(f"{FULLNAME}-"): each.spec["query"] for each in found}


def about(query: str, names: dict[str, str]) -> str:
    """A query about a canary called 2 and a stable version called 1."""
    return query.replace(names["canary"], "2").replace(names["stable"], "1")


def test_argo_rollouts_and_flagger_have_the_same_queries() -> None:
    argo = {name: about(query, ARGO) for name, query in argo_queries(rendered(ROLLOUTS)).items()}
    flagger = {name: about(query, FLAGGERS) for name, query in flagger_queries(rendered(FLAGGER)).items()}
    assert argo == flagger
    assert set(argo) == {"requests", "error-ratio", "refused-ratio", "latency-ratio", "disagreement-ratio"}


def filled(file: Path, version: str) -> str:
    """The query of a file about a version."""
    text = file.read_text(encoding="utf-8").strip()
    values = {"namespace": "serving", "model": "iris", "version": version, "window": "5m"}
    return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], text)


def test_queries_are_those_of_the_files() -> None:
    asked = [about(query, ARGO) for query in argo_queries(rendered(ROLLOUTS)).values()]
    # Only modelctl rollout needs this one; controllers have no metric for a minimum of rows.
    for file in QUERIES:
        if file.stem != "compared-rows":
            assert any(filled(file, "2") in query for query in asked), f"no query is {file.name} about the canary"


@pytest.mark.depends_on_files("tests/charts", "charts/istio-routing", "cluster/catalog.yaml", "cluster/go/monitoring")
def test_promtool_accepts_every_query(tmp_path: Path) -> None:
    asked = argo_queries(rendered(ROLLOUTS)) | flagger_queries(rendered(FLAGGER))
    rules = [{"record": f"a:b:{index}", "expr": query} for index, query in enumerate(asked.values())]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"groups": [{"name": "asked", "rules": rules}]}), encoding="utf-8")
    done = run("promtool", "check", "rules", file)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def test_a_canary_with_too_few_requests_is_inconclusive() -> None:
    asked = merged(ROLLOUTS, {"analysis": {"minRequests": 70}})
    metrics = {metric["name"]: metric for metric in spec("AnalysisTemplate", asked)["metrics"]}
    requests = metrics.pop("requests")
    assert (requests["successCondition"], requests["failureCondition"]) == (
        "len(result) > 0 && result[0] >= 70",
        "false",
    )
    for name, metric in metrics.items():
        # A ratio without requests is NaN, which is not a reason to roll back.
        assert "isNaN(result[0])" in metric["successCondition"], name
        assert "!isNaN(result[0])" in metric["failureCondition"], name
    for name, metric in {"requests": requests, **metrics}.items():
        # Inconclusive only beyond the limit; at `count` without it, Argo Rollouts says successful.
        assert metric["inconclusiveLimit"] < metric["count"], f"{name}: a canary without traffic would be promoted"
