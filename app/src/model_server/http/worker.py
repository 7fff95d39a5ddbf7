"""The gunicorn worker: threads, an orderly end, and JSON where gunicorn itself answers an error."""

import json
import logging
import math
import os
import select
import threading
import time
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from model_server.observability.logs import LOGGER_NAME

_log = logging.getLogger(f"{LOGGER_NAME}.http")

# How long the last spans may take to be sent. The arbiter waits a second longer than drain and grace together.
_FLUSH_SECONDS = (0.5, 2.0)

_STATUS = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
}


class ServingWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """One process, several threads.

    On SIGTERM it goes on accepting for the drain time, since Kubernetes tells proxies about the end of a pod
    at the same moment as the pod itself. Then it takes what still waits in the listen queue, closes the
    port, and ends when the last answer is out.
    """

    _draining = False
    _deadline = math.inf

    def init_process(self) -> None:
        """Run the worker; called by gunicorn in the new process."""
        # The arbiter's patience covers drain and grace; the worker's own begins after the drain.
        self.cfg.set("graceful_timeout", math.ceil(self.app.settings.graceful_timeout_seconds))
        super().init_process()

    def run(self) -> None:
        """Serve until told to end, then leave without the interpreter's tear-down.

        All answers are out. Tear-down would wait for threads that are past the grace time, and can crash in
        TensorFlow's threads.
        """
        super().run()
        least, most = _FLUSH_SECONDS
        self.app.tracing.flush(max(least, min(most, self._deadline - time.monotonic())))
        _log.info("stopped")
        logging.shutdown()
        os._exit(0)

    def handle_exit(self, *_: object) -> None:
        """SIGTERM. Runs between two bytecodes of the main thread, so it only leaves a note."""
        if not self._draining:
            self._draining = True
            self.method_queue.defer(self._begin_drain)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer one request on a connection."""
        conn.sock.settimeout(self.app.settings.request_timeout_seconds)
        if self._draining:
            # The client opens its next connection elsewhere.
            req.force_close()
        return super().handle_request(req, conn)

    def handle_error(self, _req: Any, client: Any, _addr: Any, exc: BaseException) -> None:
        """Answer what never became a request, such as a malformed header."""
        known = isinstance(exc, errors.ParseException)
        default = (400, "Bad Request") if known else (500, "Internal Server Error")
        status, reason = next((value for kind, value in _STATUS.items() if isinstance(exc, kind)), default)
        if known:
            _log.warning("malformed request", extra={"fields": {"status": status, "reason": str(exc)}})
        else:
            _log.error("unexpected error", exc_info=exc)
        text = f"malformed request: {exc}" if known else "internal error"
        body = json.dumps({"error": text}).encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError:
            _log.debug("the client of a malformed request has gone")

    def _begin_drain(self) -> None:
        lifecycle = self.app.lifecycle
        loaded = lifecycle.model is not None
        lifecycle.drain()
        seconds = self.app.settings.drain_seconds if loaded else 0.0
        self._deadline = time.monotonic() + seconds + self.app.settings.graceful_timeout_seconds
        _log.info("draining", extra={"fields": {"seconds": seconds, "connections": self.nr_conns}})
        timer = threading.Timer(seconds, self.method_queue.defer, [self._stop_accepting])
        timer.daemon = True
        timer.start()

    def _stop_accepting(self) -> None:
        """Take every connection that is complete, then close the port; closing it first would reset them."""
        self.set_accept_enabled(False)
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()
        # Connections that never sent anything would otherwise hold the end up for the whole grace time.
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        self.alive = False
