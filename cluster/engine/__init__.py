"""The container engine: a running one, else one that this package starts and manages."""

from cluster.engine.client import Engine
from cluster.engine.detect import ensure, find
from cluster.engine.managed import left_behind, stop

__all__ = ["Engine", "ensure", "find", "left_behind", "stop"]
