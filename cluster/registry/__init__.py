"""The OCI registry next to the cluster, for images, models and charts. The nodes pull from it first."""

from cluster.registry.run import ensure, is_running, remove
from cluster.registry.store import digest, load, reference

__all__ = ["digest", "ensure", "is_running", "load", "reference", "remove"]
