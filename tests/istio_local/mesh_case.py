"""What one test has of the mesh: a namespace, objects in it, and servers behind its Services."""

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

# As charts/model-server names the port of its Service, and labels its pods.
PORT_NAME = "http"
VERSION_LABEL = "version"
NAME_LABEL = "app.kubernetes.io/name"
INSTANCE_LABEL = "app.kubernetes.io/instance"


class MeshCase:
    """A namespace of its own, from its making until `close`, which deletes what was applied and ends its servers."""

    def __init__(self, mesh: Loopback, test: str) -> None:
        self.mesh = mesh
        short = re.sub(r"[^a-z0-9]+", "-", test.lower()).strip("-")[:40].strip("-")
        self.namespace = f"{short}-{uuid.uuid4().hex[:6]}"
        # A host of its own, so that no other test's routes are asked for it.
        self.host = f"{self.namespace}.example"
        self._applied: list[Manifest] = []
        self._servers = ExitStack()
        self._namespaces: set[str] = set()
        self._ensure_namespace(self.namespace)

    def apply(self, manifests: Iterable[Manifest]) -> None:
        """Apply objects, in this namespace unless they name one, and wait until the gateway has heard of them.

        A namespace that they name is made, if it is not there.
        """
        for manifest in manifests:
            self._apply(manifest)
        self.mesh.marker.settle()

    def delete(self, manifests: Iterable[Manifest]) -> None:
        """Delete objects, and wait until the gateway has heard of it."""
        for manifest in manifests:
            self.mesh.api.delete(manifest, self.namespace)
        self.mesh.marker.settle()

    def serve(
        self, service: str, versions: Iterable[str], respond: Respond | None = None, own_services: bool = True
    ) -> dict[str, Backend]:
        """A Service as charts/model-server makes it, with a server for each version, by their names.

        Each version has a Service of its own as well, ``<service>-<version>``, unless told not to.
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
        """A server, and what Istio takes for its pod: whatever Service selects the labels has it as an endpoint.

        A WorkloadEntry, since Kubernetes refuses an EndpointSlice on the loopback address. ``port_name`` is the name
        of the pod's port that the Service aims at, ``locality`` is where it runs, as ``region/zone``.
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
                # Without a service account: with one, Istio takes it to speak TLS, as beside a sidecar.
                "spec": spec,
            }
        )
        return server

    def fqdn(self, service: str) -> str:
        """A Service's name as every namespace knows it."""
        return f"{service}.{self.namespace}.svc.cluster.local"

    def send(self, path: str = "/predict", *, host: str = "", **options: Any) -> ModelResponse:
        """One request to the gateway's port 80, or 443 if it is by TLS; see `http_client.send` for the options."""
        port = self.mesh.gateway.https if options.get("ca_file") else self.mesh.gateway.http
        return http_client.send(port, host or self.host, path, **options)

    def send_many(self, count: int, path: str = "/predict", **options: Any) -> list[ModelResponse]:
        """Many requests, one after another."""
        return [self.send(path, **options) for _ in range(count)]

    def send_until(
        self, what: str, good: Callable[[ModelResponse], bool], path: str = "/predict", **options: Any
    ) -> ModelResponse:
        """Ask until an answer is good, and return it."""

        def probe() -> ModelResponse:
            answer = self.send(path, **options)
            assert good(answer), f"{answer.status} {answer.body[:200]!r}"
            return answer

        return waiting.until(what, probe)

    def wait_for_copies(self) -> None:
        """Wait until no request is under way any more. Nobody waits for copies, so they can end after their answer."""
        # One that waits for its connection is pending, and not yet active.
        pattern = rf"^{gateway.OUTBOUND}.*\.upstream_rq_(pending_)?active$"

        def probe() -> bool:
            found = self.mesh.gateway.stats(pattern)
            assert found, "the gateway counts no requests: ask something first"
            return not any(found.values())

        waiting.until("nothing is under way", probe)

    def assert_nothing_refused(self) -> None:
        """That Envoy has taken all that Istio made of the objects."""
        refused = self.mesh.gateway.refused()
        assert not refused, f"Envoy refuses what Istio has made of the objects: {refused}"
        assert not self.mesh.istiod.rejections(), f"a proxy has refused its configuration, see {self.mesh.logs}"

    def close(self) -> None:
        """Delete the objects and end the servers. Namespaces stay: no controller is here that would empty them."""
        for manifest in reversed(self._applied):
            self.mesh.api.delete(manifest, self.namespace)
        self._servers.close()

    def _ensure_namespace(self, name: str) -> None:
        if name not in self._namespaces:
            self.mesh.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
            self._namespaces.add(name)

    def _apply(self, manifest: Manifest) -> None:
        self._ensure_namespace(manifest["metadata"].get("namespace", self.namespace))
        # Before, so that what is stored and then judged badly is deleted too.
        self._applied.append(manifest)
        self.mesh.api.apply(manifest, self.namespace)


def gateway_for(host: str, name: str = "gateway") -> dict[str, Any]:
    """A Gateway of Istio that takes a host on port 80 of the gateway."""
    server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": [host]}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": name},
        "spec": {"selector": gateway.LABELS, "servers": [server]},
    }


def gateway_api_entry(case: MeshCase) -> dict[str, Any]:
    """A Gateway of the Gateway API for a case's host, which takes routes of all namespaces.

    It names the Envoy that is there, in place of one that Istio would make. For that it has to be in its namespace.
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
