"""What every cluster has besides Kubernetes itself."""

from cluster.addons.early import applied
from cluster.addons.install import ensure, publish

__all__ = ["applied", "ensure", "publish"]
