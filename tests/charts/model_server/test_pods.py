"""What each value does to the server's pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, REFERENCE, case, config, one, pod, server
from tests.harness import render

DIGEST = "sha256:" + "a" * 64


def volume(values: dict[str, Any], name: str) -> Any:
    return next((item for item in pod(values)["volumes"] if item["name"] == name), None)


def mount(values: dict[str, Any], name: str) -> Any:
    return next((item for item in server(values)["volumeMounts"] if item["name"] == name), None)


def pod_labels(values: dict[str, Any] | None = None) -> Any:
    return one("Deployment", values).spec["template"]["metadata"]["labels"]


def pod_annotations(values: dict[str, Any] | None = None) -> Any:
    return one("Deployment", values).spec["template"]["metadata"]["annotations"]


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ({}, "model-server:0.1.0"),
        ({"image": {"tag": "2"}}, "model-server:2"),
        ({"image": {"registry": "reg.example.org:5000"}}, "reg.example.org:5000/model-server:0.1.0"),
        ({"image": {"repository": "team/server", "tag": "2", "digest": DIGEST}}, f"team/server@{DIGEST}"),
        (
            {"global": {"imageRegistry": "mirror.example.org"}, "image": {"registry": "reg.example.org"}},
            "mirror.example.org/model-server:0.1.0",
        ),
    ],
)
def test_the_servers_image_is_registry_repository_and_digest_or_tag(values: dict[str, Any], image: str) -> None:
    assert server(values)["image"] == image
    assert render(case(values)).one("Pod").spec["containers"][0]["image"] == image


def test_pull_secrets_of_the_chart_and_the_umbrella_are_each_there_once() -> None:
    values = {
        "imagePullSecrets": [{"name": "a"}, {"name": "b"}],
        "global": {"imagePullSecrets": [{"name": "b"}, {"name": "c"}]},
    }
    assert pod(values)["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}, {"name": "c"}]


def test_a_model_image_is_mounted_as_a_volume() -> None:
    values = {"model": {"path": "/srv", "source": {"image": {"pullPolicy": "Always"}}}}
    assert volume(values, "model") == {
        "name": "model",
        "image": {"reference": REFERENCE, "pullPolicy": "Always"},
    }
    assert mount(values, "model") == {"name": "model", "mountPath": "/srv", "readOnly": True}
    assert config(values)["repository"] == "/srv"


@pytest.mark.parametrize("sub_path", ["", "repository/of/models"])
def test_a_claim_is_mounted_read_only(sub_path: str) -> None:
    claim = {"claimName": "models", "subPath": sub_path}
    values = {"model": {"source": {"type": "persistentVolumeClaim", "persistentVolumeClaim": claim}}}
    expected = {"name": "model", "mountPath": "/models", "readOnly": True}
    assert mount(values, "model") == (expected | {"subPath": sub_path} if sub_path else expected)
    assert volume(values, "model")["persistentVolumeClaim"] == {"claimName": "models", "readOnly": True}


def test_a_baked_model_needs_no_volume() -> None:
    values = {"model": {"source": {"type": "baked"}}}
    assert volume(values, "model") is None
    assert mount(values, "model") is None
    assert config(values)["repository"] == "/models"


def test_the_configuration_holds_what_is_set_and_nothing_the_server_would_refuse() -> None:
    assert config() == {
        "repository": "/models",
        "host": "0.0.0.0",  # noqa: S104
        "port": 8080,
        "admin_port": 8081,
        "log_level": "info",
        "log_format": "json",
        "drain_seconds": 10,
        "graceful_timeout_seconds": 30,
    }
    server_values = {
        "host": "::",
        "threads": 4,
        "logLevel": "debug",
        "logFormat": "text",
        "drainSeconds": 0,
        "gracefulTimeoutSeconds": 1,
        "maxBodyBytes": 123456789,
    }
    assert config({"model": {"name": "iris", "version": "candidate"}, "server": server_values}) == {
        "repository": "/models",
        "model_name": "iris",
        "model_version": "candidate",
        "host": "::",
        "port": 8080,
        "admin_port": 8081,
        "threads": 4,
        "log_level": "debug",
        "log_format": "text",
        "drain_seconds": 0,
        "graceful_timeout_seconds": 1,
        "max_body_bytes": 123456789,
    }


@pytest.mark.parametrize(
    ("version", "label"), [("", "production"), (3, "3"), ("3", "3"), (10**7, "10000000"), ("candidate",) * 2]
)
def test_the_version_is_in_the_configuration_and_on_the_pods(version: Any, label: str) -> None:
    values = {"model": {"version": version}}
    assert pod_labels(values)["version"] == label
    assert config(values).get("model_version") == (None if version == "" else label)


def test_pods_carry_app_and_version_for_the_mesh_and_nothing_of_the_chart() -> None:
    assert pod_labels({"podLabels": {"tier": "batch"}, "commonLabels": {"team": "fraud"}}) == {
        "app.kubernetes.io/name": "model-server",
        "app.kubernetes.io/instance": "demo",
        "app": FULLNAME,
        "version": "production",
        "tier": "batch",
        "team": "fraud",
    }


def test_a_change_of_the_configuration_rolls_the_pods() -> None:
    assert pod_annotations()["checksum/config"] != pod_annotations({"server": {"threads": 3}})["checksum/config"]
    assert pod_annotations()["checksum/config"] == pod_annotations({"replicaCount": 7})["checksum/config"]


def test_a_change_of_a_created_secret_rolls_the_pods() -> None:
    def checksum(token: str) -> Any:
        return pod_annotations({"secret": {"create": True, "stringData": {"token": token}}})["checksum/secret"]

    assert checksum("a") != checksum("b")
    assert "checksum/secret" not in pod_annotations({"secret": {"existingSecret": "login"}})


@pytest.mark.parametrize(("load", "period", "attempts"), [(300, 5, 60), (301, 5, 61), (1, 10, 1), (900, 7, 129)])
def test_the_startup_probe_waits_for_as_long_as_the_model_may_load(load: int, period: int, attempts: int) -> None:
    values = {"model": {"loadTimeoutSeconds": load}, "probes": {"startup": {"periodSeconds": period}}}
    probe = server(values)["startupProbe"]
    assert (probe["periodSeconds"], probe["failureThreshold"]) == (period, attempts)
    assert one("Deployment", values).spec["progressDeadlineSeconds"] == 600 + load


def test_probes_ask_the_admin_port() -> None:
    container = server()
    asked = {name: container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert asked == {
        "startupProbe": {"path": "/readyz", "port": "http-admin"},
        "livenessProbe": {"path": "/healthz", "port": "http-admin"},
        "readinessProbe": {"path": "/readyz", "port": "http-admin"},
    }
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"http": 8080, "http-admin": 8081}
    assert (config()["port"], config()["admin_port"]) == (8080, 8081)


@pytest.mark.parametrize("probe", ["liveness", "readiness"])
def test_probe_times_are_values(probe: str) -> None:
    times = {"periodSeconds": 11, "timeoutSeconds": 7, "failureThreshold": 9}
    rendered = server({"probes": {probe: times}})[f"{probe}Probe"]
    assert {key: rendered[key] for key in times} == times


def test_an_existing_secret_is_mounted_and_not_created() -> None:
    values = {"secret": {"existingSecret": "login", "mountPath": "/run/login"}}
    assert volume(values, "secret") == {
        "name": "secret",
        "secret": {"secretName": "login", "defaultMode": 0o440},
    }
    assert mount(values, "secret") == {"name": "secret", "mountPath": "/run/login", "readOnly": True}
    assert "envFrom" not in server(values)
    assert render(case(values)).of_kind("Secret") == []


def test_a_created_secret_holds_the_values_and_is_mounted() -> None:
    values = {"secret": {"create": True, "stringData": {"token": "s3cret\n", "1": "a"}, "envFrom": True}}
    assert one("Secret", values).body["data"] == {"token": "czNjcmV0Cg==", "1": "YQ=="}
    assert volume(values, "secret")["secret"]["secretName"] == FULLNAME
    assert server(values)["envFrom"] == [{"secretRef": {"name": FULLNAME}}]


def test_without_a_secret_there_is_no_trace_of_one() -> None:
    assert volume({}, "secret") is None
    assert mount({}, "secret") is None


@pytest.mark.parametrize(
    ("values", "path", "expected"),
    [
        ({"priorityClassName": "high"}, "priorityClassName", "high"),
        ({"nodeSelector": {"disk": "ssd"}}, "nodeSelector", {"disk": "ssd"}),
        ({"tolerations": [{"operator": "Exists"}]}, "tolerations", [{"operator": "Exists"}]),
        ({"affinity": {"nodeAffinity": {}}}, "affinity", {"nodeAffinity": {}}),
        ({"terminationGracePeriodSeconds": 99}, "terminationGracePeriodSeconds", 99),
        ({"serviceAccount": {"name": "other"}}, "serviceAccountName", "other"),
        ({"serviceAccount": {"create": False}}, "serviceAccountName", "default"),
        ({"topologySpreadConstraints": []}, "topologySpreadConstraints", None),
    ],
)
def test_pod_settings_are_passed_on(values: dict[str, Any], path: str, expected: Any) -> None:
    assert pod(values).get(path) == expected


def test_tmp_is_a_limited_folder_that_can_be_written_to() -> None:
    assert volume({"tmpSizeLimit": "1Gi"}, "tmp")["emptyDir"] == {"sizeLimit": "1Gi"}
    assert mount({}, "tmp") == {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108


def test_a_spread_without_a_selector_gets_the_releases_and_keeps_its_own() -> None:
    spread = {"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    own = {**spread, "labelSelector": {"matchLabels": {"app": "{{ .Release.Name }}"}}}
    rendered = pod({"topologySpreadConstraints": [spread, own]})["topologySpreadConstraints"]
    selector = {"app.kubernetes.io/name": "model-server", "app.kubernetes.io/instance": "demo"}
    assert rendered[0] == {**spread, "labelSelector": {"matchLabels": selector}}
    assert rendered[1] == {**spread, "labelSelector": {"matchLabels": {"app": "demo"}}}


def test_what_users_add_to_the_pod_comes_after_the_charts_own() -> None:
    values = {
        "extraEnv": [{"name": "A", "value": "{{ .Release.Name }}"}],
        "extraEnvFrom": [{"configMapRef": {"name": "proxy"}}],
        "extraVolumes": [{"name": "cache", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "cache", "mountPath": "/cache"}],
        "initContainers": [{"name": "first", "image": "i"}],
        "sidecars": [{"name": "beside", "image": "s"}],
    }
    container = server(values)
    assert [item["name"] for item in container["env"]] == ["MODEL_SERVER_CONFIG", "A"]
    assert container["env"][0]["value"] == "/etc/model-server/config.yaml"
    assert container["env"][1]["value"] == "demo"
    assert container["envFrom"] == [{"configMapRef": {"name": "proxy"}}]
    assert container["volumeMounts"][-1] == {"name": "cache", "mountPath": "/cache"}
    assert pod(values)["volumes"][-1] == {"name": "cache", "emptyDir": {}}
    assert pod(values)["initContainers"] == [{"name": "first", "image": "i"}]
    assert [item["name"] for item in pod(values)["containers"]] == ["model-server", "beside"]


def test_resources_and_security_settings_are_values() -> None:
    values = {
        "resources": {"limits": {"cpu": 2}},
        "podSecurityContext": {"fsGroup": 7},
        "securityContext": {"procMount": "Default"},
        "podAnnotations": {"a": "b"},
    }
    assert server(values)["resources"]["limits"] == {"cpu": 2, "memory": "1536Mi"}
    assert server(values)["securityContext"]["procMount"] == "Default"
    assert pod(values)["securityContext"]["fsGroup"] == 7
    assert pod_annotations(values)["a"] == "b"
