"""The gunicorn worker: request threads, graceful shutdown, and JSON for the errors that gunicorn itself answers.

Shutdown is a sequence without branches. Every transition runs on the main thread, which owns the poller and all
connections that are not inside a request:

    state     enters on                     /readyz  new connections  responses   leaves after
    SERVING   start                         200      accepted         keep-alive  SIGTERM
    DRAINING  `_begin_drain`                503      accepted         close       drain_seconds; at once without a model
    CLOSING   `_stop_accepting`             503      backlog only     close       the backlog is empty, the port closed
    GRACE     `alive = False`               503      refused          close       the last response is sent, or
                                                                                  graceful_timeout_seconds
    FLUSHING  `run` after `super().run()`   -        refused          -           the spans are sent, 0.5 to 2 seconds
    (exit 0)  `os._exit`

* DRAINING exists because Kubernetes notifies proxies of the end of a pod at the same time as the pod. Until they have
  reacted, they open connections here, and refusing one is an error for a caller.
* CLOSING empties the listen backlog before it closes the port: the kernel resets connections that it has completed but
  that no process has accepted.
* The arbiter has its own timeout, one second longer than drain and grace together, and kills the worker after it.
* A second SIGTERM has no effect.
"""

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

# The minimum and maximum time for the last spans. The arbiter waits one second longer than drain and grace together.
_FLUSH_SECONDS = (0.5, 2.0)

_STATUS = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
}


class ServingWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """A threaded worker with the shutdown sequence that the module describes."""

    _draining = False
    _deadline = math.inf

    def init_process(self) -> None:
        """Run the worker; called by gunicorn in the new process."""
        # The arbiter's timeout covers drain and grace. The worker's own starts after the drain.
        self.cfg.set("graceful_timeout", math.ceil(self.app.settings.graceful_timeout_seconds))
        super().init_process()

    def run(self) -> None:
        """Serve until shutdown, then exit without the interpreter's finalization.

        All responses are sent by then. Finalization would wait for threads that have exceeded the grace time, and can
        crash in TensorFlow's threads.
        """
        super().run()
        least, most = _FLUSH_SECONDS
        self.app.tracing.flush(max(least, min(most, self._deadline - time.monotonic())))
        _log.info("stopped")
        logging.shutdown()
        os._exit(0)

    def handle_exit(self, *_: object) -> None:
        """Handle SIGTERM.

        The handler interrupts the main thread between two bytecodes, where it may hold any lock. It therefore only
        defers the work: the queue wakes the poller through a pipe.
        """
        if not self._draining:
            self._draining = True
            self.method_queue.defer(self._begin_drain)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer one request on a connection."""
        conn.sock.settimeout(self.app.settings.request_timeout_seconds)
        if self._draining:
            # Read without a lock: a request that just misses the flag keeps its connection until the next response.
            # The client opens its next connection to another pod.
            req.force_close()
        return super().handle_request(req, conn)

    def handle_error(self, _req: Any, client: Any, _addr: Any, exc: BaseException) -> None:
        """Answer what did not become a request, such as a malformed header."""
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
        # Without a model there is nothing to drain: a pod that is deleted while it loads ends at once.
        loaded = lifecycle.model is not None
        lifecycle.drain()
        seconds = self.app.settings.drain_seconds if loaded else 0.0
        self._deadline = time.monotonic() + seconds + self.app.settings.graceful_timeout_seconds
        _log.info("draining", extra={"fields": {"seconds": seconds, "connections": self.nr_conns}})
        # The timer thread only defers, so that `_stop_accepting` runs on the thread that owns the poller.
        timer = threading.Timer(seconds, self.method_queue.defer, [self._stop_accepting])
        timer.daemon = True
        timer.start()

    def _stop_accepting(self) -> None:
        """Accept the complete connections of the backlog, then close the port. Closing it first would reset them."""
        self.set_accept_enabled(False)
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()
        # Connections that have not sent a request would otherwise delay the exit for the whole grace time.
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        self.alive = False
