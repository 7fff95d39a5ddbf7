"""`modelctl rollout` on real figures: a good version gets all requests, a bad one none."""

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
FIGURES = "e2e-mesh-figures"
VALUES = Path(__file__).with_name("prometheus.yaml")
ALL_TO_THE_OLD = {"1": 100, "2": 0}
KNOWN_SECONDS = 120
ROLLOUT_SECONDS = 420
# As short as scrapes of five seconds allow. What is shown are errors: on two cores that all share, a few slow answers
# are no reason to roll back.
PACE = (
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
    """The address of a Prometheus that reads the figures of the mesh's servers."""
    used = ("prometheus.image", "alertmanager.image", "alertmanager.reloader.image")
    settings = monitoring.load(Console(quiet=True), {key: monitoring.IMAGES[key] for key in used})
    namespaces.make(kube_cluster, api, FIGURES)
    try:
        monitoring.install(settings, FIGURES, VALUES)
        with port_forward.port_forward(FIGURES, "monitoring-prometheus-0", 9090) as address:
            yield address
    finally:
        # Not all of it is in the namespace.
        helm("uninstall", monitoring.RELEASE, "--namespace", FIGURES, "--wait", check=False)
        namespaces.delete(api, FIGURES)


@pytest.fixture
def ready(mesh: Mesh, prometheus: str, second_version: Published) -> None:
    """Both versions good, all requests to the first, and both known to Prometheus."""
    mesh.release.upgrade(image_source(second_version.reference))
    mesh.routes.split(v1=100, v2=0)

    def known() -> bool:
        done = rollout(mesh, prometheus, "--dry-run")
        assert done.returncode == 0, done.stderr
        return True

    until("a rollout could begin", known, KNOWN_SECONDS)


def rollout(mesh: Mesh, prometheus: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Start one from version 1 to 2, and wait for its end."""
    line = commands.start(mesh.routes.name, NAME, "iris-sklearn", ("1", "2"), prometheus)
    line += ["--steps", "20,100", *PACE, *options]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=ROLLOUT_SECONDS)


def weights(mesh: Mesh) -> dict[str, int]:
    """What the release says now."""
    said: dict[str, Any] = json.loads(
        helm("get", "values", mesh.routes.name, "--namespace", NAME, "--all", "--output", "json")
    )
    return {str(entry["name"]): entry.get("weight", 0) for entry in said["versions"]}


@pytest.mark.usefixtures("ready")
def test_a_dry_run_shows_the_plan_and_changes_nothing(mesh: Mesh, prometheus: str) -> None:
    done = rollout(mesh, prometheus, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert weights(mesh) == ALL_TO_THE_OLD


@pytest.mark.usefixtures("ready")
def test_a_good_version_gets_all_requests_and_none_is_lost(
    mesh: Mesh, prometheus: str, record_property: Record
) -> None:
    with mesh.outside.traffic(GATEWAY, authority=HOST, row=ROW, seconds=ROLLOUT_SECONDS) as traffic:
        done = rollout(mesh, prometheus)
    record_property("measured", traffic.summary())
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert weights(mesh) == {"1": 0, "2": 100}
    traffic.assert_nothing_lost()


@pytest.mark.usefixtures("ready")
def test_a_bad_version_is_rolled_back(
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
    assert weights(mesh) == ALL_TO_THE_OLD
    assert 0 < traffic.failed < traffic.sent / 4, traffic.summary()
