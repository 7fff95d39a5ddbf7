"""The volumes of the server's pods, and the settings that users add."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, names, one, pod, server, template
from tests.harness.field_paths import MISSING, get_field
from tests.harness.objects import named


def volume(values: dict[str, Any], name: str) -> Any:
    return named(pod(values)["volumes"], name)


def mount(values: dict[str, Any], name: str) -> Any:
    return named(server(values)["volumeMounts"], name)


def test_existing_secret_is_mounted_and_not_created() -> None:
    values = {"secret": {"existingSecret": "login", "mountPath": "/run/login"}}
    assert volume(values, "secret") == {"name": "secret", "secret": {"secretName": "login", "defaultMode": 0o440}}
    assert mount(values, "secret") == {"name": "secret", "mountPath": "/run/login", "readOnly": True}
    assert "envFrom" not in server(values)
    assert names("Secret", values) == set()


def test_created_secret_contains_the_values_and_is_mounted() -> None:
    values = {"secret": {"create": True, "stringData": {"token": "s3cret\n", "1": "a"}, "envFrom": True}}
    assert one("Secret", values).body["data"] == {"token": "czNjcmV0Cg==", "1": "YQ=="}
    assert volume(values, "secret")["secret"]["secretName"] == FULLNAME
    assert server(values)["envFrom"] == [{"secretRef": {"name": FULLNAME}}]


def test_no_volume_without_a_secret() -> None:
    assert volume({}, "secret") is None
    assert mount({}, "secret") is None


@pytest.mark.parametrize(
    ("values", "path", "expected"),
    [
        ({"priorityClassName": "high"}, "priorityClassName", "high"),
        ({"schedulerName": "packing"}, "schedulerName", "packing"),
        ({"runtimeClassName": "nvidia"}, "runtimeClassName", "nvidia"),
        ({"nodeSelector": {"disk": "ssd"}}, "nodeSelector", {"disk": "ssd"}),
        ({"tolerations": [{"operator": "Exists"}]}, "tolerations", [{"operator": "Exists"}]),
        ({"affinity": {"nodeAffinity": {}}}, "affinity", {"nodeAffinity": {}}),
        ({"terminationGracePeriodSeconds": 99}, "terminationGracePeriodSeconds", 99),
        ({"serviceAccount": {"name": "other"}}, "serviceAccountName", "other"),
        ({"serviceAccount": {"create": False}}, "serviceAccountName", "default"),
        ({"serviceAccount": {"create": False, "name": "other"}}, "serviceAccountName", "other"),
        ({"topologySpreadConstraints": []}, "topologySpreadConstraints", MISSING),
        ({"dnsPolicy": "Default"}, "dnsPolicy", "Default"),
        ({"dnsConfig": {"nameservers": ["192.0.2.1"]}}, "dnsConfig", {"nameservers": ["192.0.2.1"]}),
        ({"hostAliases": [{"ip": "192.0.2.1"}]}, "hostAliases", [{"ip": "192.0.2.1"}]),
        ({"podSecurityContext": {"fsGroup": 7}}, "securityContext.fsGroup", 7),
        (
            {"securityContext": {"procMount": "Default"}},
            "containers[model-server].securityContext.procMount",
            "Default",
        ),
        ({}, "dnsPolicy", MISSING),
    ],
)
def test_pod_settings_are_rendered(values: dict[str, Any], path: str, expected: Any) -> None:
    assert get_field(one("Deployment", values), f"pod.{path}") == expected


def test_tmp_is_writable_and_limited() -> None:
    assert volume({"tmpSizeLimit": "1Gi"}, "tmp")["emptyDir"] == {"sizeLimit": "1Gi"}
    assert mount({}, "tmp") == {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108


def test_pods_of_each_replica_set_spread_only_across_nodes() -> None:
    # The scheduler ignores nodes that lack the label of any constraint, such as nodes without a zone.
    (spread,) = pod({})["topologySpreadConstraints"]
    assert spread["topologyKey"] == "kubernetes.io/hostname"
    assert spread["matchLabelKeys"] == ["pod-template-hash"]
    assert spread["whenUnsatisfiable"] == "ScheduleAnyway", "the pods must fit on a single node"


def test_spread_constraint_keeps_its_selector_or_gets_the_releases() -> None:
    spread = {"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    own = {**spread, "topologyKey": "node", "labelSelector": {"matchLabels": {"app": "{{ .Release.Name }}"}}}
    rendered = pod({"topologySpreadConstraints": [spread, own]})["topologySpreadConstraints"]
    selector = {"app.kubernetes.io/name": "model-server", "app.kubernetes.io/instance": "demo"}
    assert rendered[0] == {**spread, "labelSelector": {"matchLabels": selector}}
    assert rendered[1] == {**own, "labelSelector": {"matchLabels": {"app": "demo"}}}


def test_user_additions_follow_the_charts_own() -> None:
    values = {
        "extraEnv": [{"name": "A", "value": "{{ .Release.Name }}"}],
        "extraEnvFrom": [{"configMapRef": {"name": "proxy"}}],
        "extraVolumes": [{"name": "cache", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "cache", "mountPath": "/cache"}],
        "initContainers": [{"name": "first", "image": "i"}],
        "sidecars": [{"name": "proxy", "image": "s"}],
        "podAnnotations": {"a": "b"},
    }
    container = server(values)
    assert [item["name"] for item in container["env"]] == ["MODEL_SERVER_CONFIG", "A"]
    assert container["env"][0]["value"] == "/etc/model-server/config.yaml"
    assert container["env"][1]["value"] == "demo"
    assert container["envFrom"] == [{"configMapRef": {"name": "proxy"}}]
    assert container["volumeMounts"][-1] == {"name": "cache", "mountPath": "/cache"}
    assert pod(values)["volumes"][-1] == {"name": "cache", "emptyDir": {}}
    assert pod(values)["initContainers"] == [{"name": "first", "image": "i"}]
    assert [item["name"] for item in pod(values)["containers"]] == ["model-server", "proxy"]
    assert template(values)["metadata"]["annotations"]["a"] == "b"


def test_secret_precedes_the_users_variables() -> None:
    values = {"secret": {"existingSecret": "login", "envFrom": True}, "extraEnvFrom": [{"secretRef": {"name": "mine"}}]}
    assert server(values)["envFrom"] == [{"secretRef": {"name": "login"}}, {"secretRef": {"name": "mine"}}]


def test_service_account_has_annotations_and_no_token() -> None:
    manifest = one("ServiceAccount", {"serviceAccount": {"name": "other", "annotations": {"a": "b"}}})
    assert (manifest.name, manifest.annotations) == ("other", {"a": "b"})
    assert manifest.body["automountServiceAccountToken"] is False
