"""Autoscaling by a metric of the model server, through Prometheus and the custom metrics API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cluster.kubectl import kubectl
from devkit import paths
from devkit.workloads import serving
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring.conftest import Models
from tests.e2e.monitoring.stack import MODELS, Stack

API = f"/apis/custom.metrics.k8s.io/v1beta1/namespaces/{MODELS}/pods/*/model_server_requests_per_second"
EXAMPLE = "examples/values/scaled-by-requests.yaml"


def test_api_has_the_metric_of_every_pod(settled: Stack, models: Models) -> None:
    assert settled

    def metrics() -> list[Any]:
        answer = kubectl("get", "--raw", API, check=False)
        items: list[Any] = json.loads(answer)["items"] if answer.startswith("{") else []
        return items if len(items) >= 2 else []

    found = until("the API has metrics", metrics, 90)
    names = {item["describedObject"]["name"] for item in found}
    assert {pod.metadata.name for pod in models.objects.pods(models.release.name)} <= names


def test_scales_up_with_requests(
    settled: Stack,
    models: Models,
    sklearn_model: Published,
    server_digest: str,
    record_property: Callable[[str, object], None],
) -> None:
    assert settled
    values = paths.REPOSITORY / EXAMPLE
    scaled = Release("scaled", values, MODELS, str(serving.CHART), server_digest)
    autoscaling = models.objects.autoscaling

    def current() -> Any:
        return autoscaling.read_namespaced_horizontal_pod_autoscaler_status(scaled.service, MODELS).status

    def scaled_up() -> Any:
        status = current()
        # Both from one status: the next one may have no metric and an unchanged number of pods.
        return status if status.desired_replicas > 1 and status.current_metrics else None

    try:
        scaled.upgrade({**image_source(sklearn_model.reference), "autoscaling.minReplicas": "1"})
        until("the autoscaler reads the metric", lambda: current().desired_replicas == 1, 90)
        with models.client.traffic(scaled.service, threads=4, pause=0.005, seconds=200) as traffic:
            desired = until("the autoscaler requests more pods", scaled_up, 150)
        traffic.assert_nothing_lost()
    finally:
        scaled.uninstall()
    rate = desired.current_metrics[0].pods.current.average_value
    record_property("measured", f"{rate} requests a second and pod: {desired.desired_replicas} pods requested")
