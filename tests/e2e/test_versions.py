"""Several versions in one release under load: adding one, switching between them, and removing one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import yaml

from devkit.workloads.models import Example
from tests.e2e.lib.client import ROW, Client, Traffic
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import Release
from tests.e2e.lib.waiting import until

SETTLED_SECONDS = 60
SHIFT_SECONDS = 15
# Without versions, the release serves the newest version of its repository, which is 2.
ONE = {"replicaCount": "1"}
SERVED, OTHER = "2", "1"
KEPT = {**ONE, "versions[0].name": SERVED, "keepUnversioned": "true"}
BOTH = {**ONE, "versions[0].name": SERVED, "versions[1].name": OTHER}


@pytest.fixture(scope="module")
def release(
    release_of: Callable[[Example], Release],
    second_version: Published,
    client: Client,
    tmp_path_factory: pytest.TempPathFactory,
) -> Release:
    """A release without versions, whose image contains two."""
    example = release_of(second_version.model.example)
    content = yaml.safe_load(example.values.read_text(encoding="utf-8"))
    content["model"]["source"] = {"image": {"reference": second_version.reference}}
    file = tmp_path_factory.mktemp("values") / "values.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    first = Release(example.name, file, example.namespace, example.chart, example.digest)
    first.upgrade(ONE)
    assert client.predict(first.url, [ROW]).version == SERVED
    return first


@contextmanager
def nothing_lost(client: Client, release: Release, record: Callable[[str, object], None]) -> Iterator[Traffic]:
    """Traffic while the body runs; every request must be answered."""
    with client.traffic(release.service) as traffic:
        yield traffic
    record("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_adding_versions_in_two_steps_loses_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade(KEPT)
        release.upgrade({**BOTH, "service.version": SERVED})
        until("the pods without a version have ended", lambda: objects.settled(release.name, 2), SETTLED_SECONDS)
    assert set(traffic.versions) == {SERVED}
    for version in (SERVED, OTHER):
        assert client.predict(f"{release.url}-{version}", [ROW]).version == version


def test_switching_the_version_restarts_no_pod(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    before = {pod.metadata.name for pod in objects.pods(release.name)}
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade({**BOTH, "service.version": OTHER})
        until_served(client, release, OTHER)
    assert set(traffic.versions) == {SERVED, OTHER}
    assert {pod.metadata.name for pod in objects.pods(release.name)} == before


def test_rollback_switches_back(
    release: Release, client: Client, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.rollback()
        until_served(client, release, SERVED)
    assert SERVED in traffic.versions


def test_removing_an_idle_version_loses_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade({**ONE, "versions[0].name": SERVED, "service.version": SERVED})
        until("one version is left", lambda: objects.settled(release.name, 1), SETTLED_SECONDS)
    assert set(traffic.versions) == {SERVED}


def test_removing_versions_in_two_steps_loses_no_request(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade(KEPT)
        release.upgrade(ONE)
        until("the pods with a version have ended", lambda: objects.settled(release.name, 1), SETTLED_SECONDS)
    assert set(traffic.versions) == {SERVED}


def until_served(client: Client, release: Release, version: str) -> None:
    """Wait until new connections reach a version; kube-proxy applies the change within seconds."""
    until(
        f"new connections reach version {version}",
        lambda: client.predict(release.url, [ROW]).version == version,
        SHIFT_SECONDS,
    )
