"""The HorizontalPodAutoscaler, with metrics-server and real load."""

from __future__ import annotations

import time
from collections.abc import Callable

from pytest_helm_charts.clusters import Cluster
from pytest_helm_charts.k8s.deployment import wait_for_deployments_to_run

from devkit.workloads.models import Example
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

TARGET_PERCENT = 50
MAX_REPLICAS = 3
# An idle pod stays below this CPU request, and any load exceeds it.
VALUES = {
    "autoscaling.enabled": "true",
    "autoscaling.minReplicas": "1",
    "autoscaling.maxReplicas": str(MAX_REPLICAS),
    "autoscaling.targetCPUUtilizationPercentage": str(TARGET_PERCENT),
    "resources.requests.cpu": "50m",
}
# metrics-server scrapes the nodes every ten seconds and needs two samples; the autoscaler runs every fifteen.
SCALED_SECONDS = 100


def test_scales_up_under_load_without_a_lost_request(
    release_of: Callable[[Example], Release],
    sklearn_model: Published,
    client: Client,
    objects: Objects,
    kube_cluster: Cluster,
    record_property: Callable[[str, object], None],
) -> None:
    release = release_of(sklearn_model.model.example)
    release.upgrade({**image_source(sklearn_model.reference), **VALUES})
    assert objects.settled(release.name, 1)
    started = time.monotonic()

    def utilisation_and_desired() -> tuple[int, int] | None:
        status = objects.autoscaling.read_namespaced_horizontal_pod_autoscaler_status(
            release.service, objects.namespace
        ).status
        for metric in status.current_metrics or []:
            current = metric.container_resource and metric.container_resource.current.average_utilization
            if current and status.desired_replicas > 1:
                return current, status.desired_replicas
        return None

    # The traffic must last longer than all of the waits below.
    with client.traffic(release.service, threads=3, pause=0.002) as traffic:
        utilisation, desired = until("the autoscaler requests more pods", utilisation_and_desired, SCALED_SECONDS)
        seconds = time.monotonic() - started
        # Or more, since the autoscaler may have run again.
        until("the Deployment is scaled", lambda: objects.deployment(release.name).spec.replicas >= desired, 15)
        wait_for_deployments_to_run(kube_cluster.kube_client, [release.service], objects.namespace, 60)
    assert utilisation > TARGET_PERCENT
    assert 1 < desired <= MAX_REPLICAS
    traffic.assert_nothing_lost()
    record_property(
        "measured",
        f"{utilisation} % of the CPU request (target {TARGET_PERCENT} %), from 1 to {desired} pods "
        f"after {seconds:.0f} s of load; {traffic.summary()}",
    )
