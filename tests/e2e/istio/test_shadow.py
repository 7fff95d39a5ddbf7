"""A shadow: clients do not notice it, and its predictions are compared with the stable version's."""

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
    """Version 2 receives all traffic mirrored, and compares its predictions."""
    try:
        mesh.release.upgrade({**image_source(second_version.reference), "shadow.compareWith": STABLE})
        mesh.routes.upgrade({"versions": [{"name": 1, "weight": 100}, {"name": 2, "mirror": 100}]})
        until(
            "mirrored requests arrive",
            lambda: send_rows(mesh, [[5.1, 3.5, 1.4, 0.2]]) and counted(mesh)["requests"] > 0,
            60,
        )
        until("no mirrored request is in flight", lambda: none_in_flight(mesh), COUNTED_SECONDS)
        yield mesh
    finally:
        mesh.release.upgrade(image_source(second_version.reference))
        mesh.routes.upgrade()


def send_rows(mesh: Mesh, rows: list[list[float]]) -> list[Any]:
    """Send each row in a request through the gateway; returns the versions that responded."""
    bodies = [f'{{"input_data": [{row}]}}' for row in rows]
    return [answer.version for answer in mesh.outside.post(mesh.gateway, bodies, mesh.routes.headers)]


def none_in_flight(mesh: Mesh) -> bool:
    """Return True if every mirrored request was compared, and no others arrive; fails otherwise."""
    before, now = counted(mesh), counted(mesh)
    assert before == now, "mirrored requests still arrive"
    assert now["compared"] == now["requests"], now
    return True


def counted_since(mesh: Mesh, before: dict[str, float]) -> dict[str, float]:
    """Return the increase of the counters since ``before``."""
    return {name: value - before[name] for name, value in counted(mesh).items()}


def rows_that_differ(model: Published, count: int) -> list[list[float]]:
    """Return rows that the two versions classify differently, found at the borders between species."""
    drawn = random.Random(0)  # noqa: S311 # not a secret
    rows = [
        [drawn.uniform(4, 8), drawn.uniform(2, 4.5), drawn.uniform(1, 7), drawn.uniform(0, 2.5)] for _ in range(9000)
    ]
    answers = [reference.predictions(model.at(version), rows) for version in (STABLE, SHADOW)]
    found = [row for row, one, other in zip(rows, *answers, strict=True) if one != other][:count]
    assert len(found) == count, "the versions hardly differ: train them on other splits"
    return found


def test_stable_version_responds_and_every_request_is_compared(
    shadowed: Mesh,
) -> None:
    before = counted(shadowed)
    assert set(send_rows(shadowed, [[5.1, 3.5, 1.4, 0.2]] * SENT)) == {STABLE}

    def all_compared() -> bool:
        seen = counted_since(shadowed, before)
        assert seen == {"requests": SENT, "compared": SENT, "disagreeing": 0, "own requests": 0, "dropped": 0}, seen
        return True

    until("every mirrored request is counted and compared", all_compared, COUNTED_SECONDS)


def test_disagreeing_rows_are_counted(shadowed: Mesh, second_version: Published) -> None:
    rows = rows_that_differ(second_version, 10)
    before = counted(shadowed)
    send_rows(shadowed, rows)

    def all_differ() -> bool:
        seen = counted_since(shadowed, before)
        assert (seen["compared"], seen["disagreeing"]) == (10, 10), seen
        return True

    until("every disagreement is counted", all_differ, COUNTED_SECONDS)
