"""The readiness of the canary's pods.

Requests that fail in the mesh reach no server and appear in none of its metrics; unready pods reveal them.
"""

from dataclasses import dataclass, field
from typing import Any

from modelctl.errors import ModelctlError
from modelctl.rollout.process import Program, ProgramError

_TIMEOUT_SECONDS = 30.0
VERSION_LABEL = "version"


@dataclass(frozen=True)
class PodStatus:
    """The pods of one version at one time; `restarts` is keyed by pod name."""

    ready: int
    total: int
    restarts: dict[str, int] = field(default_factory=dict)


class VersionPods:
    """The pods behind a Service that have the label of a version."""

    def __init__(self, kubectl: Program, namespace: str, service: str, version: str) -> None:
        self._kubectl = kubectl
        self._namespace = namespace
        self._service = service
        self._version = version
        self._selector: str | None = None

    def read(self) -> PodStatus:
        """Read readiness and restarts. Raises ModelctlError or TemporaryError."""
        if self._selector is None:
            self._selector = self._find_selector()
        document = self._get("pods", "--selector", self._selector)
        items = document.get("items") if isinstance(document, dict) else None
        if not isinstance(items, list):
            raise ModelctlError("'kubectl get pods' did not print a list.", "check the program that --kubectl names")
        # A terminating pod receives no requests, and its exit is not a crash.
        pods = [pod for pod in items if "deletionTimestamp" not in pod["metadata"]]
        return PodStatus(
            ready=sum(1 for pod in pods if _is_ready(pod)),
            total=len(pods),
            restarts={pod["metadata"]["name"]: _restarts(pod) for pod in pods},
        )

    def _find_selector(self) -> str:
        try:
            service = self._get("service", self._service)
        except ProgramError as error:
            if "NotFound" in error.stderr:
                raise ModelctlError(
                    f"Service '{self._service}', which the release names, not found in namespace '{self._namespace}'.",
                    "install charts/model-server, or correct service.name",
                ) from error
            raise
        selector = (service or {}).get("spec", {}).get("selector")
        if not selector:
            raise ModelctlError(
                f"Service '{self._service}' has no selector, so the canary's pods cannot be found.",
                "set service.name to the Service of charts/model-server",
            )
        # The selector of all versions, narrowed to one.
        labels = {**selector, VERSION_LABEL: self._version}
        return ",".join(f"{key}={value}" for key, value in labels.items())

    def _get(self, *what: str) -> Any:
        return self._kubectl.document(
            "get",
            *what,
            "--namespace",
            self._namespace,
            "-o",
            "json",
            "--request-timeout=20s",
            timeout=_TIMEOUT_SECONDS,
        )


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _restarts(pod: dict[str, Any]) -> int:
    return sum(int(one.get("restartCount", 0)) for one in pod.get("status", {}).get("containerStatuses") or [])
