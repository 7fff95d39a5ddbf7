"""Every alert has a runbook with the same parts, and the index lists them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.lint.metrics import of_model_server
from devkit import rule_files
from tests.rules import queries

NAMES = sorted({alert.name for alert in rule_files.alerts()})
PAGES = sorted(path for path in rule_files.RUNBOOKS.glob("*.md") if path.name != "README.md")
PARTS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "False positives"]
LINES = range(15, 46)
BLOCK = re.compile(r"^```promql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Names of the metrics that this project defines.
OURS = re.compile(r"model_server_|.*:")
# Keys of the values that the rules contain.
VALUE = re.compile(r"`(thresholds|slo)\.([\w.]+)`")


def severities(name: str) -> str:
    """Return the severities of an alert, the most severe first."""
    order = ["critical", "warning", "info", "none"]
    found = {alert.severity for alert in rule_files.alerts() if alert.name == name}
    return ", ".join(severity for severity in order if severity in found)


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    pages = {page.stem for page in PAGES}
    assert not set(NAMES) - pages, f"write docs/runbooks/<Alert>.md for {sorted(set(NAMES) - pages)}"
    assert not pages - set(NAMES), (
        f"no alert has these pages of docs/runbooks, delete them: {sorted(pages - set(NAMES))}"
    )


def test_the_index_lists_every_alert_with_its_severity() -> None:
    text = (rule_files.RUNBOOKS / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| ([\w, ]+) \| \S.* \|$", text, re.MULTILINE)
    expected = [(name, name, severities(name)) for name in NAMES]
    assert sorted(listed) == expected, "correct docs/runbooks/README.md: a line of [Alert](Alert.md), severity and text"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_runbook_is_short_and_has_every_part(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {page.stem}", f"{page}: its title is the alert's name"
    assert [line[3:] for line in lines if line.startswith("## ")] == PARTS, f"{page}: its parts are {PARTS}"
    assert len(lines) in LINES, f"{page}: {len(lines)} lines, must be {LINES.start} to {LINES.stop - 1}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_links_of_a_runbook_lead_to_existing_pages(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    gone = [link for link in links if not (page.parent / link).is_file()]
    assert not gone, f"{page}: no such page: {gone}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_queries_of_a_runbook_use_existing_metrics(page: Path) -> None:
    known = of_model_server() | {record.name for record in rule_files.records()}
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for query in block.splitlines():
            unknown = {name for name in queries.metrics(query) if OURS.match(name)} - known
            assert not unknown, f"{page}: neither a server nor a rule exports {sorted(unknown)}, in: {query}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_runbook_names_existing_values(page: Path) -> None:
    named = VALUE.findall(page.read_text(encoding="utf-8"))
    gone = [f"{part}.{key}" for part, key in named if rule_files.value(part, *key.split(".")) is None]
    assert not gone, f"{page}: charts/monitoring/values.yaml has no {gone}"
