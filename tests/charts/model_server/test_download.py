"""A model that is downloaded: what the init container is told, and who gets its secret."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from modelctl.cli import _parser
from tests.charts.model_server.chart import SHA256, config, downloading, one, pod, server
from tests.harness.objects import named

STORE = "s3://models/iris.tar.gz"
WEB = "https://models.example.org/iris.tar.gz"


def pull(values: dict[str, Any]) -> Any:
    """The init container that downloads the model."""
    return named(pod(values)["initContainers"], "pull-model")


def understood(values: dict[str, Any]) -> argparse.Namespace:
    """The init container's arguments as the server image's own program reads them."""
    container = pull(values)
    assert container["command"] == ["modelctl", "pull"]
    return _parser().parse_args(["pull", *container["args"]])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (downloading(WEB), {}),
        (downloading(STORE), {"url": STORE}),
        (downloading("gs://models/iris.zip"), {"url": "gs://models/iris.zip"}),
        # No login, but a part of the path.
        (downloading("https://models/iris@1.tar"), {"url": "https://models/iris@1.tar"}),
        (downloading("https://models?file=iris.tar"), {"url": "https://models?file=iris.tar"}),
        (downloading("az://models/iris.zip"), {"url": "az://models/iris.zip"}),
        (downloading(STORE, endpoint="https://store:9000"), {"url": STORE, "endpoint": "https://store:9000"}),
        (downloading(STORE, region="eu-central-1"), {"url": STORE, "region": "eu-central-1"}),
        (downloading("http://models/a.tar", allowHttp=True), {"url": "http://models/a.tar", "allow_http": True}),
        (downloading(WEB, caConfigMap="authority"), {"ca_file": "/etc/download-ca/ca.crt"}),
        (downloading(WEB, secretName="login"), {"header_file": "/run/secrets/download/headers"}),
        (downloading(STORE, secretName="login"), {"url": STORE}),
        (downloading(WEB, timeoutSeconds=10_000_000), {"timeout": 10_000_000.0}),
    ],
)
def test_the_download_is_told_what_the_values_say(values: dict[str, Any], told: dict[str, Any]) -> None:
    unsaid = {"endpoint": None, "region": None, "allow_http": False, "ca_file": None, "header_file": None}
    expected = {"url": WEB, "sha256": SHA256, "timeout": 600.0, **unsaid, **told}
    options = vars(understood(values))
    assert {key: options[key] for key in expected} == expected
    assert str(options["repository"]) == config(values)["repository"]


def test_an_address_that_yaml_would_read_as_something_else_stays_what_it_is() -> None:
    awkward = "https://models.example.org/a:#b'\"c{{.tar"
    assert understood(downloading(awkward)).url == awkward
    assert understood(downloading(sha256="0" * 64)).sha256 == "0" * 64, "a digest of digits alone is no number"


def test_the_time_for_the_download_is_part_of_a_rollouts_time() -> None:
    assert one("Deployment", downloading()).spec["progressDeadlineSeconds"] == 600 + 600 + 300
    assert one("Deployment", downloading(timeoutSeconds=60)).spec["progressDeadlineSeconds"] == 600 + 60 + 300


@pytest.mark.parametrize("url", [WEB, "http://models/iris.tar"])
def test_a_web_servers_headers_are_a_file_for_the_download_alone(url: str) -> None:
    values = downloading(url, allowHttp=True, secretName="login")
    container = pull(values)
    mount = {"name": "download-headers", "mountPath": "/run/secrets/download", "readOnly": True}
    assert mount in container["volumeMounts"]
    assert named(pod(values)["volumes"], "download-headers")["secret"] == {
        "secretName": "login",
        "defaultMode": 0o440,
        "items": [{"key": "headers", "path": "headers"}],
    }
    assert "envFrom" not in container, "headers do not belong into the environment"
    assert named(server(values)["volumeMounts"], "download-headers") is None, "the server has no use for them"


@pytest.mark.parametrize("scheme", ["s3", "gs", "az"])
def test_a_stores_credentials_are_variables_of_the_download_alone(scheme: str) -> None:
    values = downloading(f"{scheme}://models/iris.tar", secretName="login")
    assert pull(values)["envFrom"] == [{"secretRef": {"name": "login"}}]
    assert "envFrom" not in server(values), "the server has no use for them"
    assert named(pod(values)["volumes"], "download-headers") is None


@pytest.mark.parametrize("url", [WEB, STORE])
def test_no_secret_is_ever_an_argument(url: str) -> None:
    values = {**downloading(url, secretName="login"), "secret": {"existingSecret": "login"}}
    assert "login" not in str(pull(values)["args"]), "whoever lists processes would read it"


def test_the_servers_secret_is_not_given_to_the_download() -> None:
    values = {**downloading(), "secret": {"existingSecret": "other", "envFrom": True}}
    assert "other" not in str(pull(values))
    assert named(pull(values)["volumeMounts"], "secret") is None


def test_an_authority_of_ones_own_is_mounted_for_the_download_alone() -> None:
    values = downloading(caConfigMap="authority")
    mount = {"name": "download-ca", "mountPath": "/etc/download-ca", "readOnly": True}
    assert mount in pull(values)["volumeMounts"]
    assert named(pod(values)["volumes"], "download-ca")["configMap"] == {"name": "authority"}
    assert named(server(values)["volumeMounts"], "download-ca") is None


def test_only_the_download_can_write_to_the_models_folder() -> None:
    assert named(pull(downloading())["volumeMounts"], "model") == {"name": "model", "mountPath": "/models"}
    assert named(server(downloading())["volumeMounts"], "model")["readOnly"] is True


def test_the_download_gets_the_servers_image_and_variables_and_resources_of_its_own() -> None:
    resources = {"requests": {"cpu": "1", "memory": "64Mi"}, "limits": {"memory": "1Gi"}}
    values = {
        **downloading(resources=resources),
        "image": {"tag": "9", "pullPolicy": "Always"},
        "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy.{{ .Release.Namespace }}"}],
        "gpu": {"count": 1},
    }
    container = pull(values)
    assert (container["image"], container["imagePullPolicy"]) == ("model-server:9", "Always")
    assert container["env"] == [{"name": "HTTPS_PROXY", "value": "http://proxy.serving"}]
    assert container["resources"] == resources, "a download needs no accelerator"


def test_the_download_takes_variables_from_where_the_server_does_after_its_login() -> None:
    proxy = {"extraEnvFrom": [{"configMapRef": {"name": "proxy-of-{{ .Release.Name }}"}}]}
    expected = [{"configMapRef": {"name": "proxy-of-demo"}}]
    assert pull({**downloading(), **proxy})["envFrom"] == expected
    assert pull({**downloading(secretName="login"), **proxy})["envFrom"] == expected, "headers are no variables"
    login = {"secretRef": {"name": "login"}}
    assert pull({**downloading(STORE, secretName="login"), **proxy})["envFrom"] == [login, *expected]


def test_what_users_run_first_runs_before_the_download() -> None:
    values = {**downloading(), "initContainers": [{"name": "first", "image": "i"}]}
    assert [item["name"] for item in pod(values)["initContainers"]] == ["first", "pull-model"]


def test_without_a_secret_and_an_authority_there_is_no_trace_of_them() -> None:
    assert {volume["name"] for volume in pod(downloading())["volumes"]} == {"config", "tmp", "model"}
    assert "envFrom" not in pull(downloading())
    assert "env" not in pull(downloading())
