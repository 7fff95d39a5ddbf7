"""The server's container: what it is told, what it runs from, and how the kubelet asks after it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import APP_VERSION, FULLNAME, config, one, pod, server, template

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ({}, f"model-server:{APP_VERSION}"),
        ({"image": {"tag": "2"}}, "model-server:2"),
        ({"image": {"registry": "reg.example.org:5000"}}, f"reg.example.org:5000/model-server:{APP_VERSION}"),
        ({"image": {"repository": "team/server", "tag": "2", "digest": DIGEST}}, f"team/server@{DIGEST}"),
        (
            {"global": {"imageRegistry": "mirror.example.org"}, "image": {"registry": "reg.example.org"}},
            f"mirror.example.org/model-server:{APP_VERSION}",
        ),
    ],
)
def test_the_servers_image_is_registry_repository_and_digest_or_tag(values: dict[str, Any], image: str) -> None:
    assert server(values)["image"] == image
    assert one("Pod", values).spec["containers"][0]["image"] == image, "the test has the same Python"


def test_pull_secrets_of_the_chart_and_the_umbrella_are_each_there_once() -> None:
    values = {
        "imagePullSecrets": [{"name": "a"}, {"name": "b"}],
        "global": {"imagePullSecrets": [{"name": "b"}, {"name": "c"}]},
    }
    assert pod(values)["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}, {"name": "c"}]


def test_the_configuration_holds_what_is_set_and_nothing_the_server_would_refuse() -> None:
    assert config() == {
        "repository": "/models",
        "version_name": "production",
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
        "version_name": "candidate",
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


def test_shadows_and_traces_are_configured_only_where_they_are_asked_for() -> None:
    values: dict[str, Any] = {
        "namespaceOverride": "models",
        "clusterDomain": "example.internal",
        "service": {"port": 8000},
        "versions": [{"name": 1}, {"name": 2, "shadow": {"compareWith": 1}, "tracing": {"endpoint": "http://a"}}],
    }
    asked = {key: value for key, value in config(values, f"{FULLNAME}-2").items() if key.startswith(("shadow", "tra"))}
    assert asked == {
        "shadow_compare_url": f"http://{FULLNAME}-1.models.svc.example.internal:8000",
        "shadow_ratio": 1,
        "shadow_tolerance": 0.01,
        "shadow_timeout_seconds": 5,
        "tracing_endpoint": "http://a",
        "tracing_sample_ratio": 1,
    }
    assert not [key for key in config(values, f"{FULLNAME}-1") if key.startswith(("shadow", "tracing"))]


@pytest.mark.parametrize(
    ("version", "label"), [("", "production"), (3, "3"), ("3", "3"), (10**7, "10000000"), ("candidate",) * 2]
)
def test_the_version_is_in_the_configuration_and_on_the_pods(version: Any, label: str) -> None:
    values = {"model": {"version": version}}
    assert template(values)["metadata"]["labels"]["version"] == label
    assert config(values).get("model_version") == (None if version == "" else label)


def test_pods_carry_app_and_version_for_the_mesh_and_nothing_of_the_chart() -> None:
    values = {"podLabels": {"tier": "batch", "team": "risk"}, "commonLabels": {"team": "fraud"}}
    assert template(values)["metadata"]["labels"] == {
        "app.kubernetes.io/name": "model-server",
        "app.kubernetes.io/instance": "demo",
        "app": FULLNAME,
        "version": "production",
        "tier": "batch",
        "team": "risk",
    }


def checksum(values: dict[str, Any], name: str = "config") -> str | None:
    annotations: dict[str, str] = template(values)["metadata"]["annotations"]
    return annotations.get(f"checksum/{name}")


def test_a_change_of_the_configuration_rolls_the_pods() -> None:
    assert checksum({}) != checksum({"server": {"threads": 3}})
    assert checksum({}) == checksum({"replicaCount": 7})


def test_a_change_of_a_created_secret_rolls_the_pods() -> None:
    def with_api_token(token: str) -> str | None:
        return checksum({"secret": {"create": True, "stringData": {"token": token}}}, "secret")

    assert with_api_token("a") != with_api_token("b")
    assert checksum({"secret": {"existingSecret": "login"}}, "secret") is None


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


@pytest.mark.parametrize(
    ("values", "resources"),
    [
        ({"gpu": {"count": 2}}, {"limits": {"memory": "1536Mi", "nvidia.com/gpu": 2}}),
        ({"gpu": {"count": 1, "resource": "amd.com/gpu"}}, {"limits": {"memory": "1536Mi", "amd.com/gpu": 1}}),
        ({"gpu": {"count": 1}, "resources": {"limits": None}}, {"limits": {"nvidia.com/gpu": 1}}),
        ({"resources": {"limits": {"cpu": 2}}}, {"limits": {"memory": "1536Mi", "cpu": 2}}),
    ],
)
def test_accelerators_are_a_limit_beside_the_others(values: dict[str, Any], resources: Any) -> None:
    assert server(values)["resources"] == {"requests": {"cpu": "250m", "memory": "768Mi"}, **resources}


@pytest.mark.parametrize("autoscaled", [False, True])
def test_resources_can_be_left_to_the_namespace(autoscaled: bool) -> None:
    scaling = {"enabled": autoscaled, "targetCPUUtilizationPercentage": None, "extraMetrics": [{"type": "Pods"}]}
    assert "resources" not in server({"resources": None, "autoscaling": scaling})
    assert server({"resources": None, "gpu": {"count": 1}})["resources"] == {"limits": {"nvidia.com/gpu": 1}}
