"""Upgrade and rollback while requests keep coming: not one may fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from examples.iris.models import Example
from tests.e2e.client import ROW, Client, Traffic
from tests.e2e.objects import Objects
from tests.e2e.published import Published
from tests.e2e.releases import Release, image_source
from tests.e2e.waiting import until

PODS = 3
# The last pods of before go on serving for their drain time after Helm is content.
SETTLED_SECONDS = 60


@pytest.fixture(scope="module")
def release(release_of: Callable[[Example], Release], sklearn_model: Published, client: Client) -> Release:
    """Version 1, with the example's values."""
    first = release_of(sklearn_model.model.example)
    first.upgrade(image_source(sklearn_model.reference))
    assert client.predict(first.url, [ROW]).version == "1"
    return first


def test_no_request_fails_while_an_upgrade_brings_the_next_version(
    release: Release,
    second_version: Published,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    with client.traffic(release.service) as traffic:
        release.upgrade(image_source(second_version.reference))
        until("only the new pods are there", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    assert_all_answered(traffic)
    assert client.predict(release.url, [ROW]).version == "2"


def test_no_request_fails_while_a_rollback_brings_the_version_before(
    release: Release, client: Client, objects: Objects, record_property: Callable[[str, object], None]
) -> None:
    with client.traffic(release.service) as traffic:
        release.rollback()
        until("only the new pods are there", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
    record_property("measured", traffic.summary())
    assert_all_answered(traffic)
    assert client.predict(release.url, [ROW]).version == "1"


def assert_all_answered(traffic: Traffic) -> None:
    """Every request had its answer, and both versions gave some: the traffic saw the change."""
    assert (traffic.failed, traffic.errors) == (0, [])
    assert not traffic.ended_by_itself
    assert set(traffic.versions) == {"1", "2"}
    assert sum(traffic.versions.values()) == traffic.sent
