"""The installed monitoring stack, and the notifications that it sent."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import pairwise
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
# The namespace of the models.
MODELS = "e2e-monitored"


@dataclass(frozen=True)
class Stack:
    """The release of charts/monitoring in a namespace; `server` is the URL of the API server."""

    namespace: str
    server: str
    core: Any
    settings: tuple[str, ...] = ()

    @staticmethod
    def of(api: ApiClient, server: str, namespace: str, settings: tuple[str, ...]) -> Stack:
        """Return the stack of a namespace; it is not installed yet."""
        return Stack(namespace, server, CoreV1Api(api), settings)

    def upgrade(self, values: dict[str, Any] | None = None) -> None:
        """Install or upgrade the stack with the tests' values, overridden by ``values``, and wait for its pods."""
        monitoring.install(list(self.settings), self.namespace, VALUES, values)
        # The kubelet updates a mounted ConfigMap when it next syncs the pod: within a minute, or when the pod changes.
        for component in ("prometheus", "alertmanager"):
            pod = self.pod(component).metadata.name
            annotation = f"synced-at={time.time_ns()}"
            kubectl("--namespace", self.namespace, "annotate", "pod", pod, annotation, "--overwrite")

    def pod(self, component: str) -> Any:
        """Return the only pod of a component."""
        (found,) = self.pods(component)
        return found

    def pods(self, component: str) -> list[Any]:
        """Return the pods of a component."""
        selector = f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component={component}"
        return list(self.core.list_namespaced_pod(self.namespace, label_selector=selector).items)

    @property
    def prometheus(self) -> Prometheus:
        """A client of Prometheus."""
        return Prometheus(port_forward.pod_url(self.server, self.namespace, f"{FULLNAME}-prometheus-0", 9090))

    @property
    def alertmanager(self) -> str:
        """The URL of Alertmanager."""
        return port_forward.pod_url(self.server, self.namespace, f"{FULLNAME}-alertmanager-0", 9093)

    def longest_gap(self, seconds: int) -> float:
        """Return the longest time between two scrapes of any target in the last ``seconds``."""
        found = self.prometheus.raw_samples(f'up{{job=~"model-server|node-exporter|kube-state-metrics"}}[{seconds}s]')
        assert found
        return max(later - earlier for series in found for earlier, later in pairwise(series.times))

    def notifications(self, alert: str, status: str = "firing") -> list[dict[str, Any]]:
        """Return the notifications of an alert that the webhook received."""
        return [one for one in self._messages(alert) if one["status"] == status]

    def wait_for_notification(
        self, alert: str, seconds: float, status: str = "firing", **labels: str
    ) -> dict[str, Any]:
        """Wait until the last notification of an alert with these labels has this status, and return it.

        An earlier notification with the status does not count: it may be from before the test.
        """

        def last() -> dict[str, Any] | None:
            matching = [one for one in self._messages(alert) if labels.items() <= one["labels"].items()]
            return matching[-1] if matching and matching[-1]["status"] == status else None

        return until(f"a notification of {alert} {labels} arrives as {status}", last, seconds)

    def _messages(self, alert: str) -> list[dict[str, Any]]:
        log = self.core.read_namespaced_pod_log("webhook", self.namespace)
        messages = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        return [one for one in messages if one["labels"]["alertname"] == alert]
