"""What the chart refuses because two values do not fit: each message whole, and all of them at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import CHART, case
from tests.harness import Case, HelmError, render

HEADING = "The values of model-server cannot work:"


def refusals(wrong: Case) -> list[str]:
    """The problems that the chart lists about a case."""
    with pytest.raises(HelmError) as caught:
        render(wrong)
    text = str(caught.value)
    assert HEADING in text, f"refused by something else than a guard: {text}"
    listed = text.partition(HEADING)[2].partition("\n\nUse --debug")[0]
    return [line.removeprefix("- ") for line in listed.strip().splitlines()]


CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"model": {"source": {"image": {"reference": ""}}}},
        'model.source.image.reference: it is empty, and model.source.type is "image". Set it to the image that '
        'holds the model, or set model.source.type to "persistentVolumeClaim" or "baked".',
    ),
    (
        {"model": {"source": {"type": "persistentVolumeClaim"}}},
        "model.source.persistentVolumeClaim.claimName: it is empty, and model.source.type is "
        '"persistentVolumeClaim". Set it to the claim that holds the model.',
    ),
    (
        {"secret": {"create": True, "stringData": {"a": "b"}, "existingSecret": "login"}},
        'secret.create: it is true, and secret.existingSecret is set to "login". Keep one of the two.',
    ),
    (
        {"secret": {"create": True}},
        "secret.stringData: it is empty, and secret.create is true. Give a value, for example by --set-file "
        "secret.stringData.token=FILE, or name a Secret in secret.existingSecret.",
    ),
    (
        {"secret": {"stringData": {"a": "b"}}},
        "secret.stringData: it is set, and secret.create is false, so nothing would use it. Set secret.create "
        "to true, or take it out.",
    ),
    (
        {"secret": {"envFrom": True}},
        "secret.envFrom: it is true, and there is no Secret. Name one in secret.existingSecret, or set "
        "secret.envFrom to false.",
    ),
    (
        {"autoscaling": {"enabled": True, "minReplicas": 11}},
        "autoscaling.minReplicas: it is 11, more than autoscaling.maxReplicas, 10. Lower the one or raise the other.",
    ),
    (
        {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}},
        "resources.requests.cpu: it is not set, and autoscaling.enabled is true: the autoscaler counts in "
        "percent of it. Set it to what one pod uses under a normal load.",
    ),
    (
        {"terminationGracePeriodSeconds": 40},
        "terminationGracePeriodSeconds: it is 40, so a pod is killed before server.drainSeconds + "
        "server.gracefulTimeoutSeconds, 40, are over. Set it to at least 45.",
    ),
    (
        {"podDisruptionBudget": {"minAvailable": 1, "maxUnavailable": 1}},
        "podDisruptionBudget.minAvailable: it is set, and podDisruptionBudget.maxUnavailable too. Keep one of the two.",
    ),
    (
        {"podDisruptionBudget": {"maxUnavailable": "0%"}},
        "podDisruptionBudget.maxUnavailable: with 0% no node with a pod of this release can be drained. Set it "
        "to 1 or more.",
    ),
    (
        {"podDisruptionBudget": {"minAvailable": 3}},
        "podDisruptionBudget.minAvailable: with 3 of 3 pods no node with a pod of this release can be drained. "
        "Set it to less than the pods that there are, or set neither number.",
    ),
    (
        {"service": {"nodePort": 30080}},
        'service.nodePort: it is set, and service.type is "ClusterIP". Set service.type to "NodePort" or '
        '"LoadBalancer", or take it out.',
    ),
    (
        {"service": {"externalTrafficPolicy": "Local"}},
        'service.externalTrafficPolicy: it is set, and service.type is "ClusterIP". Set service.type to '
        '"NodePort" or "LoadBalancer", or take it out.',
    ),
    (
        {"service": {"type": "NodePort", "loadBalancerClass": "a"}},
        'service.loadBalancerClass: it is set, and service.type is "NodePort". Set service.type to '
        '"LoadBalancer", or take it out.',
    ),
    (
        {"service": {"ipFamilies": ["IPv6"]}},
        'server.host: it is "0.0.0.0", which no IPv6 request reaches, and service.ipFamilies holds "IPv6". Set '
        'server.host to "::".',
    ),
    (
        {"ingress": {"enabled": True}},
        "ingress.hosts: it is empty, and ingress.enabled is true. Name a host, for example "
        "[{host: iris.example.org, paths: [{path: /, pathType: Prefix}]}].",
    ),
    (
        {"podLabels": {"version": "3"}},
        'podLabels: the label "version" is set by the chart. Take it out, or give it another name.',
    ),
    (
        {"commonLabels": {"app.kubernetes.io/name": "a"}},
        'commonLabels: the label "app.kubernetes.io/name" is set by the chart. Take it out, or give it another name.',
    ),
    (
        {"fullnameOverride": "1st"},
        'fullnameOverride: the objects\' name "1st" is no legal name of a Service, which begins with a letter '
        'and holds a-z, 0-9 and "-". Set fullnameOverride to one that is.',
    ),
    (
        {"extraEnv": [{"name": "MODEL_SERVER_DRAIN_SECONDS", "value": "1"}]},
        "extraEnv: MODEL_SERVER_DRAIN_SECONDS is a setting that the chart writes, and would override it unseen. "
        "Set it under server or model.",
    ),
    (
        {"extraVolumes": [{"name": "tmp", "emptyDir": {}}]},
        'extraVolumes: the name "tmp" is used by the chart. Choose another.',
    ),
    (
        {"sidecars": [{"name": "model-server", "image": "a"}]},
        'sidecars: the name "model-server" is the server\'s own. Choose another.',
    ),
]


@pytest.mark.parametrize(("values", "message"), CASES, ids=[message.split(":")[0] for _, message in CASES])
def test_a_mistake_is_refused_with_key_problem_and_remedy(values: dict[str, Any], message: str) -> None:
    assert refusals(case(values)) == [message]


def test_values_that_say_nothing_are_told_what_to_say() -> None:
    assert [line.split(":")[0] for line in refusals(Case(CHART))] == ["model.source.image.reference"]


def test_all_mistakes_are_said_at_once() -> None:
    wrong = case(
        {
            "model": {"source": {"type": "persistentVolumeClaim"}},
            "secret": {"envFrom": True},
            "ingress": {"enabled": True},
            "service": {"nodePort": 30080},
            "terminationGracePeriodSeconds": 1,
            "podDisruptionBudget": {"maxUnavailable": 0},
        }
    )
    assert len(refusals(wrong)) == 6


@pytest.mark.parametrize(
    "values",
    [
        {"podDisruptionBudget": {"minAvailable": 2}},
        {"podDisruptionBudget": {"minAvailable": "67%"}, "replicaCount": 4},
        {"podDisruptionBudget": {"minAvailable": 3}, "replicaCount": None},
        {"podDisruptionBudget": {"minAvailable": 3, "enabled": False}},
        {"podDisruptionBudget": {"minAvailable": 3}, "autoscaling": {"enabled": True, "minReplicas": 4}},
        {"replicaCount": 1},
        {"replicaCount": 0},
    ],
)
def test_a_budget_that_lets_drains_go_on_is_taken(values: dict[str, Any]) -> None:
    assert render(case(values)).one("Deployment")


@pytest.mark.parametrize(
    "values",
    [
        {"podDisruptionBudget": {"minAvailable": "100%"}, "replicaCount": None},
        {"podDisruptionBudget": {"minAvailable": "67%"}},
        {"podDisruptionBudget": {"minAvailable": "1%"}, "replicaCount": 1},
        {"podDisruptionBudget": {"minAvailable": 2}, "autoscaling": {"enabled": True, "minReplicas": 2}},
    ],
)
def test_a_budget_that_holds_drains_up_is_refused(values: dict[str, Any]) -> None:
    assert [line.split(":")[0] for line in refusals(case(values))] == ["podDisruptionBudget.minAvailable"]
