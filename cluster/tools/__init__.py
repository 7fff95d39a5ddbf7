"""Programs for this machine: an installed one if its version fits, else one that is built."""

from cluster.tools.lookup import ensure, find

__all__ = ["ensure", "find"]
