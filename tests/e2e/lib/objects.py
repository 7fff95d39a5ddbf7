"""What is in a namespace: the pods of a release by the typed client, and everything there is by kubectl."""

from __future__ import annotations

from typing import Any

from kubernetes.client import ApiClient, AppsV1Api, AutoscalingV2Api, CoreV1Api, NetworkingV1Api

from cluster.kubectl import kubectl
from devkit import waiting
from devkit.errors import UserError
from tests.e2e.lib.waiting import PAUSE_SECONDS

# Written by the cluster about other objects, and gone by themselves.
RECORDS = ("events", "events.events.k8s.io", "pods.metrics.k8s.io", "nodes.metrics.k8s.io")
# Given by Istio to every namespace, sooner or later, while the tests of the mesh share the session.
GIVEN = {"configmap/istio-ca-root-cert"}
DISCOVERED_SECONDS = 60


class Objects:
    """The view of one namespace."""

    def __init__(self, client: ApiClient, namespace: str) -> None:
        self.namespace = namespace
        # The client's own types allow every field to be missing, also those that the API server always fills in.
        self.core: Any = CoreV1Api(client)
        self.apps: Any = AppsV1Api(client)
        self.networking: Any = NetworkingV1Api(client)
        self.autoscaling: Any = AutoscalingV2Api(client)

    def pods(self, name: str) -> list[Any]:
        """The server's pods of a release, those that are ending included."""
        selector = f"app.kubernetes.io/instance={name},app.kubernetes.io/name=model-server"
        return list(self.core.list_namespaced_pod(self.namespace, label_selector=selector).items)

    def pods_of(self, name: str) -> list[Any]:
        """All pods that a release runs all the time: servers and load balancers, not its test."""
        pods = self.core.list_namespaced_pod(self.namespace, label_selector=f"app.kubernetes.io/instance={name}").items
        return [pod for pod in pods if pod.metadata.labels.get("app.kubernetes.io/component") != "test"]

    def settled(self, name: str, count: int) -> bool:
        """Whether there are exactly so many pods and all are ready: those of before have ended."""
        pods = self.pods(name)
        states = {pod.metadata.name: "ready" if is_ready(pod) else pod.status.phase for pod in pods}
        assert len(pods) == count, states
        assert all(is_ready(pod) for pod in pods), states
        return True

    def deployment(self, name: str) -> Any:
        """The release's Deployment."""
        return self.apps.read_namespaced_deployment(f"{name}-model-server", self.namespace)

    def log(self, pod: Any, *, previous: bool = False) -> list[str]:
        """The lines of the server's log."""
        text = self.core.read_namespaced_pod_log(
            pod.metadata.name, self.namespace, container="model-server", previous=previous
        )
        return [line for line in text.splitlines() if line.strip()]

    def everything(self) -> set[str]:
        """Every object in the namespace, of every kind that the API server knows, as ``kind/name``."""
        return _get(_kinds(namespaced=True), "--namespace", self.namespace) - GIVEN

    def labelled(self, name: str) -> set[str]:
        """Every object, in the namespace or in none, that says it belongs to the release."""
        selector = f"--selector=app.kubernetes.io/instance={name}"
        inside = _get(_kinds(namespaced=True), "--namespace", self.namespace, selector)
        return inside | _get(_kinds(namespaced=False), selector)


def is_ready(pod: Any) -> bool:
    """Whether the pod is in its Service: ready, and not about to end."""
    conditions = {condition.type: condition.status for condition in pod.status.conditions or []}
    return conditions.get("Ready") == "True" and pod.metadata.deletion_timestamp is None


def restarts(pod: Any) -> int:
    """How often containers of the pod were started again."""
    return sum(int(status.restart_count) for status in pod.status.container_statuses or [])


def _kinds(*, namespaced: bool) -> str:
    command = ("api-resources", "--verbs=list", f"--namespaced={str(namespaced).lower()}", "--output=name")
    # kubectl fails while a group that a pod serves has no answer, such as metrics-server's on a busy node.
    listed = waiting.until(
        "every group of the API is listed",
        lambda: kubectl(*command),
        DISCOVERED_SECONDS,
        PAUSE_SECONDS,
        (UserError,),
    )
    return ",".join(kind for kind in listed.split() if kind not in RECORDS)


def _get(kinds: str, *options: str) -> set[str]:
    return set(kubectl("get", kinds, *options, "--output=name", "--ignore-not-found").split())
