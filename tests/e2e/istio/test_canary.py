"""Requests move from one version to the other by the chart's weights, and back, while they keep coming."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.e2e.istio.conftest import Mesh
from tests.e2e.istio.routes import GATEWAY, HOST
from tests.e2e.lib.client import ROW
from tests.e2e.lib.waiting import until

Record = Callable[[str, object], None]
MOVED_SECONDS = 40
ASKED = 200


def shares(mesh: Mesh) -> dict[str, int]:
    """How many of some requests through the gateway each version has answered."""
    body = '{"input_data": [[5.1, 3.5, 1.4, 0.2]]}'
    answers = mesh.outside.post(mesh.gateway, [body] * ASKED, mesh.routes.headers)
    versions = [answer.version for answer in answers]
    return {version: versions.count(version) for version in set(versions)}


def fits(count: int, weight: int) -> bool:
    """Whether so many of the requests fit a weight: within four standard deviations of what it makes likely."""
    share = weight / 100
    return abs(count - ASKED * share) <= 4 * math.sqrt(ASKED * share * (1 - share))


def until_split(mesh: Mesh, **weights: int) -> None:
    """Move requests, and wait until the versions are seen to answer by these weights, and no others."""
    mesh.routes.split(**weights)
    wanted = {name[1:]: weight for name, weight in weights.items()}

    def split() -> bool:
        seen = shares(mesh)
        assert seen.keys() <= wanted.keys(), seen
        assert all(fits(seen.get(version, 0), weight) for version, weight in wanted.items()), f"{seen} of {ASKED}"
        return True

    until(f"requests go by {wanted}", split, MOVED_SECONDS)


def until_pinned(mesh: Mesh, version: str, status: int) -> None:
    """Wait until who asks for a version gets that status."""

    def pinned() -> bool:
        headers = {**mesh.routes.headers, "x-model-version": version}
        seen = {mesh.outside.predict(mesh.gateway, [ROW], headers).status for _ in range(3)}
        assert seen == {status}, seen
        return True

    until(f"x-model-version {version} is answered with {status}", pinned, MOVED_SECONDS)


def test_from_none_to_all_and_back_no_request_is_lost(mesh: Mesh, record_property: Record) -> None:
    until_split(mesh, v1=100, v2=0)
    with mesh.outside.traffic(GATEWAY, authority=HOST) as traffic:
        until_split(mesh, v1=90, v2=10)
        until_split(mesh, v1=50, v2=50)
        until_split(mesh, v1=0, v2=100)
        until_split(mesh, v1=100, v2=0)
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()
    assert set(traffic.versions) == {"1", "2"}


def test_a_version_is_added_and_removed_and_no_request_is_lost(mesh: Mesh, record_property: Record) -> None:
    until_split(mesh, v1=100)
    with mesh.outside.traffic(GATEWAY, authority=HOST) as traffic:
        until_split(mesh, v1=50, v2=50)
        until_split(mesh, v1=100, v2=0)
        mesh.routes.upgrade({"versions": [{"name": 1, "weight": 100}, {"name": 2, "drain": True}]})
        until_pinned(mesh, "2", 410)
        mesh.routes.upgrade({"versions": [{"name": 1}]})
        until_pinned(mesh, "2", 404)
        assert shares(mesh) == {"1": ASKED}
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_a_caller_chooses_a_version_that_has_no_weight(mesh: Mesh) -> None:
    until_split(mesh, v1=100, v2=0)
    for version in ("1", "2"):
        answer = mesh.outside.predict(mesh.gateway, [ROW], {**mesh.routes.headers, "x-model-version": version})
        assert answer.version == version


def test_a_version_that_is_not_there_is_answered_at_once_and_says_which_are(mesh: Mesh) -> None:
    until_split(mesh, v1=100, v2=0)
    answer = mesh.outside.predict(mesh.gateway, [ROW], {**mesh.routes.headers, "x-model-version": "3"})
    assert (answer.status, answer.json) == (404, {"error": "x-model-version: no such version; there are 1, 2"})


def test_callers_in_the_mesh_take_the_same_way(mesh: Mesh) -> None:
    mesh.routes.split(v1=0, v2=100)
    url = mesh.release.url
    until("version 2 answers inside the mesh", lambda: mesh.inside.predict(url, [ROW]).version == "2", MOVED_SECONDS)
    answer = mesh.inside.predict(url, [ROW], {"x-model-version": "1"})
    assert answer.version == "1"
