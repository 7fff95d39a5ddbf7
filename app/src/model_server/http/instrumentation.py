"""Instruments every request on the inference port: request id, trace, log line and metrics."""

import logging
import time

from flask import Flask, Response, g, request

from model_server.observability import request_id
from model_server.observability.logs import LOGGER_NAME
from model_server.observability.metrics import Metrics
from model_server.observability.trace_context import PARENT_HEADER, STATE_HEADER, read_trace_context
from model_server.observability.tracing import RequestFacts, Stage, Tracing, log_fields
from model_server.serving.lifecycle import Lifecycle
from model_server.shadow.detection import is_shadow

_log = logging.getLogger(f"{LOGGER_NAME}.http")

# The label of requests outside of any protocol, for example to a path that does not exist.
_NO_PROTOCOL = "none"


def observe(app: Flask, lifecycle: Lifecycle, metrics: Metrics, tracing: Tracing, own_version: str) -> None:
    """Observe all requests of `app`. `own_version` is this version's name in the routes, or empty.

    A handler may set `g.protocol` and `g.rows`, and call `stage`.
    """

    def labels() -> tuple[str, str]:
        model = lifecycle.model
        return ("", "") if model is None else (model.manifest.name, str(model.manifest.version))

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        sent = request.headers
        g.trace = tracing.begin(read_trace_context(sent.get(PARENT_HEADER, ""), sent.get(STATE_HEADER, "")))
        g.shadow = is_shadow(sent, own_version)
        g.stages = []
        g.protocol = None
        g.request_id = request_id.request_id(request.headers.get(request_id.HEADER))
        # Kept: the model may become ready while the request runs, and both calls must reach the same series.
        g.pending = metrics.pending_requests.labels(*labels())
        g.pending.inc()

    @app.after_request
    def end(answer: Response) -> Response:
        seconds = time.perf_counter() - g.started
        name, version = labels()
        protocol = _NO_PROTOCOL if g.protocol is None else g.protocol.name
        metrics.record_answer((name, version, protocol, str(answer.status_code)), seconds, g.shadow)
        answer.headers[request_id.HEADER] = g.request_id
        if name:
            answer.headers["X-Model-Name"] = name
            answer.headers["X-Model-Version"] = version
        facts = RequestFacts(
            method=request.method,
            route=request.url_rule.rule if request.url_rule is not None else "",
            path=request.path,
            scheme=request.scheme,
            status=answer.status_code,
            model=name,
            version=version,
            rows=g.get("rows", 0),
            shadow=g.shadow,
        )
        g.trace.end(facts, g.stages)
        if _log.isEnabledFor(logging.INFO):
            _log.info("request", extra={"fields": _line(facts, seconds)})
        return answer

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        g.pending.dec()


def stage(name: str, started: float, ended: float) -> None:
    """Record a stage of the current request, between two readings of `time.perf_counter`."""
    g.stages.append(Stage(name, started, ended))


def _line(facts: RequestFacts, seconds: float) -> dict[str, object]:
    line: dict[str, object] = {
        "request_id": g.request_id,
        "method": facts.method,
        "path": facts.path,
        "status": facts.status,
        "milliseconds": round(seconds * 1000, 3),
        "rows": facts.rows,
        "model": facts.model,
        "version": facts.version,
        **log_fields(g.trace),
    }
    return line | {"shadow": True} if facts.shadow else line
