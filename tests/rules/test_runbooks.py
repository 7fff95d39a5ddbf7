"""Whoever is woken finds a page: one for each alert, with the same parts, and a list of them all."""

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
# The metrics whose names are this project's own.
OURS = re.compile(r"model_server_|.*:")
# A key of the values that rules are made of.
VALUE = re.compile(r"`(thresholds|slo)\.([\w.]+)`")


def severities(name: str) -> str:
    """How bad an alert is, the worst first."""
    order = ["critical", "warning", "info", "none"]
    found = {alert.severity for alert in rule_files.alerts() if alert.name == name}
    return ", ".join(severity for severity in order if severity in found)


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    pages = {page.stem for page in PAGES}
    assert not set(NAMES) - pages, f"write docs/runbooks/<Alert>.md for {sorted(set(NAMES) - pages)}"
    assert not pages - set(NAMES), f"no alert leads to these pages of docs/runbooks: {sorted(pages - set(NAMES))}"


def test_the_list_has_every_alert_once_with_its_severity() -> None:
    text = (rule_files.RUNBOOKS / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| ([\w, ]+) \| \S.* \|$", text, re.MULTILINE)
    expected = [(name, name, severities(name)) for name in NAMES]
    assert sorted(listed) == expected, "correct docs/runbooks/README.md: a line of [Alert](Alert.md), severity and text"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_page_is_short_and_has_every_part(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {page.stem}", f"{page}: its title is the alert's name"
    assert [line[3:] for line in lines if line.startswith("## ")] == PARTS, f"{page}: its parts are {PARTS}"
    assert len(lines) in LINES, f"{page}: {len(lines)} lines, of {LINES.start} to {LINES.stop - 1}: nobody reads more"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_page_leads_to_pages_that_are_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    gone = [link for link in links if not (page.parent / link).is_file()]
    assert not gone, f"{page}: no such page: {gone}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_page_asks_for_metrics_that_there_are(page: Path) -> None:
    known = of_model_server() | {record.name for record in rule_files.records()}
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for query in block.splitlines():
            unknown = {name for name in queries.metrics(query) if OURS.match(name)} - known
            assert not unknown, f"{page}: neither a server nor a rule makes {sorted(unknown)}, in: {query}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_page_names_values_that_there_are(page: Path) -> None:
    named = VALUE.findall(page.read_text(encoding="utf-8"))
    gone = [f"{part}.{key}" for part, key in named if rule_files.value(part, *key.split(".")) is None]
    assert not gone, f"{page}: charts/monitoring/values.yaml has no {gone}"
