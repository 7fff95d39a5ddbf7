"""What an upgrade from one rendering to another would do to the objects that are there: break, remove or roll them.

`findings(before, after)` looks at objects only, so it sees neither what others have set on the cluster, nor defaults
that the API server has filled in, but for those that decide whether something has changed.
"""

from tests.harness.upgrade.findings import Finding, Severity, findings

__all__ = ["Finding", "Severity", "findings"]
