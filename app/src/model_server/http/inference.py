"""The application on the inference port: requests to the model, in every protocol of the registry."""

import time
from collections.abc import Mapping
from functools import partial

from flask import Flask, Response, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, RequestTimeout, UnsupportedMediaType

from model_server.errors import BadRequestError
from model_server.http.instrumentation import observe, stage
from model_server.http.responses import error_answer, use_json_errors
from model_server.http.shadow_hook import ShadowSink, create_shadow_sink
from model_server.observability.metrics import Metrics
from model_server.observability.tracing import NoTracing, Tracing
from model_server.protocols.base import Protocol
from model_server.protocols.registry import PROTOCOLS
from model_server.repository.manifest import Manifest
from model_server.serving.lifecycle import Lifecycle
from model_server.settings import Settings


def create_inference_app(
    lifecycle: Lifecycle, metrics: Metrics, settings: Settings, tracing: Tracing | None = None
) -> Flask:
    """Build the application. It answers 503 until `lifecycle` has a model."""
    app = Flask("model_server.inference", static_folder=None)
    # One byte above the limit: werkzeug truncates a chunked body at its limit, and the extra byte shows that it did.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    use_json_errors(app)
    metrics.request_slots.set(settings.threads)
    observe(app, lifecycle, metrics, tracing or NoTracing(), settings.version_name)
    shadow_sink = create_shadow_sink(settings, metrics)

    def answer(protocol: Protocol, **variables: str) -> Response:
        return _answer(protocol, variables, lifecycle, metrics, settings, shadow_sink)

    for protocol in PROTOCOLS:
        for path in protocol.paths:
            app.add_url_rule(
                path,
                endpoint=f"{protocol.name} {path}",
                view_func=partial(answer, protocol),
                methods=["POST"],
                provide_automatic_options=False,
            )
    return app


def _answer(
    protocol: Protocol,
    variables: Mapping[str, str],
    lifecycle: Lifecycle,
    metrics: Metrics,
    settings: Settings,
    shadow_sink: ShadowSink,
) -> Response:
    """Decode, compute, encode."""
    g.protocol = protocol
    model = lifecycle.model
    if model is None:
        unavailable = error_answer(f"not ready: {lifecycle.not_ready_reason()}; try again", 503)
        unavailable.headers["Retry-After"] = "1"
        return unavailable
    if variables and not _names_model(variables, model.manifest):
        return error_answer(f"not found: this server serves {model.manifest.name}/{model.manifest.version}", 404)
    _require_json()
    body = _read_body(settings.max_body_bytes)
    received = time.perf_counter()
    try:
        batch = protocol.decode(body, model.manifest.signature, settings.max_rows)
    except BadRequestError as error:
        return error_answer(str(error), 400)
    finally:
        decoded = time.perf_counter()
        stage("decode", received, decoded)
    g.rows = len(batch)
    answer = model.predict(batch)
    acquired = decoded + answer.queue_seconds
    stage("queue", decoded, acquired)
    stage("compute", acquired, acquired + answer.compute_seconds)
    labels = (model.manifest.name, str(model.manifest.version))
    metrics.record_call(*labels, len(batch), answer.queue_seconds, answer.compute_seconds)
    if model.drift is not None:
        model.drift.record(batch, answer.prediction)
    predicted = time.perf_counter()
    content = protocol.encode(answer.prediction, model.manifest)
    stage("encode", predicted, time.perf_counter())
    shadow_sink(protocol, model.manifest, body, content)
    return Response(content, content_type="application/json")


def _names_model(variables: Mapping[str, str], manifest: Manifest) -> bool:
    """Return whether the path variables `model` and `version` are those of the served version, where they occur."""
    served = {"model": manifest.name, "version": str(manifest.version)}
    return all(served[name] == value for name, value in variables.items())


def _require_json() -> None:
    kind = request.mimetype
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(
            f"Content-Type: {kind or 'missing'}; send the body with Content-Type: application/json"
        )


def _read_body(limit: int) -> bytes:
    too_large = RequestEntityTooLarge(f"body: larger than {limit} bytes; send fewer rows at a time")
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise too_large from None
    except ClientDisconnected:
        # Raised for a client that has gone, which sees no answer, and for one that stalls.
        raise RequestTimeout from None
    if len(body) > limit:
        raise too_large
    return body
