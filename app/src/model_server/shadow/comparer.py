"""Compares a shadow's answers with the stable version's, behind the back of whoever is answered.

One thread asks, one call at a time. What it has not come to is kept in a queue that is short in requests and in bytes;
what does not fit is counted and forgotten, and so is the rest when the process ends.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from model_server.observability.logs import LOGGER_NAME, LogThrottle
from model_server.observability.metrics import Metrics
from model_server.shadow.detection import COMPARED_BY_HEADER, HEADER
from model_server.shadow.diff import ShapeError, disagreeing_rows, read_prediction
from model_server.shadow.stable_client import RefusedError, StableClient, TooLargeError, UnreachableError

_log = logging.getLogger(f"{LOGGER_NAME}.shadow")

_MOST_WAITING = 100
_MOST_WAITING_BYTES = 8 * 1024 * 1024

# Numbers are written with more digits, classes have longer names: but no answer to the same rows is that much larger.
_TIMES_LARGER = 4
_LARGER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Shadow:
    """A shadow that was answered: what it was asked, what it said, and which trace it belongs to.

    `classifies`: the answers are classes, or vectors of their probabilities.
    """

    model: str
    version: str
    path: str
    body: bytes
    answer: bytes
    classifies: bool
    trace_headers: Mapping[str, str]

    @property
    def size(self) -> int:
        """Bytes that it holds while it waits."""
        return len(self.body) + len(self.answer)


class Comparer:
    """Takes shadows, and compares some of them."""

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
        self._waiting: deque[Shadow] = deque()
        self._waiting_bytes = 0
        self._change = threading.Condition()
        threading.Thread(target=self._run, name="shadow-comparer", daemon=True).start()

    def take(self, shadow: Shadow) -> None:
        """Take a shadow, if it is one to compare. Never waits for the network, and never raises."""
        if self._draw() >= self._ratio:
            return
        with self._change:
            fits = len(self._waiting) < _MOST_WAITING and self._waiting_bytes + shadow.size <= _MOST_WAITING_BYTES
            if fits:
                self._waiting.append(shadow)
                self._waiting_bytes += shadow.size
                self._change.notify()
        if not fits:
            self._drop(shadow, "queue", "comparisons take longer than shadows come; lower shadow_ratio")

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: bool(self._waiting))
                shadow = self._waiting.popleft()
                self._waiting_bytes -= shadow.size
            self._compare(shadow)

    def _compare(self, shadow: Shadow) -> None:
        try:
            ours = read_prediction(shadow.answer)
            theirs = read_prediction(self._ask(shadow))
            differing = disagreeing_rows(ours, theirs, shadow.classifies, self._tolerance)
        except UnreachableError as error:
            self._drop(shadow, "unreachable", str(error))
        except RefusedError as error:
            self._drop(shadow, "refused", str(error))
        except TooLargeError:
            self._drop(shadow, "shape", "the answer is much larger than the shadow's")
        except ShapeError as error:
            self._drop(shadow, "shape", str(error))
        except Exception:
            # Whatever it is, the next shadow is compared again.
            _log.exception("a shadow could not be compared")
            self._metrics.shadow_comparisons_dropped.labels(shadow.model, shadow.version, "shape").inc()
        else:
            labels = (shadow.model, shadow.version)
            # In this order, so that a scrape in between never sees more rows that differ than there were.
            self._metrics.shadow_compared_rows.labels(*labels).inc(len(ours))
            self._metrics.shadow_disagreeing_rows.labels(*labels).inc(differing)

    def _ask(self, shadow: Shadow) -> bytes:
        headers = {
            "Content-Type": "application/json",
            HEADER: "true",
            COMPARED_BY_HEADER: f"{shadow.model}/{shadow.version}",
            **shadow.trace_headers,
        }
        most = _TIMES_LARGER * len(shadow.answer) + _LARGER_BYTES
        return self._stable.ask(shadow.path, shadow.body, headers, most)

    def _drop(self, shadow: Shadow, reason: str, why: str) -> None:
        self._metrics.shadow_comparisons_dropped.labels(shadow.model, shadow.version, reason).inc()
        if self._throttle.is_due():
            _log.warning("shadow not compared", extra={"fields": {"reason": reason, "why": why[:200]}})
