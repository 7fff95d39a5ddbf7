"""What every cluster has besides Kubernetes itself."""

from cluster.addons.install import have_figures, install

__all__ = ["have_figures", "install"]
