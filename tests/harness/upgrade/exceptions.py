"""Accepted effects of an upgrade from a release, each with a reason.

    findings:
      - {from: 0.1.0, object: ServiceAccount/demo, path: "", severity: removes, reason: Pods have their own.}
    values:
      - {from: 0.1.0, file: public-values.yaml, add: {ingressFrom: [{}]}, reason: Callers must be named.}

`values` is for a values file that the new chart refuses: what its owner has to add after
`python -m charttool migrate-values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.harness.manifests import parse
from tests.harness.upgrade.findings import Finding, Severity

_FIELDS = {
    "findings": {"from", "object", "path", "severity", "reason"},
    "values": {"from", "file", "add", "reason"},
}


@dataclass(frozen=True)
class Accepted:
    """An accepted finding. `object` may contain the wildcards of file names."""

    object: str
    path: str
    severity: Severity
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Return whether this entry accepts a finding."""
        is_object = fnmatchcase(finding.object, self.object)
        return is_object and (finding.path, finding.severity) == (self.path, self.severity)


@dataclass(frozen=True)
class Exceptions:
    """The accepted effects of the upgrade from one version."""

    findings: Sequence[Accepted]
    values: Mapping[str, Mapping[str, Any]]

    def forbidden(self, found: Iterable[Finding]) -> list[Finding]:
        """Return the findings that fail: all except new pods and accepted ones."""
        return [
            finding
            for finding in found
            if finding.severity != Severity.ROLLS and not any(entry.covers(finding) for entry in self.findings)
        ]


def read(file: Path, version: str) -> Exceptions:
    """Return the accepted effects of the upgrade from a version, none without the file.

    Raises ValueError for an entry with missing or unknown fields.
    """
    content = parse(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if set(content) - set(_FIELDS):
        raise ValueError(f"{file.name} has the keys {', '.join(content)}. Remedy: use {', '.join(_FIELDS)}.")
    accepted = [
        Accepted(entry["object"], entry["path"], Severity(entry["severity"]), entry["reason"])
        for entry in _entries(content, "findings", version)
    ]
    return Exceptions(accepted, {entry["file"]: entry["add"] for entry in _entries(content, "values", version)})


def _entries(content: Mapping[str, Any], part: str, version: str) -> Iterator[Mapping[str, Any]]:
    for entry in content.get(part, []):
        if set(entry) != _FIELDS[part] or not str(entry["reason"]).strip():
            raise ValueError(
                f"an entry of {part} has the fields {', '.join(sorted(entry))}. "
                f"Remedy: give it exactly {', '.join(sorted(_FIELDS[part]))}, and a reason."
            )
        if str(entry["from"]) == version:
            yield entry
