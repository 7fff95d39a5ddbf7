"""Scaffold of an alert: rule, runbook, entry in the index of runbooks, and promtool test."""

from __future__ import annotations

import re
from pathlib import Path

from devkit.errors import UserError
from devkit.scaffolds.files import TEMPLATES, fill, insert_after, write_new

# For each rule file: the heading of its alerts in the index of runbooks, and the promtool tests.
GROUPS = {
    "cluster": ("Cluster", "pods"),
    "model-alerts": ("Models", "model-alerts"),
    "monitoring": ("Monitoring", "monitoring"),
}
SEVERITIES = ("critical", "warning", "info")
NEXT_STEPS = """next steps: replace every TODO, then
  1. python -m pytest tests/rules             reports what is missing or wrong
  2. python -m devkit reference               adds the alert to docs/reference/alerts.md
  docs/contributing/add-an-alert.md has the details."""


def create(root: Path, name: str, file: str, severity: str) -> tuple[list[Path], str]:
    """Add an alert to a rule file; returns the changed files and the next steps."""
    if not re.fullmatch(r"(?:[A-Z]+[a-z0-9]+){2,}", name):
        raise UserError(f"not an alert name: {name!r}.", "Use at least two words in CamelCase, such as ModelTooOld.")
    rules = root / "charts" / "monitoring" / "files" / "rules"
    if any(f"alert: {name}\n" in path.read_text(encoding="utf-8") for path in rules.glob("*.yaml")):
        raise UserError(f"the alert {name} exists.", "Choose another name.")
    heading, tests = GROUPS[file]
    words = {"NAME": name, "SEVERITY": severity}
    runbooks = root / "docs" / "runbooks"
    template = TEMPLATES / "alert"
    row = f"| [{name}]({name}.md) | {severity} | TODO when it fires |\n"
    return [
        write_new(runbooks / f"{name}.md", fill(template / "runbook.md.in", words)),
        insert_after(runbooks / "README.md", rf"^## {heading}\n\n(?:\|.*\n)+", row),
        insert_after(rules / f"{file}.yaml", r"\Z", fill(template / "rule.yaml.in", words)),
        insert_after(root / "tests" / "rules" / f"{tests}.yaml", r"\Z", fill(template / "promtool.yaml.in", words)),
    ], NEXT_STEPS
