"""Starts the server: one gunicorn arbiter and one worker process.

The arbiter imports neither Flask nor any numerical library, so the worker is forked from a small process without their
threads. The worker loads the model in a background thread while its admin port already answers.
"""

import logging
import math
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from model_server.cpu import cpu_quota_cores, limit_library_threads
from model_server.errors import ModelServerError, SettingsError
from model_server.http.worker import ServingWorker
from model_server.observability.logs import LOGGER_NAME, configure_logging
from model_server.settings import Settings
from model_server.termination import write_termination_message

if TYPE_CHECKING:
    from model_server.observability.tracing import Tracing
    from model_server.serving.lifecycle import Lifecycle

_log = logging.getLogger(f"{LOGGER_NAME}.server")

# gunicorn's exit code for a worker that cannot start: the arbiter exits with it instead of starting another worker.
EXIT_MODEL_NOT_LOADED = 3


def serve(settings: Settings) -> int:
    """Serve until a signal arrives, then raise SystemExit. Raises SettingsError if a port is taken."""
    configure_logging(settings.log_level, settings.log_format)
    threads = limit_library_threads(os.environ)
    inference = _listen(settings.host, settings.port, "port")
    admin = _listen(settings.host, settings.admin_port, "admin_port")
    ports = {"port": inference.getsockname()[1], "admin_port": admin.getsockname()[1]}
    _log.info("starting", extra={"fields": {**ports, "threads": settings.threads, "compute_threads": threads}})
    ServerApplication(settings, inference, admin).run()
    return 0


class ServerApplication(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """The gunicorn application: its configuration and, in the worker, the WSGI application."""

    def __init__(self, settings: Settings, inference: socket.socket, admin: socket.socket) -> None:
        self.settings = settings
        self.lifecycle: Lifecycle
        self.tracing: Tracing
        self._admin = admin
        # gunicorn creates its own socket object from the descriptor and closes it.
        self._inference_descriptor = inference.detach()
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's own settings."""
        settings = self.settings
        shutdown_seconds = settings.drain_seconds + settings.graceful_timeout_seconds
        values: dict[str, Any] = {
            "bind": f"fd://{self._inference_descriptor}",
            "workers": 1,
            "worker_class": ServingWorker,
            "threads": settings.threads,
            "keepalive": settings.keepalive_seconds,
            "graceful_timeout": math.ceil(shutdown_seconds) + 1,
            # The liveness probe detects a stuck worker. gunicorn's own heartbeat would kill a worker that holds the
            # interpreter lock while it imports a large library.
            "timeout": 0,
            # It would be a socket in the home folder, which a container with a read-only root cannot write.
            "control_socket_disable": True,
            "preload_app": False,
            "logger_class": _GunicornLogger,
            "loglevel": settings.log_level,
            "proc_name": "model-server",
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application. gunicorn calls it in the worker process."""
        # Imported here, so that the arbiter does not load these modules.
        from model_server.http.admin import create_admin_app, start_admin_server
        from model_server.http.inference import create_inference_app
        from model_server.observability.metrics import Metrics
        from model_server.observability.tracing_setup import start_tracing
        from model_server.serving.lifecycle import Lifecycle

        metrics = Metrics()
        metrics.record_cpu_quota(cpu_quota_cores())
        self.lifecycle = Lifecycle()
        start_admin_server(create_admin_app(self.lifecycle, metrics), self._admin)

        def load_model() -> None:
            from model_server.serving.loader import load_and_warm

            try:
                load_and_warm(self.settings, self.lifecycle, metrics)
            except ModelServerError as error:
                self._give_up(str(error), None)
            except Exception as error:
                self._give_up(f"the model could not be loaded: {type(error).__name__}: {error}", error)

        threading.Thread(target=load_model, name="model-loader", daemon=True).start()
        self.tracing = start_tracing(self.settings, metrics)
        return create_inference_app(self.lifecycle, metrics, self.settings, self.tracing)

    def _give_up(self, reason: str, unexpected: Exception | None) -> None:
        """End the whole server: operators notice a pod that restarts, but not one that waits."""
        self.lifecycle.failed()
        _log.error(reason, exc_info=unexpected)
        write_termination_message(reason)
        logging.shutdown()
        # sys.exit in a background thread would end only that thread.
        os._exit(EXIT_MODEL_NOT_LOADED)


class _GunicornLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """Forwards gunicorn's log records to the server's own log."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.addFilter(_is_informative)


# The arbiter's records after a failed load. The worker has already logged the reason, which must remain the last line.
_ECHOES = (f"exited with code {EXIT_MODEL_NOT_LOADED}", "Shutting down: Master", "Reason: Worker failed to boot")


def _is_informative(record: logging.LogRecord) -> bool:
    return not any(echo in record.getMessage() for echo in _ECHOES)


def _listen(host: str, port: int, key: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=host == "::")
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host} port {port}: {error.strerror}.", f"free the port, or set host or {key}"
        ) from error
