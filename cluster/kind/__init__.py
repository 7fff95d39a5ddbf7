"""The two nodes: created by kind, and repaired or recreated if a killed run left them incomplete."""

from cluster.kind.nodes import delete, ensure, export_logs, is_ready, nodes

__all__ = ["delete", "ensure", "export_logs", "is_ready", "nodes"]
