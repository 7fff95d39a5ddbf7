"""The notes after an installation: routing, an example request, and the first checks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.istio_routing.chart import FLAGGER, GATEWAY_API, HOST, ISTIO, ROLLOUTS, case
from tests.charts.istio_routing.guard_cases_security import jwt
from tests.harness import merged, notes

BODY = """--header 'Content-Type: application/json' --data '{"input_data": [[5.1, 3.5, 1.4, 0.2]]}'"""
PODS = "kubectl get pods --all-namespaces --selector istio=ingress"
ROLLOUT = "modelctl rollout start demo --namespace serving --help"
TLS: dict[str, Any] = {"gateway": {"tls": {"enabled": True, "credentialName": "tls"}}}


def shown(values: dict[str, Any]) -> list[str]:
    """The lines of the notes, without traces of a template error."""
    text = notes(case(values))
    for wrong in ("<no value>", "%!", "map[", "{{", "<nil>"):
        assert wrong not in text, f"{wrong!r} is in the notes:\n{text}"
    return text.splitlines()


COMMANDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [ROLLOUT]),
    (ISTIO, [f"curl http://iris.example.org/predict {BODY}", PODS, ROLLOUT]),
    (GATEWAY_API, [f"curl http://iris.example.org/predict {BODY}", ROLLOUT]),
    (merged(ISTIO, TLS), [f"curl https://iris.example.org/predict {BODY}", PODS, ROLLOUT]),
    (
        merged(merged(GATEWAY_API, TLS), {"gateway": {"tls": {"port": 8443}}, "routing": {"prefix": "/iris"}}),
        [f"curl https://iris.example.org:8443/iris/predict {BODY}", ROLLOUT],
    ),
    (merged(GATEWAY_API, {"routing": {"protocols": ["v2"]}}), ["curl http://iris.example.org/v2", ROLLOUT]),
    (
        merged(GATEWAY_API, {"routing": {"protocols": ["v1"]}, "analysis": {"model": "iris"}}),
        ["curl http://iris.example.org/v1/models/iris", ROLLOUT],
    ),
    (
        merged(merged(GATEWAY_API, jwt()), {"routing": {"headers": {"x-tenant": "it's"}}}),
        [
            "curl http://iris.example.org/predict --header 'x-tenant: it'\\''s' "
            f'--header "Authorization: Bearer $TOKEN" {BODY}',
            ROLLOUT,
        ],
    ),
    (ROLLOUTS, []),
    (merged(ISTIO, FLAGGER), [f"curl http://iris.example.org/predict {BODY}", PODS]),
]


@pytest.mark.parametrize(("values", "commands"), COMMANDS, ids=lambda part: str(part)[:60])
def test_the_notes_contain_working_commands(values: dict[str, Any], commands: list[str]) -> None:
    found = [line.strip() for line in shown(values) if line.strip().startswith(("kubectl ", "curl ", "modelctl "))]
    assert found == commands


def test_the_notes_list_the_share_of_each_version() -> None:
    versions = [{"name": 1, "weight": 100}, {"name": "next", "mirror": 12.5}, {"name": 1000000, "drain": True}]
    assert [line.strip() for line in shown({"versions": versions}) if line.startswith("  version ")] == [
        "version 1: 100 %",
        "version next: 0 %, and 12.5 % mirrored",
        "version 1000000: none, it is being removed",
    ]


def test_the_notes_list_the_hosts_of_the_model() -> None:
    assert f"Requests to iris.example.org, {HOST}" in shown(ISTIO)
    assert "Requests to iris.example.org" in shown(merged(ISTIO, {"routing": {"mesh": False}}))


def test_the_notes_name_flagger() -> None:
    assert any(line.startswith("are routed by Flagger") for line in shown(FLAGGER))
