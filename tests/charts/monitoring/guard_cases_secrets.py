"""Secrets in plain text in prometheus.yml, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

WRITE = {"url": "https://metrics.example.org/api/v1/write"}
AWS = (
    "Remove access_key and secret_key, and give the pods an AWS identity: set prometheus.serviceAccount.annotations "
    "for an IAM role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from a Secret in prometheus.extraEnv."
)
AZURE_ENV = "with AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET from a Secret in prometheus.extraEnv."
AZURE_WRITE = (
    "Use azuread.workload_identity, with prometheus.serviceAccount.annotations and prometheus.podLabels for the "
    f"identity, or azuread.sdk, {AZURE_ENV}"
)
AZURE_DISCOVERY = (
    "Remove it, set authentication_method to SDK, and set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET "
    "from a Secret in prometheus.extraEnv."
)
CONSUL = "Remove it, and use authorization.credentials_file or basic_auth.password_file."
OTHER = "Use http_sd_configs in its place, with a service that holds the secret and returns the targets."
ID = "11111111-1111-1111-1111-111111111111"
KEYS = {"access_key": "A", "secret_key": "S"}
CLOUD = {"cloud": "AzurePublic"}
DISCOVERED = {"http_sd_configs": [{"url": "https://targets.example.org"}]}

# Fields of remote_write or scrape_configs with a secret, the path of the secret, the remedy, and the fields after it.
Field = tuple[str, dict[str, Any], str, str, dict[str, Any]]
WITHOUT_FILE: list[Field] = [
    ("remoteWrite", {"sigv4": {"region": "r", **KEYS}}, "sigv4.secret_key", AWS, {"sigv4": {"region": "r"}}),
    (
        "remoteWrite",
        {"azuread": {**CLOUD, "oauth": {"client_id": ID, "client_secret": "a", "tenant_id": ID}}},
        "oauth.client_secret",
        AZURE_WRITE,
        {"azuread": {**CLOUD, "workload_identity": {"client_id": ID, "tenant_id": ID}}},
    ),
    (
        "remoteWrite",
        {"azuread": {**CLOUD, "oauth": {"client_id": ID, "client_secret": "b", "tenant_id": ID}}},
        "oauth.client_secret",
        AZURE_WRITE,
        {"azuread": {**CLOUD, "sdk": {"tenant_id": ID}}},
    ),
    (
        "extraScrapeConfigs",
        {"ec2_sd_configs": [{"region": "r", **KEYS}]},
        "ec2_sd_configs.secret_key",
        AWS,
        {"ec2_sd_configs": [{"region": "r"}]},
    ),
    (
        "extraScrapeConfigs",
        {"azure_sd_configs": [{"subscription_id": ID, "tenant_id": ID, "client_id": ID, "client_secret": "a"}]},
        "azure_sd_configs.client_secret",
        AZURE_DISCOVERY,
        {"azure_sd_configs": [{"subscription_id": ID, "authentication_method": "SDK"}]},
    ),
    (
        "extraScrapeConfigs",
        {"consul_sd_configs": [{"server": "consul.consul.svc:8500", "token": "a"}]},
        "consul_sd_configs.token",
        CONSUL,
        {
            "consul_sd_configs": [
                {
                    "server": "consul.consul.svc:8500",
                    "authorization": {"credentials_file": "/etc/prometheus/secrets/login/token"},
                }
            ]
        },
    ),
    (
        "extraScrapeConfigs",
        {"openstack_sd_configs": [{"role": "instance", "region": "r", "password": "a"}]},
        "openstack_sd_configs.password",
        OTHER,
        DISCOVERED,
    ),
]
# Fields with a secret, and the secret's name. The remedy is the field NAME_file.
WITH_FILE: list[tuple[str, dict[str, Any], str]] = [
    *(
        (key, fields, name)
        for key in ("remoteWrite", "extraScrapeConfigs")
        for fields, name in (
            ({"basic_auth": {"username": "a", "password": "b"}}, "password"),
            ({"authorization": {"credentials": "b"}}, "credentials"),
            (
                {"oauth2": {"client_id": "a", "client_secret": "b", "token_url": "https://a.example.org"}},
                "client_secret",
            ),
            ({"tls_config": {"cert_file": "/etc/prometheus/secrets/login/cert", "key": "b"}}, "key"),
            ({"bearer_token": "b"}, "bearer_token"),
        )
    ),
    (
        "extraScrapeConfigs",
        {"scaleway_sd_configs": [{"role": "instance", "project_id": ID, "access_key": "A", "secret_key": ID}]},
        "secret_key",
    ),
    (
        "extraScrapeConfigs",
        {"marathon_sd_configs": [{"servers": ["http://marathon.mesos.svc"], "auth_token": "a"}]},
        "auth_token",
    ),
]


def entry(key: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return values with one entry of a list of Prometheus."""
    fixed = WRITE if key == "remoteWrite" else {"job_name": "shop"}
    return {"prometheus": {"secrets": ["login"], key: [{**fixed, **fields}]}}


SECRETS: Cases = [
    *(
        (
            entry(key, fields),
            f"prometheus.{key}: {path} is in plain text, visible to every user who can read the ConfigMap, and "
            f"Prometheus reads it from no file. {remedy}",
        )
        for key, fields, path, remedy, _ in WITHOUT_FILE
    ),
    *(
        (
            entry(key, fields),
            f"prometheus.{key}: {name} is in plain text, visible to every user who can read the ConfigMap. Put it into "
            f"a Secret, list the Secret in prometheus.secrets, and use {name}_file.",
        )
        for key, fields, name in WITH_FILE
    ),
]
