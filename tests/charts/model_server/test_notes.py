"""What is shown after an installation: commands that work as they stand, and warnings, each once."""

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
TRIGGER = {"type": "cpu", "metadata": {"value": "70"}}
NO_TEST = {"tests": {"runner": "none"}}


def shown(values: dict[str, Any] | None = None) -> str:
    """The notes of some values, and that they hold no trace of a template that has gone wrong."""
    text = notes(case(values))
    for wrong in ("<no value>", "%!", "map[", "{{", "}}\n\n\n"):
        assert wrong not in text, f"{wrong!r} is in the notes:\n{text}"
    return text


def commands(values: dict[str, Any] | None = None) -> list[str]:
    """The commands that the notes tell to type."""
    return [line.strip() for line in shown(values).splitlines() if line.startswith("   ")]


def warnings(values: dict[str, Any] | None = None) -> list[str]:
    """The warnings, without their first word."""
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
    # Clients are to call nginx, where it is.
    (NGINX_ON, [*waiting(FULLNAME), *forwarding(NGINX, 80), *TEST]),
    (
        {"nginx": {"enabled": True, "service": {"type": "LoadBalancer", "port": 82}}, **ANYWHERE},
        [*waiting(FULLNAME), *balanced(NGINX, 82), *TEST],
    ),
    (
        {**NGINX_ON, "service": {"type": "LoadBalancer"}, **ANYWHERE},
        [*waiting(FULLNAME), *forwarding(NGINX, 80), *TEST],
    ),
    # From outside, by name.
    ({"ingress": INGRESS, **ANYWHERE}, [*waiting(FULLNAME), f"{CURL} http://iris.example.org/predict", *TEST]),
    (
        {"ingress": {**INGRESS, **TLS, "hosts": [HOST, {**HOST, "host": "b.example.org"}]}, **ANYWHERE},
        [*waiting(FULLNAME), *(f"{CURL} https://{host}.example.org/predict" for host in ("iris", "b")), *TEST],
    ),
    (
        {"httpRoute": {**ROUTE, "hostnames": ["a.example.org", "b.example.org"]}, **ANYWHERE},
        [*waiting(FULLNAME), *(f"{CURL} https://{host}.example.org/predict" for host in "ab"), *TEST],
    ),
    # The Gateway's names are not known here.
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
def test_the_notes_tell_the_commands_that_fit_the_values(values: dict[str, Any], expected: list[str]) -> None:
    assert commands(values) == expected


@pytest.mark.parametrize(("values", "_"), COMMANDS, ids=range(len(COMMANDS)))
def test_the_steps_are_numbered_without_a_gap(values: dict[str, Any], _: list[str]) -> None:
    numbers = [line.split(".")[0] for line in shown(values).splitlines() if line[:1].isdigit()]
    assert numbers == [str(number + 1) for number in range(len(numbers))]


def test_the_notes_name_only_objects_that_there_are(given: Case) -> None:
    text = notes(given)
    there = render(given).keys
    for word in text.replace("\n", " ").split():
        kind, _, name = word.partition("/")
        if kind in ("deployment", "service"):
            assert (kind.capitalize(), name) in there, f"the notes name {word}"
    assert "<no value>" not in text
    assert "%!" not in text


def test_the_first_lines_say_what_is_installed_where() -> None:
    lines = shown({"model": {"name": "iris", "version": 3}, "namespaceOverride": "other"}).splitlines()
    assert lines[0].endswith(f" is installed as {FULLNAME} in the namespace other.")
    assert lines[1] == "It serves the model iris, version 3."
    assert shown().splitlines()[1] == "It serves the one model of its repository, version production."


def test_each_version_is_named_with_where_it_is_reached() -> None:
    text = shown({**TWO, "service": {"port": 81, "version": 1}})
    for name in ("1", "candidate"):
        where = f"on its own at http://{FULLNAME}-{name}.serving:81."
        assert f"It serves the one model of its repository, version {name}, {where}\n" in text
    assert f"Requests to {FULLNAME} go to version 1.\n" in text


def test_the_time_to_wait_is_the_longest_of_all_versions() -> None:
    slow = {"name": 2, "model": {"loadTimeoutSeconds": 900}}
    assert "300 s at most each" in shown()
    assert "900 s at most each" in shown({"versions": [{"name": 1}, slow]})


def test_a_namespace_of_ones_own_is_in_the_commands_and_the_tests_is_the_releases() -> None:
    told = commands({"namespaceOverride": "other"})
    assert all("--namespace other" in command for command in told if command.startswith("kubectl"))
    # Helm looks for the pod's log in the release's namespace, where it is not.
    assert "helm --namespace serving test demo" in told
    assert TEST[0] in commands({"namespaceOverride": "serving"})


def test_rows_that_fit_the_model_are_in_the_command() -> None:
    text = shown({"tests": {"inputData": [[1, 2.5], ["a", None]]}})
    assert """--data '{"input_data": [[1,2.5],["a",null]]}' http://localhost:8080/predict""" in text
    quoted = shown({"tests": {"inputData": [["it's"]]}})
    assert """--data '{"input_data": [["it'\\''s"]]}'""" in quoted, "the shell would end the text at the quote"
    assert "put a row that fits your model in place of this one" not in text
    assert "put a row that fits your model in place of this one" in shown()


TAG = (
    "model.source.image.reference {} names no digest. If somebody moves the tag, two pods may serve two models. Append "
    "@sha256:… of the image."
)
ALONE = "{} may have a single pod. While it is moved or restarted, nobody answers."
SPLIT = (
    f"requests to {FULLNAME} go to all versions, to each by its number of pods. Set service.version to one of them, or "
    "split them by a mesh."
)
KEPT = f"keepUnversioned is true: {FULLNAME} still serves beside the versions. When they are ready, set it to false."
IN_RELEASE = (
    "the values of secret.stringData are kept in the release, for whoever may read it. secret.existingSecret keeps "
    "them out."
)
OVER_HTTP = (
    "model.source.download.allowHttp is true: the digest protects the model from changes, but whoever is on the way "
    "reads it."
)
TAGGED: dict[str, Any] = {"model": {"source": {"image": {"reference": "m:1"}}}}

ONE_FAMILY = (
    'service.ipFamilyPolicy is "PreferDualStack" and server.host "0.0.0.0": where the cluster has IPv6, nobody answers '
    'there. Set server.host to "::".'
)

NO_ISTIOD = (
    "the pods get a sidecar, and networkPolicy.egress does not let it reach istiod: where policies are enforced it "
    "gets no certificate, and no pod gets ready. Add port 15012 of the namespace istio-system."
)
NGINX_NO_ISTIOD = NO_ISTIOD.replace("the pods", "nginx' pods").replace("egress", "nginxEgress")
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
    ({"commonLabels": SIDECAR, "nginx": {"enabled": True}}, [NGINX_NO_ISTIOD, NO_ISTIOD]),
    (
        {
            "commonLabels": SIDECAR,
            "nginx": {"enabled": True},
            "networkPolicy": {"egress": [TO_ISTIOD], "nginxEgress": [TO_ISTIOD]},
        },
        [],
    ),
    # Each once, however many versions it is about.
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
def test_the_notes_warn_of_what_may_surprise_once_each(values: dict[str, Any], expected: list[str]) -> None:
    assert warnings(values) == expected


def test_every_warning_is_tested() -> None:
    template = (CHART / "templates" / "_warnings.tpl").read_text(encoding="utf-8")
    body = re.sub(
        r"\{\{/\*.*?\*/\}\}", "", template.partition('define "model-server.versionWarnings"')[2], flags=re.DOTALL
    )
    told = [line for line in body.splitlines() if line and not line.startswith("{{- ") and line.endswith(".")]
    kinds = {" ".join(warning.split()[-5:]) for _, expected in WARNINGS for warning in expected}
    assert {" ".join(line.split()[-5:]) for line in told} == kinds, "add a case to WARNINGS"
