"""The OCI registry beside the cluster: the nodes pull from it first, images, models and charts go into it."""

from cluster.registry.run import ensure, is_running, remove
from cluster.registry.store import digest, load, reference

__all__ = ["digest", "ensure", "is_running", "load", "reference", "remove"]
