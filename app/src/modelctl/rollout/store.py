"""Keeps the state as a ConfigMap. The API server's resourceVersion makes sure that no run writes over another's."""

import json
from dataclasses import dataclass
from typing import Any

from modelctl.errors import ModelctlError
from modelctl.rollout.process import Program, ProgramError
from modelctl.rollout.state import State, from_json, to_json

_TIMEOUT_SECONDS = 30.0
_KEY = "state.json"


@dataclass(frozen=True)
class Held:
    """A state, and which writing of it this is."""

    state: State
    resource_version: str


class ConflictError(ModelctlError):
    """Somebody else has written in between."""


class ConfigMapStore:
    """The ConfigMap `<release>-rollout`."""

    def __init__(self, kubectl: Program, release: str, namespace: str) -> None:
        self._kubectl = kubectl
        self._release = release
        self._namespace = namespace
        self.name = f"{release}-rollout"

    @property
    def shown(self) -> str:
        """The object, for messages."""
        return f"ConfigMap '{self.name}' in namespace '{self._namespace}'"

    def read(self) -> Held | None:
        """What is kept, if anything. Raises ModelctlError or TemporaryError."""
        document = self._call("get", "configmap", self.name, "--ignore-not-found")
        return None if document is None else self._held(document)

    def write(self, state: State, earlier: Held | None) -> Held:
        """Write a state in the place of `earlier`. Raises ConflictError if another is there by now."""
        metadata: dict[str, Any] = {
            "name": self.name,
            "namespace": self._namespace,
            "labels": {"app.kubernetes.io/managed-by": "modelctl", "app.kubernetes.io/component": "rollout"},
        }
        if earlier is not None:
            metadata["resourceVersion"] = earlier.resource_version
        document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {_KEY: to_json(state)}}
        try:
            written = self._call("create" if earlier is None else "replace", "-f", "-", given=json.dumps(document))
        except ProgramError as error:
            if any(f"({reason})" in error.said for reason in ("Conflict", "AlreadyExists", "NotFound")):
                raise ConflictError(
                    f"the {self.shown} was written or removed by somebody else.", "see 'modelctl rollout status'"
                ) from error
            raise
        return self._held(written)

    def _held(self, document: Any) -> Held:
        try:
            text, version = document["data"][_KEY], document["metadata"]["resourceVersion"]
        except (TypeError, KeyError) as error:
            raise ModelctlError(
                f"the {self.shown} is not one of modelctl's.", "delete it, or give it another name"
            ) from error
        state = from_json(text, f"the {self.shown}")
        if (state.plan.release, state.plan.namespace) != (self._release, self._namespace):
            raise ModelctlError(f"the {self.shown} holds the plan of another release.", "delete it")
        return Held(state, version)

    def _call(self, *arguments: str, given: str = "") -> Any:
        return self._kubectl.document(
            *arguments,
            "--namespace",
            self._namespace,
            "-o",
            "json",
            "--request-timeout=20s",
            timeout=_TIMEOUT_SECONDS,
            given=given,
            # A writing that is broken off may have been taken or not.
            finish=bool(given),
        )
