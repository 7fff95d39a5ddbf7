"""The server's container: its configuration, its image, its probes and its resources."""

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
def test_image_reference_has_a_digest_or_a_tag(values: dict[str, Any], image: str) -> None:
    assert server(values)["image"] == image
    assert one("Pod", values).spec["containers"][0]["image"] == image, "the test must run in the server's image"


def test_pull_secrets_have_no_duplicates() -> None:
    values = {
        "imagePullSecrets": [{"name": "a"}, {"name": "b"}],
        "global": {"imagePullSecrets": [{"name": "b"}, {"name": "c"}]},
    }
    assert pod(values)["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}, {"name": "c"}]


def test_configuration_contains_only_known_settings() -> None:
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


def test_shadow_and_tracing_settings_are_omitted_by_default() -> None:
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
def test_version_is_in_the_configuration_and_the_pod_labels(version: Any, label: str) -> None:
    values = {"model": {"version": version}}
    assert template(values)["metadata"]["labels"]["version"] == label
    assert config(values).get("model_version") == (None if version == "" else label)


def test_pods_have_mesh_labels_and_no_chart_labels() -> None:
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


def test_configuration_change_restarts_the_pods() -> None:
    assert checksum({}) != checksum({"server": {"threads": 3}})
    assert checksum({}) == checksum({"replicaCount": 7})


def test_change_of_a_created_secret_restarts_the_pods() -> None:
    def with_api_token(token: str) -> str | None:
        return checksum({"secret": {"create": True, "stringData": {"token": token}}}, "secret")

    assert with_api_token("a") != with_api_token("b")
    assert checksum({"secret": {"existingSecret": "login"}}, "secret") is None


@pytest.mark.parametrize(("load", "period", "attempts"), [(300, 5, 60), (301, 5, 61), (1, 10, 1), (900, 7, 129)])
def test_startup_probe_covers_the_load_timeout(load: int, period: int, attempts: int) -> None:
    values = {"model": {"loadTimeoutSeconds": load}, "probes": {"startup": {"periodSeconds": period}}}
    probe = server(values)["startupProbe"]
    assert (probe["periodSeconds"], probe["failureThreshold"]) == (period, attempts)
    assert one("Deployment", values).spec["progressDeadlineSeconds"] == 600 + load


def test_probes_use_the_admin_port() -> None:
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
def test_accelerators_are_added_to_the_limits(values: dict[str, Any], resources: Any) -> None:
    assert server(values)["resources"] == {"requests": {"cpu": "250m", "memory": "768Mi"}, **resources}


@pytest.mark.parametrize("autoscaled", [False, True])
def test_resources_can_be_omitted(autoscaled: bool) -> None:
    scaling = {"enabled": autoscaled, "targetCPUUtilizationPercentage": None, "extraMetrics": [{"type": "Pods"}]}
    none = {"requests": None, "limits": None}
    assert "resources" not in server({"resources": none, "autoscaling": scaling})
    assert server({"resources": none, "gpu": {"count": 1}})["resources"] == {"limits": {"nvidia.com/gpu": 1}}
