"""The objects of a namespace: the pods of a release with the typed client, and all objects with kubectl."""

from __future__ import annotations

from typing import Any

from kubernetes.client import ApiClient, AppsV1Api, AutoscalingV2Api, CoreV1Api, NetworkingV1Api

from cluster.kubectl import kubectl
from devkit import waiting
from devkit.errors import UserError
from tests.e2e.lib.waiting import PAUSE_SECONDS

# Records about other objects; they expire.
RECORDS = ("events", "events.events.k8s.io", "pods.metrics.k8s.io", "nodes.metrics.k8s.io")
# Created by Istio in every namespace while it is installed.
CREATED_BY_ISTIO = {"configmap/istio-ca-root-cert"}
DISCOVERY_SECONDS = 60


class Objects:
    """The objects of one namespace."""

    def __init__(self, client: ApiClient, namespace: str) -> None:
        self.namespace = namespace
        # In the client's types every field is optional, even those that the API server always sets.
        self.core: Any = CoreV1Api(client)
        self.apps: Any = AppsV1Api(client)
        self.networking: Any = NetworkingV1Api(client)
        self.autoscaling: Any = AutoscalingV2Api(client)

    def pods(self, name: str) -> list[Any]:
        """Return the server pods of a release, including terminating ones."""
        selector = f"app.kubernetes.io/instance={name},app.kubernetes.io/name=model-server"
        return list(self.core.list_namespaced_pod(self.namespace, label_selector=selector).items)

    def pods_of(self, name: str) -> list[Any]:
        """Return the pods of a release's workloads: servers and load balancers, but not its test."""
        pods = self.core.list_namespaced_pod(self.namespace, label_selector=f"app.kubernetes.io/instance={name}").items
        return [pod for pod in pods if pod.metadata.labels.get("app.kubernetes.io/component") != "test"]

    def settled(self, name: str, count: int) -> bool:
        """Return True if the release has exactly ``count`` pods, all ready; fails with their states otherwise."""
        pods = self.pods(name)
        states = {pod.metadata.name: "ready" if is_ready(pod) else pod.status.phase for pod in pods}
        assert len(pods) == count, states
        assert all(is_ready(pod) for pod in pods), states
        return True

    def deployment(self, name: str) -> Any:
        """Return the Deployment of a release."""
        return self.apps.read_namespaced_deployment(f"{name}-model-server", self.namespace)

    def log(self, pod: Any, *, previous: bool = False) -> list[str]:
        """Return the lines of the server's log."""
        text = self.core.read_namespaced_pod_log(
            pod.metadata.name, self.namespace, container="model-server", previous=previous
        )
        return [line for line in text.splitlines() if line.strip()]

    def everything(self) -> set[str]:
        """Return the objects of every kind in the namespace, as ``kind/name``."""
        return _get(_kinds(namespaced=True), "--namespace", self.namespace) - CREATED_BY_ISTIO

    def labelled(self, name: str) -> set[str]:
        """Return the objects with the labels of the release, in the namespace and cluster-scoped ones."""
        selector = f"--selector=app.kubernetes.io/instance={name}"
        inside = _get(_kinds(namespaced=True), "--namespace", self.namespace, selector)
        return inside | _get(_kinds(namespaced=False), selector)


def is_ready(pod: Any) -> bool:
    """Return whether the pod is ready and not terminating."""
    conditions = {condition.type: condition.status for condition in pod.status.conditions or []}
    return conditions.get("Ready") == "True" and pod.metadata.deletion_timestamp is None


def restarts(pod: Any) -> int:
    """Return the number of container restarts of the pod."""
    return sum(int(status.restart_count) for status in pod.status.container_statuses or [])


def _kinds(*, namespaced: bool) -> str:
    command = ("api-resources", "--verbs=list", f"--namespaced={str(namespaced).lower()}", "--output=name")
    # kubectl fails while an aggregated API does not respond, such as that of metrics-server on a busy node.
    listed = waiting.until(
        "every API group responds",
        lambda: kubectl(*command),
        DISCOVERY_SECONDS,
        PAUSE_SECONDS,
        (UserError,),
    )
    return ",".join(kind for kind in listed.split() if kind not in RECORDS)


def _get(kinds: str, *options: str) -> set[str]:
    return set(kubectl("get", kinds, *options, "--output=name", "--ignore-not-found").split())
