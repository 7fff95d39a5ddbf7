"""Container images under the names of the catalog: pulled where their registry answers, built where not."""

from cluster.images.ensure import Images

__all__ = ["Images"]
