"""The application on the admin port, and the small threaded server it runs on.

The server has its own threads, so that it answers probes while the model loads and while all inference threads are
busy.
"""

import logging
import socket
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from model_server.http.responses import json_answer, use_json_errors
from model_server.observability.logs import LOGGER_NAME
from model_server.observability.metrics import Metrics
from model_server.serving.lifecycle import Lifecycle

_log = logging.getLogger(f"{LOGGER_NAME}.admin")


def create_admin_app(lifecycle: Lifecycle, metrics: Metrics) -> Flask:
    """Build the application: /healthz, /readyz, /metrics."""
    app = Flask("model_server.admin", static_folder=None)
    use_json_errors(app)
    metrics.ready.set_function(lambda: 1.0 if lifecycle.not_ready_reason() is None else 0.0)

    @app.get("/healthz")
    def healthz() -> Response:
        # Independent of the model: a restart does not repair a slow or broken model.
        return json_answer({"status": "alive"})

    @app.get("/readyz")
    def readyz() -> Response:
        reason = lifecycle.not_ready_reason()
        if reason is not None:
            return json_answer({"error": f"not ready: {reason}", "state": lifecycle.state}, 503)
        return json_answer({"status": "ready", "state": lifecycle.state})

    @app.get("/metrics")
    def metrics_page() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return app


class _ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    # A client that connects and sends nothing must not hold a thread.
    timeout = 10

    def log_message(self, format: str, *arguments: object) -> None:
        _log.debug(format % arguments)


def start_admin_server(app: Flask, listener: socket.socket) -> None:
    """Serve `app` on a listening socket, in a daemon thread."""
    host, port = listener.getsockname()[:2]
    server = _ThreadedServer((host, port), _QuietHandler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    # Binding would have set these, but would also have looked up the name of the host.
    server.server_name, server.server_port = host, port
    server.setup_environ()
    server.set_app(app)
    threading.Thread(target=server.serve_forever, name="admin", daemon=True).start()
