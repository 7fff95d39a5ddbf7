"""What every cluster has besides Kubernetes itself."""

from cluster.addons.install import ensure

__all__ = ["ensure"]
