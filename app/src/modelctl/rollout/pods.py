"""The pods of the canary: requests that never reach a server are in no metric, but a pod that is not ready is seen."""

from dataclasses import dataclass, field
from typing import Any

from modelctl.errors import ModelctlError
from modelctl.rollout.process import Program, ProgramError

_LOOK_SECONDS = 30.0
VERSION_LABEL = "version"


@dataclass(frozen=True)
class PodsSeen:
    """Pods of one version at one time; `restarts` by the name of the pod."""

    ready: int
    total: int
    restarts: dict[str, int] = field(default_factory=dict)


class VersionPods:
    """The pods behind a Service that carry a version's label."""

    def __init__(self, kubectl: Program, namespace: str, service: str, version: str) -> None:
        self._kubectl = kubectl
        self._namespace = namespace
        self._service = service
        self._version = version
        self._selector: str | None = None

    def look(self) -> PodsSeen:
        """Which there are. Raises ModelctlError or TemporaryError."""
        if self._selector is None:
            self._selector = self._find_selector()
        document = self._get("pods", "--selector", self._selector)
        items = document.get("items") if isinstance(document, dict) else None
        if not isinstance(items, list):
            raise ModelctlError("'kubectl get pods' gives no list.", "name the right program with --kubectl")
        # A pod that is about to end is no canary any more, and its end no crash.
        pods = [pod for pod in items if "deletionTimestamp" not in pod["metadata"]]
        return PodsSeen(
            ready=sum(1 for pod in pods if _is_ready(pod)),
            total=len(pods),
            restarts={pod["metadata"]["name"]: _restarts(pod) for pod in pods},
        )

    def _find_selector(self) -> str:
        try:
            service = self._get("service", self._service)
        except ProgramError as error:
            if "NotFound" in error.said:
                raise ModelctlError(
                    f"there is no Service '{self._service}' in namespace '{self._namespace}', which the release names.",
                    "install charts/model-server, or correct service.name",
                ) from error
            raise
        selector = (service or {}).get("spec", {}).get("selector")
        if not selector:
            raise ModelctlError(
                f"the Service '{self._service}' selects no pods, so the canary's cannot be found.",
                "name the Service of charts/model-server as service.name",
            )
        # The Service of all versions may be narrowed to one of them.
        labels = {**selector, VERSION_LABEL: self._version}
        return ",".join(f"{key}={value}" for key, value in labels.items())

    def _get(self, *what: str) -> Any:
        return self._kubectl.document(
            "get", *what, "--namespace", self._namespace, "-o", "json", "--request-timeout=20s", timeout=_LOOK_SECONDS
        )


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _restarts(pod: dict[str, Any]) -> int:
    return sum(int(one.get("restartCount", 0)) for one in pod.get("status", {}).get("containerStatuses") or [])
