"""Store the state in a ConfigMap. The API server's resourceVersion rejects a write based on an outdated state."""

import json
from dataclasses import dataclass
from typing import Any

from modelctl.errors import ModelctlError
from modelctl.rollout.machine import RolloutState
from modelctl.rollout.process import Program, ProgramError
from modelctl.rollout.serialization import from_json, to_json

_TIMEOUT_SECONDS = 30.0
_KEY = "state.json"


@dataclass(frozen=True)
class StoredState:
    """A state, and the resourceVersion of the object that holds it."""

    state: RolloutState
    resource_version: str


class ConflictError(ModelctlError):
    """Another process has written in between."""


class ConfigMapStore:
    """The ConfigMap `<release>-rollout`."""

    def __init__(self, kubectl: Program, release: str, namespace: str) -> None:
        self._kubectl = kubectl
        self._release = release
        self._namespace = namespace
        self.name = f"{release}-rollout"

    @property
    def description(self) -> str:
        """The ConfigMap, for messages."""
        return f"ConfigMap '{self.name}' in namespace '{self._namespace}'"

    def read(self) -> StoredState | None:
        """Read the stored state, or None. Raises ModelctlError or TemporaryError."""
        document = self._call("get", "configmap", self.name, "--ignore-not-found")
        return None if document is None else self._stored(document)

    def write(self, state: RolloutState, previous: StoredState | None) -> StoredState:
        """Replace `previous`. Raises ConflictError if another state is stored by now."""
        metadata: dict[str, Any] = {
            "name": self.name,
            "namespace": self._namespace,
            "labels": {"app.kubernetes.io/managed-by": "modelctl", "app.kubernetes.io/component": "rollout"},
        }
        if previous is not None:
            metadata["resourceVersion"] = previous.resource_version
        document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {_KEY: to_json(state)}}
        try:
            written = self._call("create" if previous is None else "replace", "-f", "-", stdin=json.dumps(document))
        except ProgramError as error:
            if any(f"({reason})" in error.stderr for reason in ("Conflict", "AlreadyExists", "NotFound")):
                raise ConflictError(
                    f"another process changed or deleted the {self.description}.", "see 'modelctl rollout status'"
                ) from error
            raise
        return self._stored(written)

    def _stored(self, document: Any) -> StoredState:
        try:
            text, version = document["data"][_KEY], document["metadata"]["resourceVersion"]
        except (TypeError, KeyError) as error:
            raise ModelctlError(
                f"the {self.description} was not written by modelctl.", "rename or delete it"
            ) from error
        state = from_json(text, f"the {self.description}")
        if (state.plan.release, state.plan.namespace) != (self._release, self._namespace):
            raise ModelctlError(f"the {self.description} holds the plan of another release.", "delete it")
        return StoredState(state, version)

    def _call(self, *arguments: str, stdin: str = "") -> Any:
        return self._kubectl.document(
            *arguments,
            "--namespace",
            self._namespace,
            "-o",
            "json",
            "--request-timeout=20s",
            timeout=_TIMEOUT_SECONDS,
            stdin=stdin,
            # The outcome of an interrupted write would be unknown.
            finish=bool(stdin),
        )
