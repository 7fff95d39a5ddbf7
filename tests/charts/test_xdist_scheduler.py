"""The distribution of tests over workers."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from devkit import paths
from tests.xdist_scheduler import CHUNK_SIZE, SHARED_SCOPES, ChunkScheduling

COLLECTED = [
    *(f"tests/app/test_runtimes.py::test_{number}" for number in range(30)),
    *(f"tests/charts/test_long.py::test_it[a::b-{number}]" for number in range(25)),
    "tests/app/test_training.py::test_it",
]


class Node:
    """A worker that records the tests it receives."""

    shutting_down = False
    gateway = SimpleNamespace(id="gw")

    def __init__(self) -> None:
        self.sent: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


@pytest.fixture
def nodes() -> tuple[Any, list[Node]]:
    nodes = [Node(), Node()]
    options = SimpleNamespace(getvalue=lambda _: ["popen"] * len(nodes), option=SimpleNamespace(loadscopereorder=True))
    scheduler = ChunkScheduling(options)
    for node in nodes:
        scheduler.add_node(node)
        scheduler.add_node_collection(node, COLLECTED)
    scheduler.schedule()
    return scheduler, nodes


def run_all(scheduler: Any, nodes: list[Node]) -> dict[str, int]:
    """Complete all tests and return the worker of each."""
    ran: dict[str, int] = {}
    done = [0, 0]
    while any(done[number] < len(node.sent) for number, node in enumerate(nodes)):
        for number, node in enumerate(nodes):
            if done[number] < len(node.sent):
                index = node.sent[done[number]]
                done[number] += 1
                assert COLLECTED[index] not in ran
                ran[COLLECTED[index]] = number
                scheduler.mark_test_complete(node, index)
    return ran


def test_shared_scopes_name_existing_modules() -> None:
    missing = [module for module in SHARED_SCOPES if not (paths.REPOSITORY / module).is_file()]
    assert not missing, f"correct SHARED_SCOPES in tests/xdist_scheduler.py, these modules do not exist: {missing}"


def test_every_test_runs_once_and_a_shared_scope_in_one_worker(nodes: tuple[Any, list[Node]]) -> None:
    scheduler, workers = nodes
    ran = run_all(scheduler, workers)
    assert sorted(ran) == sorted(COLLECTED)
    assert len({ran[name] for name in COLLECTED if name.startswith("tests/app/")}) == 1
    assert scheduler.tests_finished
    assert all(node.shutting_down for node in workers)


def test_a_long_module_is_split_into_chunks(nodes: tuple[Any, list[Node]]) -> None:
    scheduler, _ = nodes
    sizes = Counter(scheduler._split_scope(name) for name in COLLECTED if "test_long" in name)
    assert sorted(sizes.values()) == [5, CHUNK_SIZE, CHUNK_SIZE]
