"""The chart refuses what the admission webhook of KEDA refuses, and nothing else, as generated values show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.charts.helm_errors import guard_errors
from tests.charts.model_server.chart import CHART, VALUES_FILES, case, file_case
from tests.charts.model_server.guard_cases_keda import ALLOWED, CPU, KEDA, MEMORY, PROMETHEUS, scaled
from tests.charts.model_server.judges import refused_by_webhook
from tests.harness import Case, HelmError, merged, render
from tests.harness.chart_fixtures import without_guards
from tests.harness.strategies import for_all

CASES = 400
# KEDA's operator decides these, after its webhook has accepted the object.
BY_OPERATOR = re.compile(r"keda\.triggers\[\d+\]\.(metricType|authenticationRef|metadata\.\w+): .*")
CRON = {"type": "cron", "metadata": {"timezone": "UTC", "start": "0 8 * * *", "end": "0 9 * * *"}}
LONG = "a" * 55


def refused_by_guards(wanted: Case) -> list[str]:
    """Return the messages of the guards for a case, none if it is rendered."""
    try:
        render(wanted)
    except HelmError:
        return guard_errors(wanted)
    return []


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the chart that refuses nothing."""
    return without_guards(CHART, tmp_path_factory.mktemp("unguarded"))


_TRIGGERS: SearchStrategy[dict[str, Any]] = st.builds(
    lambda trigger, more: {**trigger, **{key: value for key, value in more.items() if value is not None}},
    st.sampled_from([CPU, MEMORY, PROMETHEUS, PROMETHEUS, CRON]),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from([None, None, "a", "b"]),
            "useCachedMetrics": st.sampled_from([None, None, False, True]),
        }
    ),
)
_AMOUNTS = st.sampled_from(["100m", "1", "0", None])
_RESOURCES = st.fixed_dictionaries(
    {kind: st.fixed_dictionaries({"cpu": _AMOUNTS, "memory": _AMOUNTS}) for kind in ("requests", "limits")}
)
_VALUES = st.fixed_dictionaries(
    {
        "fullnameOverride": st.sampled_from(["a", "a", LONG]),
        "keda": st.fixed_dictionaries(
            {
                "enabled": st.just(True),
                "minReplicaCount": st.integers(0, 3),
                "maxReplicaCount": st.integers(1, 4),
                "idleReplicaCount": st.sampled_from([None, None, 0, 1, 2]),
                "triggers": st.lists(_TRIGGERS, min_size=1, max_size=3),
                "fallback": st.sampled_from(
                    [{}, {}, {"failureThreshold": 0, "replicas": 0}]
                    + [
                        {"failureThreshold": 3, "replicas": 1, "behavior": how}
                        for how in ("static", "scalingModifiers")
                    ]
                ),
            }
        ),
    },
    optional={
        # Null removes a default; limits.cpu has none.
        "resources": _RESOURCES.map(lambda of: merged(of, {"limits": {"cpu": of["limits"]["cpu"] or "0"}})),
        "sidecars": st.builds(
            lambda of: [{"name": "proxy", "image": "proxy", "resources": without_null(of)}], _RESOURCES
        ),
        "podSpec": st.builds(lambda of: {"resources": without_null(of)}, _RESOURCES),
    },
)


def without_null(resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {kind: {name: of for name, of in each.items() if of is not None} for kind, each in resources.items()}


def generated() -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for_all(_VALUES, lambda values: found.update({json.dumps(values): values}), CASES)
    return list(found.values())


@pytest.mark.depends_on_files(
    *("charts/model-server", "tests/charts/model_server", "tests/charts/helm_errors.py"),
    *("cluster/go/keda", "cluster/catalog.yaml"),
)
def test_the_chart_refuses_exactly_what_the_webhook_refuses(unguarded: Path) -> None:
    drawn = [
        *generated(),
        *(values for values, _ in KEDA),
        *(values for values in ALLOWED if "enabled" in values["keda"]),
    ]
    cases = [case(values) for values in drawn]
    renderings = [render(Case(unguarded, each.values)) for each in cases]
    by_webhook = refused_by_webhook(renderings)
    by_guards = [[text for text in refused_by_guards(each) if not BY_OPERATOR.fullmatch(text)] for each in cases]
    found = list(zip(drawn, by_webhook, by_guards, strict=True))
    missed = [(values, errors) for values, errors, texts in found if errors and not texts]
    assert not missed, f"the webhook refuses what the chart renders; add a guard to guards/_keda.tpl: {missed[:3]}"
    extra = [(values, texts) for values, errors, texts in found if texts and not errors]
    assert not extra, f"a guard refuses what the webhook accepts; correct it, or add it to BY_OPERATOR: {extra[:3]}"
    assert 0.1 < sum(map(bool, by_webhook)) / len(found) < 0.9, "generate values of both kinds"


def test_values_files_are_accepted_by_the_webhook() -> None:
    renderings = {file.name: render(file_case(file)) for file in VALUES_FILES}
    scaled_by_keda = {name: each for name, each in renderings.items() if each.of_kind("ScaledObject")}
    assert scaled_by_keda, "no values file uses KEDA"
    answers = refused_by_webhook(list(scaled_by_keda.values()))
    assert dict(zip(scaled_by_keda, answers, strict=True)) == {name: {} for name in scaled_by_keda}


@pytest.mark.parametrize("name", [LONG, "a" * 63])
def test_a_long_name_gives_an_autoscaler_that_kubernetes_accepts(name: str) -> None:
    manifests = render(case(merged(scaled(PROMETHEUS), {"fullnameOverride": name})))
    assert refused_by_webhook([manifests]) == [{}]
    (scaler,) = manifests.of_kind("ScaledObject")
    assert scaler.spec["advanced"]["horizontalPodAutoscalerConfig"]["name"] == name
