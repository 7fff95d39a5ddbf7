"""The container engine: one that answers, or one started here."""

from cluster.engine.client import Engine
from cluster.engine.find import ensure, find
from cluster.engine.owned import left_behind, stop

__all__ = ["Engine", "ensure", "find", "left_behind", "stop"]
