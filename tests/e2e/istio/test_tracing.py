"""Tracing: a request through gateway, sidecar and server is one trace at a real collector, and in the logs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster.addons import collector
from cluster.console import Console
from cluster.kubectl import kubectl
from cluster.lifecycle import Connection
from tests.e2e.istio import spans
from tests.e2e.istio.conftest import Mesh
from tests.e2e.istio.spans import Span
from tests.e2e.lib.client import ROW
from tests.e2e.lib.objects import is_ready
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import image_source
from tests.e2e.lib.waiting import until

GATEWAY_TELEMETRY = Path(__file__).with_name("gateway-telemetry.yaml")
ENDPOINT = "http://otel-collector.observability:4318"
TRACED = {"enabled": True, "tracing": {"provider": "otel", "samplingPercent": 100}}
# The service names of proxies are their application and namespace.
GATEWAY = ".istio-ingress"
STAGES = {"decode", "queue", "compute", "encode"}
ARRIVAL_SECONDS = 60


@dataclass(frozen=True)
class Trace:
    """The spans of one request, and the ID of the client's span."""

    trace_id: str
    client: str
    spans: list[Span]

    def server(self) -> Span:
        """Return the server's span of the request."""
        found = [span for span in self.spans if span.name == "POST /predict"]
        assert len(found) == 1, f"the server's span has not arrived: {[span.name for span in self.spans]}"
        return found[0]

    def path(self) -> list[Span]:
        """Return the spans from the client's first child to the server's span."""
        by_id = {span.span_id: span for span in self.spans}
        path = [self.server()]
        while path[0].parent_id in by_id:
            path.insert(0, by_id[path[0].parent_id])
        return path


@pytest.fixture(scope="module")
def traced(mesh: Mesh, connection: Connection, second_version: Published) -> Iterator[Mesh]:
    """Gateway, sidecars and servers export spans to a collector."""
    try:
        collector.install(connection.engine, connection.images, Console(quiet=True))
        kubectl("apply", "--filename", GATEWAY_TELEMETRY)
        mesh.release.upgrade({**image_source(second_version.reference), "tracing.endpoint": ENDPOINT})
        mesh.routes.upgrade({"telemetry": TRACED})
        yield mesh
    finally:
        mesh.routes.upgrade()
        mesh.release.upgrade(image_source(second_version.reference))
        kubectl("delete", "--ignore-not-found", "--filename", GATEWAY_TELEMETRY)
        collector.remove(Console(quiet=True))


@pytest.fixture(scope="module")
def trace(traced: Mesh) -> Trace:
    """One complete trace; requests before the proxies have their new configuration have none."""

    def complete_trace() -> Trace | None:
        sent = Trace(secrets.token_hex(16), secrets.token_hex(8), [])
        headers = {**traced.routes.headers, "traceparent": f"00-{sent.trace_id}-{sent.client}-01"}
        assert traced.outside.predict(traced.gateway, [ROW], headers).status == 200

        def complete() -> Trace:
            seen = Trace(sent.trace_id, sent.client, spans.arrived(sent.trace_id))
            names = [(span.service, span.name) for span in seen.spans]
            assert {span.name for span in seen.spans} >= STAGES, names
            assert seen.path()[0].service.endswith(GATEWAY), names
            assert len(seen.path()) >= 3, names
            return seen

        try:
            return until("all spans of a request have arrived", complete, 5)
        except TimeoutError as error:
            raise AssertionError(str(error)) from error

    return until("a request has a complete trace", complete_trace, ARRIVAL_SECONDS)


def test_trace_continues_from_client_to_server(trace: Trace) -> None:
    path = trace.path()
    assert path[0].parent_id == trace.client
    services = [span.service for span in path]
    gateway, sidecar, server = services[0], services[-2], services[-1]
    assert gateway.endswith(GATEWAY), services
    assert "iris" in sidecar, services
    assert server == "model-server", services


def test_server_span_has_attributes_and_stages(trace: Trace) -> None:
    server = trace.server()
    attributes = {key: server.attributes[key] for key in ("model", "version", "rows", "http.response.status_code")}
    assert attributes == {"model": "iris-sklearn", "version": "1", "rows": "1", "http.response.status_code": "200"}
    assert {span.name for span in trace.spans if span.parent_id == server.span_id} == STAGES


def test_log_line_has_trace_and_span(traced: Mesh, trace: Trace) -> None:
    # Pods of the previous release may be deleted while their logs are read.
    pods = [pod for pod in traced.objects.pods("iris") if is_ready(pod)]
    lines = [json.loads(line) for pod in pods for line in traced.objects.log(pod)]
    (line,) = [line for line in lines if line.get("trace_id") == trace.trace_id]
    assert line["span_id"] == trace.server().span_id
