"""The states of a server, and whether it is ready in each.

loading -> warming -> ready
   \\________\\______-> failed          the process ends with exit code 3
any -> draining                        SIGTERM; a loaded model keeps answering
"""

import threading
from enum import StrEnum

from model_server.serving.model import LoadedModel


class State(StrEnum):
    """A state of the server."""

    LOADING = "loading"
    WARMING = "warming"
    READY = "ready"
    DRAINING = "draining"
    FAILED = "failed"


_NEXT = {
    State.LOADING: {State.WARMING, State.FAILED},
    State.WARMING: {State.READY, State.FAILED},
    State.READY: set[State](),
    State.FAILED: set[State](),
}


class Lifecycle:
    """The current state and, once it is ready, the model. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._phase = State.LOADING
        self._draining = False
        self._model: LoadedModel | None = None

    @property
    def state(self) -> State:
        """The state. Draining takes precedence over the others."""
        return State.DRAINING if self._draining else self._phase

    @property
    def model(self) -> LoadedModel | None:
        """The model, if it can be called: in READY, or in DRAINING after READY."""
        return self._model

    def warming(self) -> None:
        """Enter WARMING: the model is in memory and the first calls start."""
        self._enter(State.WARMING)

    def ready(self, model: LoadedModel) -> None:
        """Enter READY: the model is warm and can be called."""
        with self._lock:
            self._model = model
        self._enter(State.READY)

    def failed(self) -> None:
        """Enter FAILED: the model cannot be served."""
        self._enter(State.FAILED)

    def drain(self) -> None:
        """Enter DRAINING from any state: the server is not ready any more and ends soon."""
        with self._lock:
            self._draining = True

    def not_ready_reason(self) -> str | None:
        """Return why the server should receive no requests; None if it is ready."""
        reasons = {
            State.LOADING: "the model is being loaded",
            State.WARMING: "the model is being warmed up",
            State.DRAINING: "the server is draining, it ends soon",
            State.FAILED: "the model could not be loaded; see the log",
        }
        return reasons.get(self.state)

    def _enter(self, state: State) -> None:
        with self._lock:
            if state not in _NEXT[self._phase]:
                raise RuntimeError(f"a server that is {self._phase} cannot become {state}")
            self._phase = state
