"""Shifting traffic between versions with the chart's weights, under load."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.e2e.istio.conftest import Mesh
from tests.e2e.istio.routes import GATEWAY, HOST
from tests.e2e.lib.client import ROW
from tests.e2e.lib.waiting import until

Record = Callable[[str, object], None]
SHIFT_SECONDS = 40
SENT = 200


def shares(mesh: Mesh) -> dict[str, int]:
    """Send requests through the gateway and count the responses of each version."""
    body = '{"input_data": [[5.1, 3.5, 1.4, 0.2]]}'
    answers = mesh.outside.post(mesh.gateway, [body] * SENT, mesh.routes.headers)
    versions = [answer.version for answer in answers]
    return {version: versions.count(version) for version in set(versions)}


def fits(count: int, weight: int) -> bool:
    """Return whether a count agrees with a weight, within four standard deviations."""
    share = weight / 100
    return abs(count - SENT * share) <= 4 * math.sqrt(SENT * share * (1 - share))


def until_split(mesh: Mesh, **weights: int) -> None:
    """Set the weights, and wait until the responses agree with them."""
    mesh.routes.split(**weights)
    wanted = {name[1:]: weight for name, weight in weights.items()}

    def split() -> bool:
        seen = shares(mesh)
        assert seen.keys() <= wanted.keys(), seen
        assert all(fits(seen.get(version, 0), weight) for version, weight in wanted.items()), f"{seen} of {SENT}"
        return True

    until(f"traffic is split by {wanted}", split, SHIFT_SECONDS)


def until_pinned(mesh: Mesh, version: str, status: int) -> None:
    """Wait until requests that pin a version get that status."""

    def pinned() -> bool:
        headers = {**mesh.routes.headers, "x-model-version": version}
        seen = {mesh.outside.predict(mesh.gateway, [ROW], headers).status for _ in range(3)}
        assert seen == {status}, seen
        return True

    until(f"x-model-version {version} returns {status}", pinned, SHIFT_SECONDS)


def test_shift_to_a_version_and_back_loses_no_request(mesh: Mesh, record_property: Record) -> None:
    until_split(mesh, v1=100, v2=0)
    with mesh.outside.traffic(GATEWAY, authority=HOST) as traffic:
        until_split(mesh, v1=90, v2=10)
        until_split(mesh, v1=50, v2=50)
        until_split(mesh, v1=0, v2=100)
        until_split(mesh, v1=100, v2=0)
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()
    assert set(traffic.versions) == {"1", "2"}


def test_adding_and_removing_a_version_loses_no_request(mesh: Mesh, record_property: Record) -> None:
    until_split(mesh, v1=100)
    with mesh.outside.traffic(GATEWAY, authority=HOST) as traffic:
        until_split(mesh, v1=50, v2=50)
        until_split(mesh, v1=100, v2=0)
        mesh.routes.upgrade({"versions": [{"name": 1, "weight": 100}, {"name": 2, "drain": True}]})
        until_pinned(mesh, "2", 410)
        mesh.routes.upgrade({"versions": [{"name": 1}]})
        until_pinned(mesh, "2", 404)
        assert shares(mesh) == {"1": SENT}
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()


def test_client_can_pin_a_version_without_weight(mesh: Mesh) -> None:
    until_split(mesh, v1=100, v2=0)
    for version in ("1", "2"):
        answer = mesh.outside.predict(mesh.gateway, [ROW], {**mesh.routes.headers, "x-model-version": version})
        assert answer.version == version


def test_unknown_version_is_not_found_and_lists_the_others(mesh: Mesh) -> None:
    until_split(mesh, v1=100, v2=0)
    answer = mesh.outside.predict(mesh.gateway, [ROW], {**mesh.routes.headers, "x-model-version": "3"})
    assert (answer.status, answer.json) == (404, {"error": "x-model-version: no such version; there are 1, 2"})


def test_clients_in_the_mesh_use_the_same_routes(mesh: Mesh) -> None:
    mesh.routes.split(v1=0, v2=100)
    url = mesh.release.url
    until("version 2 responds inside the mesh", lambda: mesh.inside.predict(url, [ROW]).version == "2", SHIFT_SECONDS)
    answer = mesh.inside.predict(url, [ROW], {"x-model-version": "1"})
    assert answer.version == "1"
