"""NOTES.txt: commands that can be pasted, and every warning once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.charts.model_server.chart import CHART, FULLNAME, NGINX, case, downloading
from tests.charts.model_server.guard_cases_release import ANYWHERE, HOST, INGRESS, ROUTE
from tests.harness import Case, merged, notes, render

CURL = "curl --header 'Content-Type: application/json' --data '{\"input_data\": [[5.1,3.5,1.4,0.2]]}'"
ADDRESS = "--output jsonpath='{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}')"
TWO: dict[str, Any] = {"versions": [{"name": 1}, {"name": "candidate"}]}
NGINX_ON: dict[str, Any] = {"nginx": {"enabled": True}}
TLS = {"tls": [{"secretName": "iris-tls", "hosts": ["iris.example.org"]}]}
TRIGGER = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}
NO_TEST = {"tests": {"runner": "none"}}


def shown(values: dict[str, Any] | None = None) -> str:
    """Return the notes of some values, which must not contain traces of a broken template."""
    text = notes(case(values))
    for wrong in ("<no value>", "%!", "map[", "{{", "}}\n\n\n"):
        assert wrong not in text, f"{wrong!r} is in the notes:\n{text}"
    return text


def commands(values: dict[str, Any] | None = None) -> list[str]:
    """Return the commands in the notes."""
    return [line.strip() for line in shown(values).splitlines() if line.startswith("   ")]


def warnings(values: dict[str, Any] | None = None) -> list[str]:
    """Return the warnings, without their first word."""
    return [line.removeprefix("WARNING: ") for line in shown(values).splitlines() if line.startswith("WARNING: ")]


def waiting(*names: str) -> list[str]:
    return [f"kubectl --namespace serving rollout status deployment/{name}" for name in names]


def forwarding(name: str, port: int) -> list[str]:
    forward = f"kubectl --namespace serving port-forward service/{name} 8080:{port} &"
    return [forward, f"{CURL} http://localhost:8080/predict"]


def balanced(name: str, port: int) -> list[str]:
    ask = f"ADDRESS=$(kubectl --namespace serving get service {name} {ADDRESS}"
    return [ask, f"{CURL} http://$ADDRESS:{port}/predict"]


TEST = ["helm --namespace serving test demo --logs"]
SCALER = ["kubectl --namespace serving get horizontalpodautoscaler"]

COMMANDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [*waiting(FULLNAME), *forwarding(FULLNAME, 80), *TEST]),
    ({"service": {"port": 81}}, [*waiting(FULLNAME), *forwarding(FULLNAME, 81), *TEST]),
    (NO_TEST, [*waiting(FULLNAME), *forwarding(FULLNAME, 80)]),
    ({"tests": {"runner": "argocd"}}, [*waiting(FULLNAME), *forwarding(FULLNAME, 80)]),
    (
        {"service": {"type": "LoadBalancer", "port": 81}, **ANYWHERE},
        [*waiting(FULLNAME), *balanced(FULLNAME, 81), *TEST],
    ),
    ({"service": {"type": "NodePort"}, **ANYWHERE}, [*waiting(FULLNAME), *forwarding(FULLNAME, 80), *TEST]),
    # Clients call nginx if it is enabled.
    (NGINX_ON, [*waiting(FULLNAME), *forwarding(NGINX, 80), *TEST]),
    (
        {"nginx": {"enabled": True, "service": {"type": "LoadBalancer", "port": 82}}, **ANYWHERE},
        [*waiting(FULLNAME), *balanced(NGINX, 82), *TEST],
    ),
    (
        {**NGINX_ON, "service": {"type": "LoadBalancer"}, **ANYWHERE},
        [*waiting(FULLNAME), *forwarding(NGINX, 80), *TEST],
    ),
    # Host names from outside the cluster.
    ({"ingress": INGRESS, **ANYWHERE}, [*waiting(FULLNAME), f"{CURL} http://iris.example.org/predict", *TEST]),
    (
        {"ingress": {**INGRESS, **TLS, "hosts": [HOST, {**HOST, "host": "b.example.org"}]}, **ANYWHERE},
        [*waiting(FULLNAME), *(f"{CURL} https://{host}.example.org/predict" for host in ("iris", "b")), *TEST],
    ),
    (
        {"httpRoute": {**ROUTE, "hostnames": ["a.example.org", "b.example.org"]}, **ANYWHERE},
        [*waiting(FULLNAME), *(f"{CURL} https://{host}.example.org/predict" for host in "ab"), *TEST],
    ),
    # The chart does not know the host names of the Gateway.
    ({"httpRoute": ROUTE, **ANYWHERE}, [*waiting(FULLNAME), *forwarding(FULLNAME, 80), *TEST]),
    # Several versions.
    (TWO, [*waiting(f"{FULLNAME}-1", f"{FULLNAME}-candidate"), *forwarding(FULLNAME, 80), *TEST]),
    (
        {**TWO, "keepUnversioned": True},
        [*waiting(FULLNAME, f"{FULLNAME}-1", f"{FULLNAME}-candidate"), *forwarding(FULLNAME, 80), *TEST],
    ),
    # Autoscalers.
    ({"autoscaling": {"enabled": True}}, [*waiting(FULLNAME), *forwarding(FULLNAME, 80), *TEST, *SCALER]),
    (
        {"keda": {"enabled": True, "triggers": [TRIGGER]}, **NO_TEST},
        [*waiting(FULLNAME), *forwarding(FULLNAME, 80), *SCALER],
    ),
    (
        {"versions": [{"name": 1}, {"name": 2, "autoscaling": {"enabled": True}}]},
        [*waiting(f"{FULLNAME}-1", f"{FULLNAME}-2"), *forwarding(FULLNAME, 80), *TEST, *SCALER],
    ),
]


@pytest.mark.parametrize(("values", "expected"), COMMANDS, ids=range(len(COMMANDS)))
def test_notes_show_the_commands_for_the_values(values: dict[str, Any], expected: list[str]) -> None:
    assert commands(values) == expected


@pytest.mark.parametrize(("values", "_"), COMMANDS, ids=range(len(COMMANDS)))
def test_steps_are_numbered_without_gaps(values: dict[str, Any], _: list[str]) -> None:
    numbers = [line.split(".")[0] for line in shown(values).splitlines() if line[:1].isdigit()]
    assert numbers == [str(number + 1) for number in range(len(numbers))]


def test_notes_name_only_rendered_objects(given: Case) -> None:
    text = notes(given)
    there = render(given).keys
    for word in text.replace("\n", " ").split():
        kind, _, name = word.partition("/")
        if kind in ("deployment", "service"):
            assert (kind.capitalize(), name) in there, f"the notes name {word}"
    assert "<no value>" not in text
    assert "%!" not in text


def test_first_lines_name_the_release_and_its_namespace() -> None:
    lines = shown({"model": {"name": "iris", "version": 3}, "namespaceOverride": "other"}).splitlines()
    assert lines[0].endswith(f" is installed as {FULLNAME} in the namespace other.")
    assert lines[1] == "It serves the model iris, version 3."
    assert shown().splitlines()[1] == "It serves the only model of its repository, version production."


def test_notes_name_every_version_with_its_url() -> None:
    text = shown({**TWO, "service": {"port": 81, "version": 1}})
    for name in ("1", "candidate"):
        where = f"also available at http://{FULLNAME}-{name}.serving:81."
        assert f"It serves the only model of its repository, version {name}, {where}\n" in text
    assert f"Requests to {FULLNAME} go to version 1.\n" in text


def test_wait_time_is_the_maximum_of_all_versions() -> None:
    slow = {"name": 2, "model": {"loadTimeoutSeconds": 900}}
    assert "up to 300 s per pod" in shown()
    assert "up to 900 s per pod" in shown({"versions": [{"name": 1}, slow]})


def test_commands_use_the_namespace_override_except_for_the_test() -> None:
    shown_commands = commands({"namespaceOverride": "other"})
    assert all("--namespace other" in command for command in shown_commands if command.startswith("kubectl"))
    # Helm looks for the test pod's logs in the release's namespace, which does not contain it.
    assert "helm --namespace serving test demo" in shown_commands
    assert TEST[0] in commands({"namespaceOverride": "serving"})


def test_command_contains_the_rows_of_the_test() -> None:
    text = shown({"tests": {"inputData": [[1, 2.5], ["a", None]]}})
    assert """--data '{"input_data": [[1,2.5],["a",null]]}' http://localhost:8080/predict""" in text
    quoted = shown({"tests": {"inputData": [["it's"]]}})
    assert """--data '{"input_data": [["it'\\''s"]]}'""" in quoted, "the shell would end the string at the quote"
    assert "replace the row with one that fits your model" not in text
    assert "replace the row with one that fits your model" in shown()


TAG = (
    "model.source.image.reference {} has no digest: if its tag moves, pods can serve different models. Append the "
    "digest of the image, @sha256:…."
)
ALONE = "{} may run a single replica: requests fail while its pod is moved or restarted."
SPLIT = (
    f"requests to {FULLNAME} are spread over all versions, in proportion to their replicas. Set service.version to one "
    "of them, or split the traffic with a mesh."
)
KEPT = f"keepUnversioned is true: {FULLNAME} still runs alongside the versions. Set it to false when they are ready."
IN_RELEASE = (
    "the data of secret.stringData is stored in the Helm release, where every user who can read the release can read "
    "it. Use secret.existingSecret instead."
)
OVER_HTTP = (
    "model.source.download.allowHttp is true: the digest protects the model from tampering, but the download is not "
    "encrypted."
)
TAGGED: dict[str, Any] = {"model": {"source": {"image": {"reference": "m:1"}}}}

ONE_FAMILY = (
    'service.ipFamilyPolicy is "PreferDualStack", but server.host is "0.0.0.0": in a cluster with IPv6, requests over '
    'IPv6 fail. Set server.host to "::".'
)

NO_ISTIOD = (
    "the pods get an Istio sidecar, but networkPolicy.egress does not let it reach istiod: if NetworkPolicies are "
    "enforced, it gets no certificate and no pod becomes ready. Set networkPolicy.istioNamespace to the namespace of "
    "istiod."
)
NGINX_NO_ISTIOD = NO_ISTIOD.replace("the pods", "the nginx pods").replace("egress", "nginxEgress")
SIDECAR = {"sidecar.istio.io/inject": "true"}
TO_ISTIOD = {"ports": [{"port": 15012, "protocol": "TCP"}]}

WARNINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"replicaCount": 1}, [ALONE.format(FULLNAME)]),
    ({"replicaCount": 0}, []),
    ({"replicaCount": None}, []),
    ({"autoscaling": {"enabled": True, "minReplicas": 1}}, [ALONE.format(FULLNAME)]),
    ({"replicaCount": 1, "autoscaling": {"enabled": True}}, []),
    ({"keda": {"enabled": True, "triggers": [TRIGGER]}}, [ALONE.format(FULLNAME)]),
    (TAGGED, [TAG.format("m:1")]),
    (downloading("http://models/a.tar", allowHttp=True), [OVER_HTTP]),
    ({"secret": {"create": True, "stringData": {"a": "b"}}}, [IN_RELEASE]),
    (TWO, [SPLIT]),
    ({**TWO, "service": {"version": 1}}, []),
    ({**TWO, "keepUnversioned": True}, [KEPT, SPLIT]),
    ({"service": {"ipFamilyPolicy": "PreferDualStack"}}, [ONE_FAMILY]),
    ({"service": {"ipFamilyPolicy": "PreferDualStack"}, "server": {"host": "::"}}, []),
    ({"service": {"ipFamilyPolicy": "SingleStack"}}, []),
    ({"podLabels": SIDECAR}, [NO_ISTIOD]),
    ({"commonLabels": SIDECAR}, [NO_ISTIOD]),
    ({"podLabels": {"sidecar.istio.io/inject": "false"}}, []),
    ({"podLabels": SIDECAR, "networkPolicy": {"enabled": False}}, []),
    ({"podLabels": SIDECAR, "networkPolicy": {"egress": [TO_ISTIOD]}}, []),
    ({"nginx": {"enabled": True, "podLabels": SIDECAR}}, [NGINX_NO_ISTIOD]),
    ({"tests": {"podLabels": SIDECAR}}, []),
    (
        {
            "commonLabels": SIDECAR,
            "nginx": {"enabled": True},
            "networkPolicy": {"istioNamespace": "istio-system"},
        },
        [],
    ),
    ({"commonLabels": SIDECAR, "nginx": {"enabled": True}}, [NGINX_NO_ISTIOD, NO_ISTIOD]),
    (
        {
            "commonLabels": SIDECAR,
            "nginx": {"enabled": True},
            "networkPolicy": {"egress": [TO_ISTIOD], "nginxEgress": [TO_ISTIOD]},
        },
        [],
    ),
    # A warning appears once, even if it concerns several versions.
    ({**TWO, **TAGGED, "service": {"version": 1}}, [TAG.format("m:1")]),
    (
        {
            **TAGGED,
            "versions": [
                {"name": 1, "replicaCount": 1},
                {"name": 2, "model": {"source": {"image": {"reference": "m:2"}}}},
            ],
            "service": {"version": 1},
        },
        [TAG.format("m:1"), ALONE.format(f"{FULLNAME}-1"), TAG.format("m:2")],
    ),
    (
        {
            **merged(TAGGED, TWO),
            "replicaCount": 1,
            "keepUnversioned": True,
            "secret": {"create": True, "stringData": {"a": "b"}},
        },
        [
            KEPT,
            SPLIT,
            IN_RELEASE,
            TAG.format("m:1"),
            *(ALONE.format(name) for name in (FULLNAME, f"{FULLNAME}-1", f"{FULLNAME}-candidate")),
        ],
    ),
]


@pytest.mark.parametrize(("values", "expected"), WARNINGS, ids=range(len(WARNINGS)))
def test_notes_show_every_warning_once(values: dict[str, Any], expected: list[str]) -> None:
    assert warnings(values) == expected


def test_every_warning_is_tested() -> None:
    template = (CHART / "templates" / "_warnings.tpl").read_text(encoding="utf-8")
    body = re.sub(
        r"\{\{/\*.*?\*/\}\}", "", template.partition('define "model-server.versionWarnings"')[2], flags=re.DOTALL
    )
    template_lines = [line for line in body.splitlines() if line and not line.startswith("{{- ") and line.endswith(".")]
    kinds = {" ".join(warning.split()[-5:]) for _, expected in WARNINGS for warning in expected}
    assert {" ".join(line.split()[-5:]) for line in template_lines} == kinds, "add a case to WARNINGS"
