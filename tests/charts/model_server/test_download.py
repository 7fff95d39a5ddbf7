"""Downloaded models: the arguments of the init container, and the containers that get its Secret."""

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
    """Return the init container that downloads the model."""
    return named(pod(values)["initContainers"], "pull-model")


def understood(values: dict[str, Any]) -> argparse.Namespace:
    """Return the init container's arguments as modelctl parses them."""
    container = pull(values)
    assert container["command"] == ["modelctl", "pull"]
    return _parser().parse_args(["pull", *container["args"]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (downloading(WEB), {}),
        (downloading(STORE), {"url": STORE}),
        (downloading("gs://models/iris.zip"), {"url": "gs://models/iris.zip"}),
        # An @ in the path, which does not separate credentials.
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
def test_arguments_follow_the_values(values: dict[str, Any], expected: dict[str, Any]) -> None:
    defaults = {"endpoint": None, "region": None, "allow_http": False, "ca_file": None, "header_file": None}
    arguments = {"url": WEB, "sha256": SHA256, "timeout": 600.0, **defaults, **expected}
    options = vars(understood(values))
    assert {key: options[key] for key in arguments} == arguments
    assert str(options["repository"]) == config(values)["repository"]


def test_quotes_urls_and_digests_that_yaml_would_convert() -> None:
    awkward = "https://models.example.org/a:#b'\"c{{.tar"
    assert understood(downloading(awkward)).url == awkward
    assert understood(downloading(sha256="0" * 64)).sha256 == "0" * 64, "a digest of decimal digits must stay a string"


def test_progress_deadline_includes_the_download_timeout() -> None:
    assert one("Deployment", downloading()).spec["progressDeadlineSeconds"] == 600 + 600 + 300
    assert one("Deployment", downloading(timeoutSeconds=60)).spec["progressDeadlineSeconds"] == 600 + 60 + 300


@pytest.mark.parametrize("url", [WEB, "http://models/iris.tar"])
def test_http_headers_are_a_file_of_the_download(url: str) -> None:
    values = downloading(url, allowHttp=True, secretName="login")
    container = pull(values)
    mount = {"name": "download-headers", "mountPath": "/run/secrets/download", "readOnly": True}
    assert mount in container["volumeMounts"]
    assert named(pod(values)["volumes"], "download-headers")["secret"] == {
        "secretName": "login",
        "defaultMode": 0o440,
        "items": [{"key": "headers", "path": "headers"}],
    }
    assert "envFrom" not in container, "headers must not be environment variables"
    assert named(server(values)["volumeMounts"], "download-headers") is None, (
        "the server must not get the credentials of the download"
    )


@pytest.mark.parametrize("scheme", ["s3", "gs", "az"])
def test_bucket_credentials_are_variables_of_the_download(scheme: str) -> None:
    values = downloading(f"{scheme}://models/iris.tar", secretName="login")
    assert pull(values)["envFrom"] == [{"secretRef": {"name": "login"}}]
    assert "envFrom" not in server(values), "the server must not get the credentials of the download"
    assert named(pod(values)["volumes"], "download-headers") is None


@pytest.mark.parametrize("url", [WEB, STORE])
def test_secrets_are_not_arguments(url: str) -> None:
    values = {**downloading(url, secretName="login"), "secret": {"existingSecret": "login"}}
    assert "login" not in str(pull(values)["args"]), "every user who can list processes would read it"


def test_download_does_not_get_the_servers_secret() -> None:
    values = {**downloading(), "secret": {"existingSecret": "other", "envFrom": True}}
    assert "other" not in str(pull(values))
    assert named(pull(values)["volumeMounts"], "secret") is None


def test_ca_certificates_are_mounted_in_the_download() -> None:
    values = downloading(caConfigMap="authority")
    mount = {"name": "download-ca", "mountPath": "/etc/download-ca", "readOnly": True}
    assert mount in pull(values)["volumeMounts"]
    assert named(pod(values)["volumes"], "download-ca")["configMap"] == {"name": "authority"}
    assert named(server(values)["volumeMounts"], "download-ca") is None


def test_only_the_download_can_write_to_the_model_volume() -> None:
    assert named(pull(downloading())["volumeMounts"], "model") == {"name": "model", "mountPath": "/models"}
    assert named(server(downloading())["volumeMounts"], "model")["readOnly"] is True


def test_download_has_the_servers_image_and_variables_but_its_own_resources() -> None:
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
    assert container["resources"] == resources, "a download must not request an accelerator"


def test_download_gets_extra_variables_after_its_credentials() -> None:
    proxy = {"extraEnvFrom": [{"configMapRef": {"name": "proxy-of-{{ .Release.Name }}"}}]}
    expected = [{"configMapRef": {"name": "proxy-of-demo"}}]
    assert pull({**downloading(), **proxy})["envFrom"] == expected
    assert pull({**downloading(secretName="login"), **proxy})["envFrom"] == expected, (
        "headers must not be environment variables"
    )
    login = {"secretRef": {"name": "login"}}
    assert pull({**downloading(STORE, secretName="login"), **proxy})["envFrom"] == [login, *expected]


def test_user_init_containers_run_before_the_download() -> None:
    values = {**downloading(), "initContainers": [{"name": "first", "image": "i"}]}
    assert [item["name"] for item in pod(values)["initContainers"]] == ["first", "pull-model"]


def test_no_volumes_without_a_secret_and_ca_certificates() -> None:
    assert {volume["name"] for volume in pod(downloading())["volumes"]} == {"config", "tmp", "model"}
    assert "envFrom" not in pull(downloading())
    assert "env" not in pull(downloading())
