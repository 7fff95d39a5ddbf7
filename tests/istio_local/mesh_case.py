"""A test's part of the mesh: a namespace, objects in it, and servers behind its Services."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import Any

from tests.istio_local import gateway, http_client, waiting
from tests.istio_local.api import Manifest
from tests.istio_local.backends import Backend, Respond
from tests.istio_local.http_client import ModelResponse
from tests.istio_local.loopback import Loopback
from tests.istio_local.ports import ADDRESS

# The port name and the labels of charts/model-server.
PORT_NAME = "http"
VERSION_LABEL = "version"
NAME_LABEL = "app.kubernetes.io/name"
INSTANCE_LABEL = "app.kubernetes.io/instance"


class MeshCase:
    """A namespace for one test. `close` deletes the applied objects and stops the servers."""

    def __init__(self, mesh: Loopback, test: str) -> None:
        self.mesh = mesh
        short = re.sub(r"[^a-z0-9]+", "-", test.lower()).strip("-")[:40].strip("-")
        self.namespace = f"{short}-{uuid.uuid4().hex[:6]}"
        # A host of its own, so that the routes of other tests do not match.
        self.host = f"{self.namespace}.example"
        self._applied: list[Manifest] = []
        self._servers = ExitStack()
        self._namespaces: set[str] = set()
        self.ensure_namespace(self.namespace)

    def apply(self, manifests: Iterable[Manifest]) -> None:
        """Apply objects, by default in this namespace, and wait until the gateway has its configuration.

        Missing namespaces are created.
        """
        for manifest in manifests:
            self._apply(manifest)
        self.mesh.marker.settle()

    def delete(self, manifests: Iterable[Manifest]) -> None:
        """Delete objects, and wait until the gateway has its configuration."""
        for manifest in manifests:
            self.mesh.api.delete(manifest, self.namespace)
        self.mesh.marker.settle()

    def serve(
        self, service: str, versions: Iterable[str], respond: Respond | None = None, own_services: bool = True
    ) -> dict[str, Backend]:
        """Create a Service as charts/model-server does, and return a server for each version, by its name.

        With ``own_services``, each version also has its own Service, ``<service>-<version>``.
        """
        selector = {NAME_LABEL: "model-server", INSTANCE_LABEL: service}
        manifests = [_service(service, selector)]
        servers = {}
        for version in versions:
            servers[version] = self.workload(version, {**selector, VERSION_LABEL: version}, respond)
            if own_services:
                manifests.append(_service(f"{service}-{version}", {**selector, VERSION_LABEL: version}))
        self.apply(manifests)
        return servers

    def workload(
        self,
        version: str,
        labels: Mapping[str, str],
        respond: Respond | None = None,
        port_name: str = PORT_NAME,
        namespace: str = "",
        locality: str = "",
    ) -> Backend:
        """Start a server that is an endpoint of every Service that selects the labels.

        It is a WorkloadEntry, since Kubernetes rejects EndpointSlices with a loopback address. ``port_name`` is the
        Service's target port, ``locality`` is ``region/zone``.
        """
        server = Backend(version, respond)
        self._servers.callback(server.stop)
        spec: dict[str, Any] = {"address": ADDRESS, "labels": dict(labels), "ports": {port_name: server.port}}
        if locality:
            spec["locality"] = locality
        self._apply(
            {
                "apiVersion": "networking.istio.io/v1",
                "kind": "WorkloadEntry",
                "metadata": {"name": f"workload-{server.port}", "namespace": namespace or self.namespace},
                # Without a service account: with one, Istio assumes a sidecar and sends mutual TLS.
                "spec": spec,
            }
        )
        return server

    def fqdn(self, service: str) -> str:
        """Return the fully qualified name of a Service."""
        return f"{service}.{self.namespace}.svc.cluster.local"

    def send(self, path: str = "/predict", *, host: str = "", **options: Any) -> ModelResponse:
        """Send a request to the gateway's port 80, or 443 with ``ca_file``; see `http_client.send` for the options."""
        port = self.mesh.gateway.https if options.get("ca_file") else self.mesh.gateway.http
        return http_client.send(port, host or self.host, path, **options)

    def send_many(self, count: int, path: str = "/predict", **options: Any) -> list[ModelResponse]:
        """Send requests, one after another."""
        return [self.send(path, **options) for _ in range(count)]

    def send_until(
        self, what: str, good: Callable[[ModelResponse], bool], path: str = "/predict", **options: Any
    ) -> ModelResponse:
        """Send a request until its response is good, and return that."""

        def probe() -> ModelResponse:
            answer = self.send(path, **options)
            assert good(answer), f"{answer.status} {answer.body[:200]!r}"
            return answer

        return waiting.until(what, probe)

    def wait_for_mirrors(self) -> None:
        """Wait until no request is in flight. Envoy does not wait for mirrored requests, so they may end later."""
        # A request that waits for a connection is pending, and not active yet.
        pattern = rf"^{gateway.OUTBOUND}.*\.upstream_rq_(pending_)?active$"

        def probe() -> bool:
            found = self.mesh.gateway.stats(pattern)
            assert found, "the gateway has no request statistics: send a request first"
            return not any(found.values())

        waiting.until("no request is in flight", probe)

    def assert_nothing_rejected(self) -> None:
        """Assert that Envoy accepted the entire configuration that Istio generated from the objects."""
        rejected = self.mesh.gateway.rejected()
        assert not rejected, f"Envoy rejects the configuration that Istio generated from the objects: {rejected}"
        assert not self.mesh.istiod.rejections(), f"a proxy rejected its configuration, see {self.mesh.logs}"

    def close(self) -> None:
        """Delete the objects and stop the servers. Namespaces stay: there is no controller that finalizes them."""
        for manifest in reversed(self._applied):
            self.mesh.api.delete(manifest, self.namespace)
        self._servers.close()

    def ensure_namespace(self, name: str) -> None:
        """Create a namespace, unless this case has created it."""
        if name not in self._namespaces:
            self.mesh.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
            self._namespaces.add(name)

    def _apply(self, manifest: Manifest) -> None:
        self.ensure_namespace(manifest["metadata"].get("namespace", self.namespace))
        # Before the call, so that an object that is stored and rejected later is also deleted.
        self._applied.append(manifest)
        self.mesh.api.apply(manifest, self.namespace)


def gateway_for(host: str, name: str = "gateway") -> dict[str, Any]:
    """Return an Istio Gateway for a host on port 80."""
    server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": [host]}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": name},
        "spec": {"selector": gateway.LABELS, "servers": [server]},
    }


def gateway_api_entry(case: MeshCase) -> dict[str, Any]:
    """Return a Gateway API Gateway for the host of a test, which admits routes of all namespaces.

    It names the running Envoy, so that Istio does not deploy one. For that it must be in Envoy's namespace.
    """
    address = f"{gateway.NAME}.{gateway.NAMESPACE}.svc.cluster.local"
    listener = {"name": "http", "port": 80, "protocol": "HTTP", "hostname": case.host}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": case.namespace, "namespace": gateway.NAMESPACE},
        "spec": {
            "gatewayClassName": "istio",
            "addresses": [{"type": "Hostname", "value": address}],
            "listeners": [{**listener, "allowedRoutes": {"namespaces": {"from": "All"}}}],
        },
    }


def _service(name: str, selector: Mapping[str, str]) -> dict[str, Any]:
    port = {"name": PORT_NAME, "port": 80, "targetPort": PORT_NAME, "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": dict(selector), "ports": [port]},
    }
