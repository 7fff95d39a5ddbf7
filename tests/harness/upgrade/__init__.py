"""Effects of an upgrade from one rendering to another on existing objects: it can break, remove or roll them.

`findings(before, after)` compares rendered objects. It knows neither changes that others made on the cluster nor the
defaults of the API server, other than those that decide whether an immutable field changed.
"""

from tests.harness.upgrade.findings import Finding, Severity, findings

__all__ = ["Finding", "Severity", "findings"]
