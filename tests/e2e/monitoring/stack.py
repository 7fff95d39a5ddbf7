"""The installed stack, and what it has told the outside world."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, CoreV1Api

from cluster.kubectl import kubectl
from devkit.prometheus import Prometheus
from devkit.workloads import monitoring, port_forward
from devkit.workloads.monitoring import RELEASE
from tests.e2e.lib.waiting import until

VALUES = Path(__file__).with_name("values.yaml")
FULLNAME = "monitoring"
# Where the models are that the tests here ask.
MODELS = "e2e-monitored"


@dataclass(frozen=True)
class Stack:
    """The release of charts/monitoring in a namespace; `server` is the way to the API server."""

    namespace: str
    server: str
    core: Any
    settings: tuple[str, ...] = ()

    @staticmethod
    def of(api: ApiClient, server: str, namespace: str, settings: tuple[str, ...]) -> Stack:
        """The stack of a namespace, not yet installed."""
        return Stack(namespace, server, CoreV1Api(api), settings)

    def upgrade(self, values: dict[str, Any] | None = None) -> None:
        """Install, or upgrade to the tests' values and these beside them, and wait until all pods are ready."""
        monitoring.install(list(self.settings), self.namespace, VALUES, values)
        # The kubelet brings a changed ConfigMap when it next looks at the pod: after a minute, or when the pod changes.
        for component in ("prometheus", "alertmanager"):
            pod = self.pod(component).metadata.name
            hurry = f"hurried-at={time.time_ns()}"
            kubectl("--namespace", self.namespace, "annotate", "pod", pod, hurry, "--overwrite")

    def pod(self, component: str) -> Any:
        """The one pod of a component."""
        (found,) = self.pods(component)
        return found

    def pods(self, component: str) -> list[Any]:
        """All pods of a component."""
        selector = f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component={component}"
        return list(self.core.list_namespaced_pod(self.namespace, label_selector=selector).items)

    @property
    def prometheus(self) -> Prometheus:
        """Prometheus' API."""
        return Prometheus(port_forward.pod_url(self.server, self.namespace, f"{FULLNAME}-prometheus-0", 9090))

    @property
    def alertmanager(self) -> str:
        """Where Alertmanager's API is."""
        return port_forward.pod_url(self.server, self.namespace, f"{FULLNAME}-alertmanager-0", 9093)

    def told(self, alert: str, status: str = "firing") -> list[dict[str, Any]]:
        """What the webhook was told of an alert."""
        return [one for one in self._messages(alert) if one["status"] == status]

    def arrived(self, alert: str, seconds: float, status: str = "firing", **labels: str) -> dict[str, Any]:
        """The last message about an alert with these labels, once it has this status.

        Not just any message with the status: one of an earlier time says nothing of what a test has done.
        """

        def told() -> dict[str, Any] | None:
            fitting = [one for one in self._messages(alert) if labels.items() <= one["labels"].items()]
            return fitting[-1] if fitting and fitting[-1]["status"] == status else None

        return until(f"{alert} {labels} arrives as {status}", told, seconds)

    def _messages(self, alert: str) -> list[dict[str, Any]]:
        log = self.core.read_namespaced_pod_log("webhook", self.namespace)
        messages = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        return [one for one in messages if one["labels"]["alertname"] == alert]
