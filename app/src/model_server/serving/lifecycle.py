"""The states a server goes through, and what each means for readiness.

loading -> warming -> ready
   \\________\\______-> failed          the process ends with exit code 3
any -> draining                        SIGTERM; a loaded model goes on answering
"""

import threading
from enum import StrEnum

from model_server.serving.model import LoadedModel


class State(StrEnum):
    """Where the server is in its life."""

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
    """The current state and, once it is ready, the model. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._phase = State.LOADING
        self._draining = False
        self._model: LoadedModel | None = None

    @property
    def state(self) -> State:
        """The state; draining hides the others."""
        return State.DRAINING if self._draining else self._phase

    @property
    def model(self) -> LoadedModel | None:
        """The model, if it may be asked: ready, or draining after having been ready."""
        return self._model

    def warming(self) -> None:
        """The model is in memory; its first calls begin."""
        self._enter(State.WARMING)

    def ready(self, model: LoadedModel) -> None:
        """The model is warm and may be asked from now on."""
        with self._lock:
            self._model = model
        self._enter(State.READY)

    def failed(self) -> None:
        """The model cannot be served."""
        self._enter(State.FAILED)

    def drain(self) -> None:
        """The server is to end: not ready any more, whatever it was."""
        with self._lock:
            self._draining = True

    def not_ready_reason(self) -> str | None:
        """Why no requests should be sent here; None when they should."""
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
