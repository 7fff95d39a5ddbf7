"""The application on the inference port: requests to the model."""

import logging
import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, RequestTimeout, UnsupportedMediaType

from model_server.dialects.predict import PredictDialect
from model_server.dialects.protocol import Dialect
from model_server.errors import BadRequestError
from model_server.http.responses import error_answer, use_json_errors
from model_server.observability import request_id
from model_server.observability.logs import LOGGER_NAME
from model_server.observability.metrics import Metrics
from model_server.serving.lifecycle import Lifecycle
from model_server.settings import Settings

_log = logging.getLogger(f"{LOGGER_NAME}.http")

# Until it is known which protocol a request speaks, for example on a path that does not exist.
_NO_PROTOCOL = "none"


def create_inference_app(lifecycle: Lifecycle, metrics: Metrics, settings: Settings) -> Flask:
    """Build the application. It answers 503 until `lifecycle` has a model."""
    app = Flask("model_server.inference", static_folder=None)
    # One more than allowed: a body without a length is cut off there, and is then seen to be too large.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    use_json_errors(app)
    metrics.request_slots.set(settings.threads)
    _observe(app, lifecycle, metrics)
    predict = PredictDialect()

    @app.route("/predict", methods=["POST"], provide_automatic_options=False)
    def answer_predict() -> Response:
        return _answer(predict, lifecycle, metrics, settings)

    return app


def _answer(dialect: Dialect, lifecycle: Lifecycle, metrics: Metrics, settings: Settings) -> Response:
    """Decode, compute, encode."""
    g.protocol = dialect.name
    model = lifecycle.model
    if model is None:
        refusal = error_answer(f"not ready: {lifecycle.not_ready_reason()}; try again", 503)
        refusal.headers["Retry-After"] = "1"
        return refusal
    _require_json()
    body = _read_body(settings.max_body_bytes)
    try:
        batch = dialect.decode(body, model.manifest.signature, settings.max_rows)
    except BadRequestError as error:
        return error_answer(str(error), 400)
    g.rows = len(batch)
    answer = model.predict(batch)
    labels = (model.manifest.name, str(model.manifest.version))
    metrics.record_call(*labels, len(batch), answer.queue_seconds, answer.compute_seconds)
    if model.drift is not None:
        model.drift.record(batch, answer.prediction)
    return Response(dialect.encode(answer.prediction), content_type="application/json")


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


def _observe(app: Flask, lifecycle: Lifecycle, metrics: Metrics) -> None:
    """Give every request an id, a log line and its place in the metrics."""

    def labels() -> tuple[str, str]:
        model = lifecycle.model
        return ("", "") if model is None else (model.manifest.name, str(model.manifest.version))

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.protocol = _NO_PROTOCOL
        g.request_id = request_id.request_id(request.headers.get(request_id.HEADER))
        g.pending = metrics.pending_requests.labels(*labels())
        g.pending.inc()

    @app.after_request
    def end(answer: Response) -> Response:
        seconds = time.perf_counter() - g.started
        name, version = labels()
        series = (name, version, g.protocol, str(answer.status_code))
        metrics.requests.labels(*series).inc()
        metrics.request_duration.labels(*series).observe(seconds)
        answer.headers[request_id.HEADER] = g.request_id
        if name:
            answer.headers["X-Model-Name"] = name
            answer.headers["X-Model-Version"] = version
        if _log.isEnabledFor(logging.INFO):
            fields = {
                "request_id": g.request_id,
                "method": request.method,
                "path": request.path,
                "status": answer.status_code,
                "milliseconds": round(seconds * 1000, 3),
                "rows": g.get("rows", 0),
                "model": name,
                "version": version,
            }
            _log.info("request", extra={"fields": fields})
        return answer

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        g.pending.dec()
