"""The pytest-xdist scheduler: which tests run together in one worker."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from xdist.scheduler.loadscope import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Modules that share servers, trained models and an imported TensorFlow, so that one worker creates them once.
SHARED_SCOPES = {f"tests/app/test_{name}.py": "models" for name in ("runtimes", "training", "server_process")}
# Adjacent tests of a module share fixtures and cases; a long module is split between workers.
CHUNK_SIZE = 10


class ChunkScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Schedules chunks of adjacent tests. The `loadgroup` of pytest-xdist is similar, but needs pytest below 9.2."""

    @cached_property
    def _scopes(self) -> dict[str, str]:
        """The scope of each test. All workers collect the same tests, so the first one's are used."""
        collected = next(iter(self.registered_collections.values()))
        seen: Counter[str] = Counter()
        scopes = {}
        for nodeid in collected:
            module = nodeid.partition("::")[0]
            scopes[nodeid] = SHARED_SCOPES.get(module, f"{module} {seen[module] // CHUNK_SIZE}")
            seen[module] += 1
        return scopes

    def _split_scope(self, nodeid: str) -> str:
        return self._scopes[nodeid]

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        # Without this, the base class counts completed tests again after each test, which costs seconds for thousands.
        work = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(work.get(scope, {}).values()):
            work.pop(scope, None)
