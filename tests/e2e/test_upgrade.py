"""Upgrades from every released chart to the current one under load: no request fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from devkit import paths
from devkit.workloads.models import Example
from tests.e2e.lib.client import ROW, Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release, image_source
from tests.e2e.lib.waiting import until

# Each released chart, with values under keys that were renamed since.
OLD_VALUES: dict[str, dict[str, Any]] = {
    "0.1.0": {"tests": {"enabled": True, "inputData": [ROW]}},
    "0.2.0": {"tests": {"inputData": [ROW]}, "networkPolicy": {"callers": [{"podSelector": {}}]}},
}
PODS = 2
SETTLED_SECONDS = 60


def package(version: str) -> Path:
    return paths.REPOSITORY / "tests" / "charts" / "released" / f"model-server-{version}.tgz"


@pytest.fixture
def old_values(
    version: str, tmp_path: Path, release_of: Callable[[Example], Release], sklearn_model: Published
) -> Path:
    """The example's values for a released chart, with keys that were renamed since."""
    content = yaml.safe_load(release_of(sklearn_model.model.example).values.read_text(encoding="utf-8"))
    content |= {"replicaCount": PODS, **OLD_VALUES[version]}
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def test_every_released_chart_is_upgraded() -> None:
    released = {file.name for file in package("*").parent.glob(package("*").name)}
    assert released == {package(version).name for version in OLD_VALUES}, "add the release to OLD_VALUES"


@pytest.mark.parametrize("version", OLD_VALUES)
def test_upgrade_from_a_release_loses_no_request(
    version: str,
    release_of: Callable[[Example], Release],
    sklearn_model: Published,
    old_values: Path,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    example = release_of(sklearn_model.model.example)
    image = image_source(sklearn_model.reference)
    old = Release(example.name, old_values, example.namespace, str(package(version)), example.digest)
    old.upgrade(image)
    before = objects.deployment(old.name)

    # As UPGRADING.md describes: migrate the file, then upgrade with it.
    command = (sys.executable, "-m", "charttool", "migrate-values", "charts/model-server", str(old_values), "--write")
    subprocess.run(command, cwd=paths.REPOSITORY, check=True)
    new = Release(old.name, old_values, old.namespace, example.chart, old.digest)
    with client.traffic(new.service) as traffic:
        new.upgrade(image)
        until("only the new pods are left", lambda: objects.settled(new.name, PODS), SETTLED_SECONDS)

    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()
    after = objects.deployment(new.name)
    assert after.metadata.uid == before.metadata.uid, "the Deployment was recreated"
    assert after.spec.selector == before.spec.selector
    assert "Succeeded" in new.test()


def test_upgrade_without_changes_restarts_nothing(
    release_of: Callable[[Example], Release], sklearn_model: Published, objects: Objects
) -> None:
    release = release_of(sklearn_model.model.example)
    values = {**image_source(sklearn_model.reference), "replicaCount": str(PODS)}
    release.upgrade(values)
    until("all pods are ready", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
    pods = {pod.metadata.name for pod in objects.pods(release.name)}
    release.upgrade(values)
    assert {pod.metadata.name for pod in objects.pods(release.name)} == pods
