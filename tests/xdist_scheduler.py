"""Which tests a worker runs together."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from xdist.scheduler.loadscope import LoadScopeScheduling
from xdist.workermanage import WorkerController

# These share servers, trained models and an imported TensorFlow: one worker makes each once.
SHARED_SCOPES = {f"tests/app/test_{name}.py": "models" for name in ("runtimes", "training", "server_process")}
# Neighbours in a module share what the module and its cases need; a long module is for several workers.
CHUNK_SIZE = 10


class ChunkScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out neighbours together. Of pytest-xdist's own ways, `loadgroup` comes close; it wants pytest below 9.2."""

    @cached_property
    def _scopes(self) -> dict[str, str]:
        """The scope of each test, as the first worker has collected them; all have collected the same."""
        collected = next(iter(self.registered_collections.values()))
        met: Counter[str] = Counter()
        scopes = {}
        for nodeid in collected:
            module = nodeid.partition("::")[0]
            scopes[nodeid] = SHARED_SCOPES.get(module, f"{module} {met[module] // CHUNK_SIZE}")
            met[module] += 1
        return scopes

    def _split_scope(self, nodeid: str) -> str:
        return self._scopes[nodeid]

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        # What is done is counted again after each test otherwise, which takes seconds for thousands.
        work = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(work.get(scope, {}).values()):
            work.pop(scope, None)
