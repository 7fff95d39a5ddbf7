"""Versions side by side while requests keep coming: from one to several, from one to the other, and back to one."""

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
MOVED_SECONDS = 15
# The release without versions serves the newest of its repository, version 2, as "production".
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
    """A release without versions, whose image holds two."""
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
    """Traffic for as long as the body runs, of which every request must be answered."""
    with client.traffic(release.service) as traffic:
        yield traffic
    record("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_from_one_to_two_versions_in_two_steps_no_request_is_lost(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade(KEPT)
        release.upgrade({**BOTH, "service.version": SERVED})
        until("the pods without a version have ended", lambda: objects.settled(release.name, 2), SETTLED_SECONDS)
    assert set(traffic.versions) == {SERVED}
    for version in (SERVED, OTHER):
        assert client.predict(f"{release.url}-{version}", [ROW]).version == version


def test_all_requests_move_to_the_other_version_at_once_and_no_pod_is_restarted(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    before = {pod.metadata.name for pod in objects.pods(release.name)}
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade({**BOTH, "service.version": OTHER})
        until_served(client, release, OTHER)
    assert set(traffic.versions) == {SERVED, OTHER}
    assert {pod.metadata.name for pod in objects.pods(release.name)} == before


def test_a_rollback_moves_them_back(
    release: Release, client: Client, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.rollback()
        until_served(client, release, SERVED)
    assert SERVED in traffic.versions


def test_a_version_that_nobody_asks_goes_and_no_request_is_lost(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade({**ONE, "versions[0].name": SERVED, "service.version": SERVED})
        until("one version is left", lambda: objects.settled(release.name, 1), SETTLED_SECONDS)
    assert set(traffic.versions) == {SERVED}


def test_back_to_the_release_without_versions_in_two_steps_no_request_is_lost(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with nothing_lost(client, release, record_property) as traffic:
        release.upgrade(KEPT)
        release.upgrade(ONE)
        until("the pods with a version have ended", lambda: objects.settled(release.name, 1), SETTLED_SECONDS)
    assert set(traffic.versions) == {SERVED}


def until_served(client: Client, release: Release, version: str) -> None:
    """Wait until a new connection to the stable Service reaches a version: nodes learn of a change within seconds."""
    until(
        f"new connections reach version {version}",
        lambda: client.predict(release.url, [ROW]).version == version,
        MOVED_SECONDS,
    )
