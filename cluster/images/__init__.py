"""Container images of the catalog: pulled if their registry answers, otherwise built under the same name."""

from cluster.images.provision import Images

__all__ = ["Images"]
