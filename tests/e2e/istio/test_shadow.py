"""A version that gets copies: callers see nothing of it, and its answers are compared with the stable version's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.istio.conftest import Mesh
from tests.e2e.istio.shadows import counted
from tests.e2e.lib import reference
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import image_source
from tests.e2e.lib.waiting import until

STABLE, SHADOW = "1", "2"
SENT = 40
COUNTED_SECONDS = 30


@pytest.fixture(scope="module")
def shadowed(mesh: Mesh, second_version: Published) -> Iterator[Mesh]:
    """Version 2 gets a copy of each request, and compares."""
    try:
        mesh.release.upgrade({**image_source(second_version.reference), "shadow.compareWith": STABLE})
        mesh.routes.upgrade({"versions": [{"name": 1, "weight": 100}, {"name": 2, "mirror": 100}]})
        until("copies arrive", lambda: mesh_asked(mesh, [[5.1, 3.5, 1.4, 0.2]]) and counted(mesh)["requests"] > 0, 60)
        until("none is on its way any more", lambda: nothing_on_its_way(mesh), COUNTED_SECONDS)
        yield mesh
    finally:
        mesh.release.upgrade(image_source(second_version.reference))
        mesh.routes.upgrade()


def mesh_asked(mesh: Mesh, rows: list[list[float]]) -> list[Any]:
    """Each row, in a request of its own through the gateway: the versions that have answered."""
    bodies = [f'{{"input_data": [{row}]}}' for row in rows]
    return [answer.version for answer in mesh.outside.post(mesh.gateway, bodies, mesh.routes.headers)]


def nothing_on_its_way(mesh: Mesh) -> bool:
    """Whether every copy that has arrived was compared, and no other has come since."""
    before, now = counted(mesh), counted(mesh)
    assert before == now, "copies still arrive"
    assert now["compared"] == now["requests"], now
    return True


def more_than(mesh: Mesh, before: dict[str, float]) -> dict[str, float]:
    """What was counted since then."""
    return {name: value - before[name] for name, value in counted(mesh).items()}


def rows_that_differ(model: Published, count: int) -> list[list[float]]:
    """Rows for which the two versions say something else, found where species meet."""
    drawn = random.Random(0)  # noqa: S311 # not a secret
    rows = [
        [drawn.uniform(4, 8), drawn.uniform(2, 4.5), drawn.uniform(1, 7), drawn.uniform(0, 2.5)] for _ in range(9000)
    ]
    answers = [reference.predictions(model.at(version), rows) for version in (STABLE, SHADOW)]
    found = [row for row, one, other in zip(rows, *answers, strict=True) if one != other][:count]
    assert len(found) == count, "the versions hardly differ: train them from other splits"
    return found


def test_callers_are_answered_by_the_stable_version_alone_and_every_request_is_copied_and_compared(
    shadowed: Mesh,
) -> None:
    before = counted(shadowed)
    assert set(mesh_asked(shadowed, [[5.1, 3.5, 1.4, 0.2]] * SENT)) == {STABLE}

    def all_compared() -> bool:
        seen = more_than(shadowed, before)
        assert seen == {"requests": SENT, "compared": SENT, "disagreeing": 0, "own requests": 0, "dropped": 0}, seen
        return True

    until("every copy is counted and compared", all_compared, COUNTED_SECONDS)


def test_rows_that_the_versions_answer_differently_are_counted(shadowed: Mesh, second_version: Published) -> None:
    rows = rows_that_differ(second_version, 10)
    before = counted(shadowed)
    mesh_asked(shadowed, rows)

    def all_differ() -> bool:
        seen = more_than(shadowed, before)
        assert (seen["compared"], seen["disagreeing"]) == (10, 10), seen
        return True

    until("every difference is counted", all_differ, COUNTED_SECONDS)
