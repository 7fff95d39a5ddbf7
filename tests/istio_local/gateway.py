"""The ingress gateway as two processes: pilot-agent, and the Envoy that it starts and configures from istiod."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import tools
from cluster.tools import gobuild
from devkit import http_client
from tests.istio_local import istiod, ports
from tests.istio_local.api import Api
from tests.istio_local.istiod import Istiod
from tests.istio_local.programs import Programs

NAMESPACE = "istio-ingress"
NAME = "gateway"
# The labels of Istio's own gateway chart.
LABELS = {"istio": "ingress", "app": "istio-ingress"}
# Region and zone of the gateway, and the label with which Istio sets them for a proxy outside a node.
LOCALITY = "europe/one"
LOCALITY_LABEL = "istio-locality"
# Nothing connects to this address: Envoy listens on all of them. Istio identifies the proxy by it.
INSTANCE_ADDRESS = "192.0.2.2"
# A port of the Service for the harness only, see config_sync.py.
MARKER_PORT = 15999
# The prefix of Envoy's statistics of requests to Services.
OUTBOUND = "cluster.outbound"
BOOTSTRAP = "tools/packaging/common/envoy_bootstrap.json"


@dataclass(frozen=True)
class Gateway:
    """A running gateway: the local ports behind those of its Service, and the URL of Envoy's admin interface."""

    http: int
    https: int
    marker: int
    admin: str

    def config_dump(self, resource: str = "", name: str = "") -> dict[str, Any]:
        """Return Envoy's configuration, optionally of one resource (``dynamic_listeners``) and a pattern of names."""
        query = {key: value for key, value in (("resource", resource), ("name_regex", name)) if value}
        return dict(http_client.get(f"{self.admin}/config_dump", query).json)

    def rejected(self) -> list[str]:
        """Return the configuration that Envoy rejected, with its reasons."""
        return sorted(_errors(self.config_dump()))

    def stats(self, pattern: str) -> dict[str, int]:
        """Return Envoy's counters and gauges whose names match a regular expression."""
        query = {"format": "json", "filter": pattern}
        found = http_client.get(f"{self.admin}/stats", query).json["stats"]
        return {each["name"]: each["value"] for each in found if "value" in each}


def start(programs: Programs, api: Api, control: Istiod, folder: Path) -> Gateway:
    """Start the gateway, and wait until it is ready."""
    http, https, marker, admin, status, ready, prometheus = ports.free(7)
    for manifest in _objects({"http": (80, http), "https": (443, https), "http-marker": (MARKER_PORT, marker)}):
        api.apply(manifest, NAMESPACE)
    home = folder / "gateway"
    _write_credentials(home, api, control)
    programs.start(
        "gateway",
        [
            *(tools.ensure("pilot-agent"), "proxy", "router"),
            f"--domain={NAMESPACE}.svc.cluster.local",
            "--proxyLogLevel=warning",
            "--log_output_level=default:info",
        ],
        folder=home,
        environment={
            "PROXY_CONFIG": json.dumps(_proxy_config(control.discovery, admin, status)),
            "POD_NAME": NAME,
            "POD_NAMESPACE": NAMESPACE,
            "INSTANCE_IP": INSTANCE_ADDRESS,
            "SERVICE_ACCOUNT": NAME,
            "ENVOY_STATUS_PORT": str(ready),
            "ENVOY_PROMETHEUS_PORT": str(prometheus),
            "ISTIO_META_CLUSTER_ID": "Kubernetes",
            "ISTIO_METAJSON_LABELS": json.dumps({**LABELS, LOCALITY_LABEL: LOCALITY.replace("/", ".")}),
            "ISTIO_META_WORKLOAD_NAME": NAME,
        },
    )
    address = f"http://{ports.ADDRESS}:{status}/healthz/ready"
    programs.until("the gateway is ready", lambda: http_client.get(address).ok)
    return Gateway(http, https, marker, f"http://{ports.ADDRESS}:{admin}")


def _objects(service_ports: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    exposed = [{"name": name, "port": port, "targetPort": here} for name, (port, here) in service_ports.items()]
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME}},
        # istiod sends certificates only to a gateway whose service account may read the Secrets.
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": NAME},
            "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "watch", "list"]}],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": NAME},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": NAME, "labels": LABELS},
            "spec": {"selector": LABELS, "ports": exposed},
        },
    ]


def _write_credentials(home: Path, api: Api, control: Istiod) -> None:
    """Write what a pod has mounted: a token for istiod's certificate authority, and its root certificate."""
    secrets = home / "var" / "run" / "secrets"
    token = api.token_of(NAME, NAMESPACE, istiod.TOKEN_AUDIENCE)
    for place, content in (("tokens/istio-token", token), ("istio/root-cert.pem", control.root_certificate)):
        (secrets / place).parent.mkdir(parents=True, exist_ok=True)
        (secrets / place).write_text(content, encoding="utf-8")


def _proxy_config(discovery: str, admin: int, status: int) -> dict[str, Any]:
    template = gobuild.module_folder("mesh", "istio.io/istio") / BOOTSTRAP
    return {
        "discoveryAddress": discovery,
        "binaryPath": str(tools.ensure("envoy")),
        "proxyBootstrapTemplatePath": str(template),
        "configPath": "./etc/istio/proxy",
        "proxyAdminPort": admin,
        "statusPort": status,
        # With one worker thread, a change applies to all requests at once.
        "concurrency": 1,
        # Istio's default configuration drops these statistics.
        "proxyStatsMatcher": {"inclusionPrefixes": [OUTBOUND]},
    }


def _errors(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [f"{node.get('name', '')}: {node['error_state'].get('details', '')}"] if node.get("error_state") else []
        return own + [found for value in node.values() for found in _errors(value)]
    if isinstance(node, list):
        return [found for value in node for found in _errors(value)]
    return []
