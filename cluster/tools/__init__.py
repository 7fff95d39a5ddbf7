"""Programs that run on this machine: the one that is there if it is good enough, else one built here."""

from cluster.tools.finder import ensure, find

__all__ = ["ensure", "find"]
