"""docs/reference/alerts.md and recording-rules.md, from the rule files of charts/monitoring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import promql_parser

from dashboards.lint.labels import labels_of
from devkit import rule_files
from devkit.reference import markdown
from devkit.reference.stable_series import stable_series
from devkit.rule_files import Rule

_SOURCE = "charts/monitoring/files/rules"
_ABOUT_ALERTS = """
Each alert links to its runbook. Durations are the defaults of charts/monitoring; `thresholds` and `slo` in its values
change them. A name in capitals in a summary stands for the value of that label.
"""
_ABOUT_RECORDING_RULES = """
A name has the form `level:metric:operation`; the level determines the labels.
"""
_ABOUT_STABLE_SERIES = """
Alerts, dashboards and autoscalers of your own may use these series: a new chart version keeps their names, labels and
meaning. Braces list alternatives.
"""
_TEMPLATE = re.compile(r"\{\{\s*(?:\$labels\.)?(\$?\w+)[^}]*\}\}")
# A comment and the rule right below it.
_RECORD = re.compile(r"((?:^ +#.*\n)+)^ +- record: *[\"']?([\w:]+)", re.MULTILINE)


def alerts_page() -> str:
    """Return the page of the alerts."""
    parts = []
    for file, rules in groupby(rule_files.alerts(), lambda rule: rule.file):
        rows = [_alert_row(rule) for rule in rules]
        parts += [f"## {file}", markdown.table(("alert", "severity", "for", "summary"), dict.fromkeys(rows))]
    return markdown.page(
        "Alerts",
        _SOURCE,
        _ABOUT_ALERTS,
        *parts,
    )


def _alert_row(rule: Rule) -> tuple[str, str, str, str]:
    summary = _TEMPLATE.sub(lambda found: f"`{found[1].removeprefix('$').upper()}`", _summary(rule))
    window = dict(rule.labels).get("window", "")
    name = f"[{rule.name}](../runbooks/{rule.name}.md)" + (f" over {window}" if window else "")
    return name, rule.severity or "", rule.hold or "0s", summary


def _summary(rule: Rule) -> str:
    return dict(rule.annotations)["summary"]


def recording_rules_page() -> str:
    """Return the page of the recording rules."""
    parts = []
    for file, rules in groupby(rule_files.records(), lambda rule: rule.file):
        comments = dict(_comments(rule_files.RULES / file))
        rows = [(markdown.code(rule.name), _labels(rule), comments.get(rule.name, "")) for rule in rules]
        parts += [f"## {file}", markdown.table(("series", "labels", "notes"), dict.fromkeys(rows))]
    return markdown.page(
        "Recording rules",
        _SOURCE,
        _ABOUT_RECORDING_RULES,
        "## Stable series",
        _ABOUT_STABLE_SERIES,
        markdown.table(("series", "labels", "meaning"), _stable_rows()),
        *parts,
    )


def _stable_rows() -> Iterator[tuple[str, str, str]]:
    rules = {rule.name: rule for rule in rule_files.records()}
    for series in stable_series():
        yield markdown.code(series.pattern), _labels(rules[series.names[0]]), series.meaning


def _labels(rule: Rule) -> str:
    labels = labels_of(promql_parser.parse(rule.expression)) or labels_of(promql_parser.parse(rule.name))
    return ", ".join(map(markdown.code, sorted(labels or ())))


def _comments(file: Path) -> Iterator[tuple[str, str]]:
    for comment, name in _RECORD.findall(file.read_text(encoding="utf-8")):
        yield name, " ".join(line.strip().removeprefix("#").strip() for line in comment.splitlines())
