"""Secrets are read from files of the user's Secrets, never from ConfigMaps, command lines or environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.charts.monitoring.chart import LOGIN, pod, rendered
from tests.charts.monitoring.guard_cases_alerting import MAIL
from tests.harness import Manifests
from tests.harness.manifests import parse
from tests.harness.objects import own

# Keys with secret values, in the files of all programs and in custom resources.
SECRET = re.compile(
    r"(.*_)?(password|passwd|secret|credentials|token|api_?key|routing_?key|service_?key|private_?key|api_?url)",
    re.IGNORECASE,
)
FROM_FILE = "$__file{"
# URLs without credentials are not secret; the schema rejects URLs that contain a token.
KEY = {"name": "login", "key": "token"}
EVERY_SECRET: dict[str, Any] = {
    "prometheus": {**LOGIN, "secrets": ["remote-login"]},
    "alertmanager": {
        **LOGIN,
        "receivers": [
            {
                "name": "team",
                "webhook": [{"urlSecret": KEY, "bearerTokenSecret": KEY}],
                "slack": [{"channel": "#models", "urlSecret": KEY}],
                "email": [{**MAIL, "username": "alerts", "passwordSecret": KEY}],
                "pagerduty": [{"routingKeySecret": KEY}],
                "msteamsv2": [{"urlSecret": KEY}],
                "opsgenie": [{"apiKeySecret": KEY}],
                "discord": [{"urlSecret": KEY}],
                "telegram": [{"botTokenSecret": KEY, "chatId": 7}],
            }
        ],
        "route": {"receiver": "team"},
    },
    "grafana": {
        "admin": {"existingSecret": "admin"},
        "secrets": ["smtp"],
        "egress": [{"ports": [{"port": 443, "protocol": "TCP"}]}],
        "oidc": {
            "enabled": True,
            "clientId": "grafana",
            "clientSecret": {"name": "oidc"},
            "authUrl": "https://login.example.org/authorize",
            "tokenUrl": "https://login.example.org/token",
        },
    },
}
# A Secret instead of a value: a reference in custom resources, a path in files.
REFERENCE = {"name", "key", "optional"}


def plain(data: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of secret values in plain text."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            is_text = isinstance(value, str) and not value.startswith(FROM_FILE)
            if SECRET.fullmatch(str(key)) and is_text:
                yield f"{path}.{key}"
            elif not (isinstance(value, Mapping) and set(value) <= REFERENCE):
                yield from plain(value, f"{path}.{key}")
    elif isinstance(data, Sequence) and not isinstance(data, str):
        for number, value in enumerate(data):
            yield from plain(value, f"{path}[{number}]")


def settings(ini: str) -> dict[str, str]:
    """Return the settings of an ini file."""
    found = dict(line.split(" = ", 1) for line in ini.splitlines() if " = " in line)
    # In Grafana, api_url is the user info endpoint of the identity provider, which is not secret.
    return {key: value for key, value in found.items() if key != "api_url"}


def readable(manifests: Manifests) -> Iterator[tuple[str, Any]]:
    """Yield the contents of all ConfigMaps and custom resources."""
    for manifest in own(manifests):
        if manifest.kind == "ConfigMap" and manifest.source != "dashboards/configmap.yaml":
            for name, text in manifest.body["data"].items():
                if name.endswith((".yaml", ".yml")):
                    yield f"{manifest}: {name}", parse(text)
                elif name.endswith(".ini"):
                    yield f"{manifest}: {name}", settings(text)
        elif manifest.kind == "AlertmanagerConfig":
            yield str(manifest), manifest.spec


def test_search_finds_secrets_in_plain_text() -> None:
    found = list(plain({"a": [{"basic_auth": {"password": "x"}}], "admin_password": "y", "api_url_file": "/run/z"}))
    assert found == [".a[0].basic_auth.password", ".admin_password"]
    assert not list(plain({"authPassword": {"name": "mail", "key": "password"}, "secret": f"{FROM_FILE}/run/a}}"}))


def test_configmaps_and_custom_resources_contain_no_secrets(manifests: Manifests) -> None:
    for where, data in readable(manifests):
        found = list(plain(data))
        assert not found, f"{where}: read these from files: {found}"


def test_every_secret_of_the_values_is_read_from_a_file() -> None:
    places = [where for where, data in readable(rendered(EVERY_SECRET)) if list(plain(data))]
    assert not places
    # The operator reads the Secrets itself.
    alerting = {key: value for key, value in EVERY_SECRET["alertmanager"].items() if key != "auth"}
    values = {"mode": "operator", "alertmanager": alerting, "operator": {"alertmanagerConfig": {"enabled": True}}}
    (spec,) = [data for where, data in readable(rendered(values)) if where.startswith("AlertmanagerConfig")]
    (team,) = [receiver for receiver in spec["receivers"] if receiver["name"] == "team"]
    assert team["webhookConfigs"][0]["urlSecret"] == KEY
    assert team["slackConfigs"][0]["apiURL"] == KEY
    assert team["emailConfigs"][0]["authPassword"] == KEY
    assert team["pagerdutyConfigs"][0]["routingKey"] == KEY
    assert team["msteamsv2Configs"][0]["webhookURL"] == KEY
    assert team["opsgenieConfigs"][0]["apiKey"] == KEY
    assert team["discordConfigs"][0]["apiURL"] == KEY
    assert team["telegramConfigs"][0]["botToken"] == KEY


def test_chart_creates_no_secret(manifests: Manifests) -> None:
    assert not manifests.of_kind("Secret"), "every user who can read the release could read it"


def test_environment_variables_contain_no_secrets(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        for variable in container.get("env", []):
            assert "secretKeyRef" not in variable.get("valueFrom", {}), f"{manifest}: {variable}: mount it"
        assert not any("secretRef" in source for source in container.get("envFrom", [])), f"{manifest}: mount it"


def test_secrets_are_mounted_read_only_for_the_pods_own_group() -> None:
    mounted = 0
    for manifest, spec in rendered(EVERY_SECRET).pod_specs():
        secrets = {volume["name"] for volume in spec.get("volumes", []) if "secret" in volume}
        for volume in spec.get("volumes", []):
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o440, f"{manifest}: {volume['name']}: it is world-readable"
        for container in spec["containers"]:
            for mount in container.get("volumeMounts", []):
                if mount["name"] in secrets:
                    mounted += 1
                    assert mount["readOnly"] is True, f"{manifest}: {mount['name']}: set readOnly"
    assert mounted >= 10, "the values name more Secrets than are mounted"


def test_administrators_password_is_generated_in_the_pod_by_default() -> None:
    (maker,) = pod("StatefulSet", "grafana")["initContainers"]
    assert [mount["name"] for mount in maker["volumeMounts"]] == ["data"]
    (script,) = maker["args"]
    assert "/dev/urandom" in script
    assert "echo" not in script, "its output is in the pod's log"
    assert "initContainers" not in pod("StatefulSet", "grafana", {"grafana": {"admin": {"existingSecret": "admin"}}})
