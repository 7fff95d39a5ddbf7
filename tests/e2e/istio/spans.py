"""The spans that the cluster's collector received, read from its log of OTLP JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cluster.addons import collector
from cluster.kubectl import kubectl


@dataclass(frozen=True)
class Span:
    """A span and the service that sent it."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]


def arrived(trace_id: str) -> list[Span]:
    """Return the spans of a trace that arrived so far."""
    ((namespace, deployment),) = collector.DEPLOYMENTS.items()
    log = kubectl("--namespace", namespace, "logs", f"deployment/{deployment}", "--tail=-1")
    batches = [json.loads(line) for line in log.splitlines() if line.startswith('{"resourceSpans"')]
    found = [span for batch in batches for sender in batch["resourceSpans"] for span in _of(sender)]
    return [span for span in found if span.trace_id == trace_id]


def _of(sender: dict[str, Any]) -> list[Span]:
    service = _attributes(sender["resource"].get("attributes", [])).get("service.name", "")
    return [
        Span(
            service,
            span["name"],
            span["traceId"],
            span["spanId"],
            span.get("parentSpanId", ""),
            _attributes(span.get("attributes", [])),
        )
        for scope in sender["scopeSpans"]
        for span in scope["spans"]
    ]


def _attributes(written: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["key"]: next(iter(entry["value"].values()), None) for entry in written}
