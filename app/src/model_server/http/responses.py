"""JSON responses, and the error handling that both applications share."""

import json
import logging

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from model_server.observability.logs import LOGGER_NAME
from model_server.observability.tracing import log_fields

_log = logging.getLogger(f"{LOGGER_NAME}.http")

_TEXTS = {
    404: "no such path",
    405: "method not allowed; see the header Allow",
    408: "body: not received in time",
    500: "internal error",
}


def json_answer(document: object, status: int = 200) -> Response:
    """Return a response with a JSON document."""
    return Response(json.dumps(document), status, content_type="application/json")


def error_answer(text: str, status: int) -> Response:
    """Return an error in the form of the request's protocol, or `{"error": text}` outside of any protocol."""
    protocol = g.get("protocol")
    if protocol is None:
        return json_answer({"error": text}, status)
    return Response(protocol.encode_error(text), status, content_type="application/json")


def use_json_errors(app: Flask) -> None:
    """Answer every error of `app` with JSON, HTTP errors and unexpected exceptions alike."""

    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        answer = error_answer(_TEXTS.get(status) or str(error.description), status)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                answer.headers[name] = value
        return answer

    def unexpected_error(_: Exception) -> Response:
        identifier = g.get("request_id", "-")
        _log.exception("unexpected error", extra={"fields": {"request_id": identifier, **log_fields(g.get("trace"))}})
        return error_answer(f"internal error; request id {identifier}", 500)

    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected_error)
