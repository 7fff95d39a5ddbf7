"""A request through gateway, sidecar and server is one trace, at a real collector, and log lines name it."""

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
# Proxies are called by their application and namespace.
GATEWAY = ".istio-ingress"
STAGES = {"decode", "queue", "compute", "encode"}
ARRIVED_SECONDS = 60


@dataclass(frozen=True)
class Trace:
    """The spans of one request, and the caller's own place in it."""

    trace_id: str
    caller: str
    spans: list[Span]

    def server(self) -> Span:
        """The server's own span of the request."""
        found = [span for span in self.spans if span.name == "POST /predict"]
        assert len(found) == 1, f"the server's span has not arrived: {[span.name for span in self.spans]}"
        return found[0]

    def way(self) -> list[Span]:
        """From the caller to the server's span: each the parent of the next."""
        by_id = {span.span_id: span for span in self.spans}
        way = [self.server()]
        while way[0].parent_id in by_id:
            way.insert(0, by_id[way[0].parent_id])
        return way


@pytest.fixture(scope="module")
def traced(mesh: Mesh, connection: Connection, second_version: Published) -> Iterator[Mesh]:
    """Gateway, sidecars and servers send what they do to a collector."""
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
    """One whole trace; proxies are told of their new configuration at some time, and the requests before are none."""

    def whole() -> Trace | None:
        sent = Trace(secrets.token_hex(16), secrets.token_hex(8), [])
        headers = {**traced.routes.headers, "traceparent": f"00-{sent.trace_id}-{sent.caller}-01"}
        assert traced.outside.predict(traced.gateway, [ROW], headers).status == 200

        def complete() -> Trace:
            seen = Trace(sent.trace_id, sent.caller, spans.arrived(sent.trace_id))
            names = [(span.service, span.name) for span in seen.spans]
            assert {span.name for span in seen.spans} >= STAGES, names
            assert seen.way()[0].service.endswith(GATEWAY), names
            assert len(seen.way()) >= 3, names
            return seen

        try:
            return until("all spans of a request have arrived", complete, 5)
        except TimeoutError as error:
            raise AssertionError(str(error)) from error

    return until("a request is one whole trace", whole, ARRIVED_SECONDS)


def test_gateway_sidecar_and_server_are_one_way_that_begins_at_the_caller(trace: Trace) -> None:
    way = trace.way()
    assert way[0].parent_id == trace.caller
    services = [span.service for span in way]
    gateway, sidecar, server = services[0], services[-2], services[-1]
    assert gateway.endswith(GATEWAY), services
    assert "iris" in sidecar, services
    assert server == "model-server", services


def test_the_servers_span_says_what_was_asked_and_has_its_stages_below_it(trace: Trace) -> None:
    server = trace.server()
    asked = {key: server.attributes[key] for key in ("model", "version", "rows", "http.response.status_code")}
    assert asked == {"model": "iris-sklearn", "version": "1", "rows": "1", "http.response.status_code": "200"}
    assert {span.name for span in trace.spans if span.parent_id == server.span_id} == STAGES


def test_the_servers_log_line_names_the_trace_and_its_span(traced: Mesh, trace: Trace) -> None:
    # Those of the release before may be gone while they are asked.
    pods = [pod for pod in traced.objects.pods("iris") if is_ready(pod)]
    lines = [json.loads(line) for pod in pods for line in traced.objects.log(pod)]
    (line,) = [line for line in lines if line.get("trace_id") == trace.trace_id]
    assert line["span_id"] == trace.server().span_id
