"""Compares the answers to shadow requests with the stable version's, without delaying any response.

One thread calls the stable version, one request at a time. The queue of waiting shadows is bounded in entries and in
bytes. Shadows that do not fit are counted and dropped, and so is the queue when the process ends.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from model_server.observability.logs import LOGGER_NAME, LogThrottle
from model_server.observability.metrics import Metrics
from model_server.protocols.base import Protocol, ShapeError
from model_server.shadow.detection import COMPARED_BY_HEADER, HEADER
from model_server.shadow.diff import disagreeing_rows
from model_server.shadow.stable_client import RefusedError, StableClient, TooLargeError, UnreachableError

_log = logging.getLogger(f"{LOGGER_NAME}.shadow")

_QUEUE_ENTRIES = 100
_QUEUE_BYTES = 8 * 1024 * 1024

# The stable version may write more digits or have longer class names, but a comparable answer is not much larger.
_ANSWER_SIZE_FACTOR = 4
_ANSWER_SIZE_SLACK = 64 * 1024


@dataclass(frozen=True)
class Shadow:
    """An answered shadow request: both bodies and the trace that it belongs to.

    `classifies` says that the answers are classes or vectors of their probabilities.
    """

    protocol: Protocol
    model: str
    version: str
    path: str
    body: bytes
    answer: bytes
    classifies: bool
    trace_headers: Mapping[str, str]

    @property
    def size(self) -> int:
        """Bytes held while the shadow waits."""
        return len(self.body) + len(self.answer)


class Comparer:
    """Samples shadows and compares them in the background."""

    def __init__(
        self,
        stable: StableClient,
        ratio: float,
        tolerance: float,
        metrics: Metrics,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._stable = stable
        self._ratio = ratio
        self._tolerance = tolerance
        self._metrics = metrics
        self._draw = draw
        self._throttle = LogThrottle()
        self._queue: deque[Shadow] = deque()
        self._queue_bytes = 0
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="shadow-comparer", daemon=True).start()

    def submit(self, shadow: Shadow) -> None:
        """Queue a shadow if the sampling selects it. Never blocks on the network and never raises."""
        if self._draw() >= self._ratio:
            return
        with self._changed:
            fits = len(self._queue) < _QUEUE_ENTRIES and self._queue_bytes + shadow.size <= _QUEUE_BYTES
            if fits:
                self._queue.append(shadow)
                self._queue_bytes += shadow.size
                self._changed.notify()
        if not fits:
            self._drop(shadow, "queue", "comparisons are slower than shadow requests arrive; lower shadow_ratio")

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._queue))
                shadow = self._queue.popleft()
                self._queue_bytes -= shadow.size
            self._compare(shadow)

    def _compare(self, shadow: Shadow) -> None:
        try:
            ours = shadow.protocol.decode_answer(shadow.answer)
            theirs = shadow.protocol.decode_answer(self._ask_stable(shadow))
            differing = disagreeing_rows(ours, theirs, shadow.classifies, self._tolerance)
        except UnreachableError as error:
            self._drop(shadow, "unreachable", str(error))
        except RefusedError as error:
            self._drop(shadow, "refused", str(error))
        except TooLargeError:
            self._drop(shadow, "shape", "the stable version's answer is much larger than the shadow's")
        except ShapeError as error:
            self._drop(shadow, "shape", str(error))
        except Exception:
            # The thread must survive any defect: the next shadow is compared again.
            _log.exception("a shadow could not be compared")
            self._metrics.shadow_comparisons_dropped.labels(shadow.model, shadow.version, "shape").inc()
        else:
            labels = (shadow.model, shadow.version)
            # In this order: a scrape between the two lines must not see more disagreeing than compared rows.
            self._metrics.shadow_compared_rows.labels(*labels).inc(len(ours))
            self._metrics.shadow_disagreeing_rows.labels(*labels).inc(differing)

    def _ask_stable(self, shadow: Shadow) -> bytes:
        headers = {
            "Content-Type": "application/json",
            HEADER: "true",
            COMPARED_BY_HEADER: f"{shadow.model}/{shadow.version}",
            **shadow.trace_headers,
        }
        max_bytes = _ANSWER_SIZE_FACTOR * len(shadow.answer) + _ANSWER_SIZE_SLACK
        return self._stable.post(shadow.path, shadow.body, headers, max_bytes)

    def _drop(self, shadow: Shadow, reason: str, why: str) -> None:
        self._metrics.shadow_comparisons_dropped.labels(shadow.model, shadow.version, reason).inc()
        if self._throttle.is_due():
            _log.warning("shadow not compared", extra={"fields": {"reason": reason, "why": why[:200]}})
