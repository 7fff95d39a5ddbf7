"""The application on the inference port: requests to the model."""

import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, RequestTimeout, UnsupportedMediaType

from model_server.errors import BadRequestError
from model_server.http.instrumentation import observe, stage
from model_server.http.responses import error_answer, use_json_errors
from model_server.http.shadow_hook import ShadowSink, create_shadow_sink
from model_server.observability.metrics import Metrics
from model_server.observability.tracing import NoTracing, Tracing
from model_server.protocols.base import Protocol
from model_server.protocols.predict import PredictProtocol
from model_server.serving.lifecycle import Lifecycle
from model_server.settings import Settings


def create_inference_app(
    lifecycle: Lifecycle, metrics: Metrics, settings: Settings, tracing: Tracing | None = None
) -> Flask:
    """Build the application. It answers 503 until `lifecycle` has a model."""
    app = Flask("model_server.inference", static_folder=None)
    # One more than allowed: a body without a length is cut off there, and is then seen to be too large.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    use_json_errors(app)
    metrics.request_slots.set(settings.threads)
    observe(app, lifecycle, metrics, tracing or NoTracing(), settings.version_name)
    shadow_sink = create_shadow_sink(settings, metrics)
    predict = PredictProtocol()

    @app.route("/predict", methods=["POST"], provide_automatic_options=False)
    def answer_predict() -> Response:
        return _answer(predict, lifecycle, metrics, settings, shadow_sink)

    return app


def _answer(
    protocol: Protocol, lifecycle: Lifecycle, metrics: Metrics, settings: Settings, shadow_sink: ShadowSink
) -> Response:
    """Decode, compute, encode."""
    g.protocol = protocol.name
    model = lifecycle.model
    if model is None:
        refusal = error_answer(f"not ready: {lifecycle.not_ready_reason()}; try again", 503)
        refusal.headers["Retry-After"] = "1"
        return refusal
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
    begun = decoded + answer.queue_seconds
    stage("queue", decoded, begun)
    stage("compute", begun, begun + answer.compute_seconds)
    labels = (model.manifest.name, str(model.manifest.version))
    metrics.record_call(*labels, len(batch), answer.queue_seconds, answer.compute_seconds)
    if model.drift is not None:
        model.drift.record(batch, answer.prediction)
    predicted = time.perf_counter()
    content = protocol.encode(answer.prediction)
    stage("encode", predicted, time.perf_counter())
    shadow_sink(model.manifest, body, content)
    return Response(content, content_type="application/json")


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
        # Raised for a client that is gone, who sees no answer, and for one that stalls.
        raise RequestTimeout from None
    if len(body) > limit:
        raise too_large
    return body
