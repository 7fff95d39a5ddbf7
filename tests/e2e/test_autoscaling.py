"""The autoscaler, with real figures of metrics-server and real load."""

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
MOST = 3
# One request for CPU is enough for a pod at rest, and is exceeded by any load worth the name.
VALUES = {
    "autoscaling.enabled": "true",
    "autoscaling.minReplicas": "1",
    "autoscaling.maxReplicas": str(MOST),
    "autoscaling.targetCPUUtilizationPercentage": str(TARGET_PERCENT),
    "resources.requests.cpu": "50m",
}
# metrics-server asks the nodes every ten seconds and needs two answers; the autoscaler looks every fifteen.
SCALED_SECONDS = 100


def test_load_makes_the_autoscaler_add_pods_and_no_request_is_lost(
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

    # For longer than all that is waited for below: traffic that ends by itself proves nothing of what comes after.
    with client.traffic(release.service, threads=3, pause=0.002) as traffic:
        utilisation, desired = until("the autoscaler wants more pods", utilisation_and_desired, SCALED_SECONDS)
        seconds = time.monotonic() - started
        # Or more: the autoscaler may have looked again meanwhile.
        until("the Deployment has them", lambda: objects.deployment(release.name).spec.replicas >= desired, 15)
        wait_for_deployments_to_run(kube_cluster.kube_client, [release.service], objects.namespace, 60)
    assert utilisation > TARGET_PERCENT
    assert 1 < desired <= MOST
    traffic.assert_nothing_lost()
    record_property(
        "measured",
        f"{utilisation} % of the CPU request (target {TARGET_PERCENT} %), from 1 to {desired} pods "
        f"after {seconds:.0f} s of load; {traffic.summary()}",
    )
