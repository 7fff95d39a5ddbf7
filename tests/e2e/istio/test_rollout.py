"""`modelctl rollout` with real metrics: a good version is promoted, a bad one rolled back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import ApiClient
from pytest_helm_charts.clusters import Cluster

from cluster.console import Console
from cluster.helm import helm
from cluster.lifecycle import Connection
from devkit.workloads import monitoring, port_forward
from devkit.workloads import rollout as commands
from tests.e2e.istio.conftest import NAME, Mesh
from tests.e2e.istio.routes import GATEWAY, HOST
from tests.e2e.lib import namespaces, published
from tests.e2e.lib.client import ROW
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import image_source
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring import failing_model

Record = Callable[[str, object], None]
MONITORING = "e2e-mesh-monitoring"
VALUES = Path(__file__).with_name("prometheus.yaml")
ALL_TO_STABLE = {"1": 100, "2": 0}
METRICS_SECONDS = 120
ROLLOUT_SECONDS = 420
# As fast as a scrape interval of five seconds allows. The latency floor is high because everything shares two cores,
# where a few slow responses must not cause a rollback.
TIMING = (
    "--interval",
    "5",
    "--min-step-time",
    "20",
    "--min-requests",
    "30",
    "--progress-deadline",
    "150",
    "--latency-floor",
    "0.5",
)


@pytest.fixture(scope="module")
def prometheus(connection: Connection, kube_cluster: Cluster, api: ApiClient) -> Iterator[str]:  # noqa: ARG001
    """The URL of a Prometheus that scrapes the servers in the mesh."""
    used = ("prometheus.image", "alertmanager.image", "alertmanager.reloader.image")
    settings = monitoring.load(Console(quiet=True), {key: monitoring.IMAGES[key] for key in used})
    namespaces.make(kube_cluster, api, MONITORING)
    try:
        monitoring.install(settings, MONITORING, VALUES)
        with port_forward.port_forward(MONITORING, "monitoring-prometheus-0", 9090) as address:
            yield address
    finally:
        # The release also has cluster-scoped objects.
        helm("uninstall", monitoring.RELEASE, "--namespace", MONITORING, "--wait", check=False)
        namespaces.delete(api, MONITORING)


@pytest.fixture
def ready(mesh: Mesh, prometheus: str, second_version: Published) -> None:
    """Two good versions with metrics in Prometheus; version 1 receives all traffic."""
    mesh.release.upgrade(image_source(second_version.reference))
    mesh.routes.split(v1=100, v2=0)

    def dry_run_succeeds() -> bool:
        done = rollout(mesh, prometheus, "--dry-run")
        assert done.returncode == 0, done.stderr
        return True

    until("a rollout can start", dry_run_succeeds, METRICS_SECONDS)


def rollout(mesh: Mesh, prometheus: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a rollout from version 1 to 2."""
    line = commands.start(mesh.routes.name, NAME, "iris-sklearn", ("1", "2"), prometheus)
    line += ["--steps", "20,100", *TIMING, *options]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=ROLLOUT_SECONDS)


def weights(mesh: Mesh) -> dict[str, int]:
    """Return the current weights of the release."""
    values: dict[str, Any] = json.loads(
        helm("get", "values", mesh.routes.name, "--namespace", NAME, "--all", "--output", "json")
    )
    return {str(entry["name"]): entry.get("weight", 0) for entry in values["versions"]}


@pytest.mark.usefixtures("ready")
def test_dry_run_changes_nothing(mesh: Mesh, prometheus: str) -> None:
    done = rollout(mesh, prometheus, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert weights(mesh) == ALL_TO_STABLE


@pytest.mark.usefixtures("ready")
def test_good_version_is_promoted_without_a_lost_request(mesh: Mesh, prometheus: str, record_property: Record) -> None:
    with mesh.outside.traffic(GATEWAY, authority=HOST, row=ROW, seconds=ROLLOUT_SECONDS) as traffic:
        done = rollout(mesh, prometheus)
    record_property("measured", traffic.summary())
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert weights(mesh) == {"1": 0, "2": 100}
    traffic.assert_nothing_lost()


@pytest.mark.usefixtures("ready")
def test_bad_version_is_rolled_back(
    mesh: Mesh,
    prometheus: str,
    connection: Connection,
    second_version: Published,
    tmp_path: Path,
    record_property: Record,
) -> None:
    fragile = failing_model.fragile(second_version.at("2"), tmp_path)
    reference = published.publish(connection, fragile, "e2e/fragile-canary").reference
    mesh.release.upgrade(
        {**image_source(second_version.reference), "versions[1].name": "2"}
        | {"versions[0].name": "1", "versions[1].model.source.image.reference": reference}
    )
    with mesh.outside.traffic(GATEWAY, authority=HOST, row=failing_model.BAD, seconds=ROLLOUT_SECONDS) as traffic:
        done = rollout(mesh, prometheus)
    record_property("measured", f"rolled back; {traffic.summary()}")
    assert done.returncode == commands.EXIT_ROLLED_BACK, f"{done.stdout}{done.stderr}"
    assert "errors (5xx)" in json.loads(done.stdout)["reason"]
    assert weights(mesh) == ALL_TO_STABLE
    assert 0 < traffic.failed < traffic.sent / 4, traffic.summary()
