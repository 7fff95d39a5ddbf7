"""Istio's control plane as a process. It validates objects as a webhook, and configures Envoy."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import tools
from devkit import http_client
from tests import openssl
from tests.istio_local import ports
from tests.istio_local.api import Api
from tests.istio_local.apiserver import ApiServer
from tests.istio_local.programs import Programs

NAMESPACE = "istio-system"
# The audience of tokens for its certificate authority, and the ConfigMap with the root certificate.
TOKEN_AUDIENCE = "istio-ca"  # noqa: S105 (a name, not a secret)
ROOT_CONFIG_MAP = "istio-ca-root-cert"
# The extension provider that receives spans, see `extensionProviders` in Istio's mesh configuration.
TRACING_PROVIDER = "otel"
EXTENSION_PROVIDERS = [
    {
        "name": TRACING_PROVIDER,
        "opentelemetry": {
            "service": "otel-collector.observability.svc.cluster.local",
            "port": 4318,
            "http": {"path": "/v1/traces", "timeout": "5s"},
        },
    }
]
SWITCHES = {
    # Features of Istio's own build of Envoy, see docs/guides/cluster.md.
    "PILOT_ENABLE_METADATA_EXCHANGE": "false",
    "PILOT_ENABLE_ALPN_FILTER": "false",
    "PILOT_DISABLE_MX_ALPN": "true",
    "POD_NAME": "istiod",
    "POD_NAMESPACE": NAMESPACE,
    # An additional name in its certificate.
    "ISTIOD_CUSTOM_HOST": ports.ADDRESS,
    # The webhook configuration is created here, with an address instead of a Service.
    "VALIDATION_WEBHOOK_CONFIG_NAME": "",
    "INJECTION_WEBHOOK_CONFIG_NAME": "",
    # A Gateway API Gateway must not create a Deployment: the one Envoy is running already.
    "PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER": "false",
}
CHECKED_GROUPS = ["networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"]


@dataclass(frozen=True)
class Istiod:
    """A running control plane: the discovery address, the root certificate, and the URL of its metrics.

    ``trusted_server`` is a folder with a certificate and key (``tls.crt``, ``tls.key``) for a web server on the
    loopback address that istiod trusts.
    """

    discovery: str
    root_certificate: str
    monitoring: str
    trusted_server: Path

    def rejections(self) -> dict[str, float]:
        """Return the non-zero counters of configuration that proxies rejected."""
        text = http_client.get(f"{self.monitoring}/metrics").text
        found = re.findall(r"^(pilot_(?:total_xds_rejects|xds_\w+_reject)(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
        return {name: float(value) for name, value in found if float(value) > 0}


def start(programs: Programs, server: ApiServer, folder: Path) -> Istiod:
    """Start istiod, and register it as the validating webhook for Istio's objects."""
    http, plain, secure, webhook, monitoring, control = ports.free(6)
    home = folder / "istiod"
    home.mkdir(parents=True)
    discovery = f"{ports.ADDRESS}:{secure}"
    trusted_server = home / "trusted_server"
    trusted_server.mkdir()
    openssl.authority_and_server(trusted_server, f"IP:{ports.ADDRESS}")
    (home / "mesh.json").write_text(json.dumps(_mesh(discovery)), encoding="utf-8")
    server.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    programs.start(
        "istiod",
        [
            tools.ensure("pilot-discovery"),
            "discovery",
            f"--kubeconfig={server.kubeconfig}",
            "--meshConfig=mesh.json",
            f"--httpAddr={ports.ADDRESS}:{http}",
            f"--grpcAddr={ports.ADDRESS}:{plain}",
            f"--secureGRPCAddr={discovery}",
            f"--httpsAddr={ports.ADDRESS}:{webhook}",
            f"--monitoringAddr={ports.ADDRESS}:{monitoring}",
            f"--ctrlz_port={control}",
        ],
        folder=home,
        # Go reads the certificate authorities from this file instead of the system's.
        environment={**SWITCHES, "SSL_CERT_FILE": str(trusted_server / "ca.crt")},
    )
    programs.until("istiod is ready", lambda: http_client.get(f"http://{ports.ADDRESS}:{http}/ready").ok)
    root = programs.until("istiod has published its root certificate", lambda: _root_certificate(server.api))
    server.api.apply(_webhook(f"https://{ports.ADDRESS}:{webhook}/validate", root))
    return Istiod(discovery, root, f"http://{ports.ADDRESS}:{monitoring}", trusted_server)


def _mesh(discovery: str) -> dict[str, Any]:
    return {
        "accessLogFile": "/dev/stdout",
        "defaultConfig": {"discoveryAddress": discovery},
        "extensionProviders": EXTENSION_PROVIDERS,
    }


def _root_certificate(api: Api) -> str | None:
    wanted = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ROOT_CONFIG_MAP, "namespace": NAMESPACE}}
    stored = api.read(wanted)
    return stored["data"]["root-cert.pem"] if stored else None


def _webhook(url: str, root: str) -> dict[str, Any]:
    rule = {
        "operations": ["CREATE", "UPDATE"],
        "apiGroups": CHECKED_GROUPS,
        "apiVersions": ["*"],
        "resources": ["*"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "istio-validator"},
        "webhooks": [
            {
                "name": "validation.istio.io",
                "clientConfig": {"url": url, "caBundle": base64.b64encode(root.encode()).decode()},
                "rules": [rule],
                "failurePolicy": "Fail",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
            }
        ],
    }
