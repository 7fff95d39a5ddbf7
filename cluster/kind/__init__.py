"""The nodes: two of them, made by kind, and mended when a killed run has left them half-made."""

from cluster.kind.nodes import delete, ensure, export_logs, is_ready, nodes

__all__ = ["delete", "ensure", "export_logs", "is_ready", "nodes"]
