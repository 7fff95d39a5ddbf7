"""Conventions of all rules: each is tested, understandable and used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devkit import rule_files
from devkit.reference.stable_series import stable_series
from devkit.rule_files import PLACEHOLDER, Rule
from tests.rules import promtool_tests

ALERTS = rule_files.alerts()
RECORDS = rule_files.records()
STABLE = {name for series in stable_series() for name in series.names}
EXPECTATIONS = list(promtool_tests.expectations())
# It always fires; its absence raises the alarm.
NEVER_SILENT = {"Watchdog"}
SEVERITIES = {"critical", "warning", "info", "none"}
# Labels by which targets are told apart; jobs have other names where the Prometheus operator scrapes.
JOB = re.compile(r"\bjob\s*(=~|!~|!=|=)")


@pytest.mark.parametrize("alert", ALERTS, ids=str)
def test_every_alert_is_made_to_fire(alert: Rule) -> None:
    fired = [
        labels
        for expectation in EXPECTATIONS
        if expectation.alert == alert.name
        for labels in expectation.fires
        if dict(alert.labels).items() <= labels.items()
    ]
    assert fired, f"add a test to tests/rules in which {alert.name} fires with the labels {dict(alert.labels)}"


@pytest.mark.parametrize("name", sorted({alert.name for alert in ALERTS} - NEVER_SILENT))
def test_every_alert_is_seen_to_stay_silent(name: str) -> None:
    silent = [expectation for expectation in EXPECTATIONS if expectation.alert == name and not expectation.fires]
    assert silent, f"add a test to tests/rules in which {name} must not fire: just under, too short, or without traffic"


def test_tests_are_about_alerts_that_there_are() -> None:
    unknown = {expectation.alert for expectation in EXPECTATIONS} - {alert.name for alert in ALERTS}
    assert not unknown, f"no rule file has these alerts, so that their silence proves nothing: {sorted(unknown)}"


@pytest.mark.parametrize("alert", ALERTS, ids=str)
def test_every_alert_says_how_bad_it_is_and_what_is_so(alert: Rule) -> None:
    annotations = dict(alert.annotations)
    assert alert.severity in SEVERITIES, f"{alert}: set labels.severity to one of {sorted(SEVERITIES)}"
    assert annotations.keys() == {"summary", "description"}, f"{alert}: set annotations.summary and .description"
    assert "\n" not in annotations["summary"], f"{alert}: the summary is one line"
    assert all(text.endswith(".") for text in annotations.values()), f"{alert}: write sentences"


@pytest.mark.parametrize("alert", ALERTS, ids=str)
def test_texts_name_no_label_that_prometheus_adds_later(alert: Rule) -> None:
    # Annotations see the labels of the expression, not those of the rule: they would be empty.
    texts = " ".join(text for _, text in alert.annotations)
    empty = [key for key, _ in alert.labels if f"$labels.{key}" in texts]
    assert not empty, f"{alert}: write the value of {empty} into the text, $labels does not have it"


@pytest.mark.parametrize("rule", rule_files.rules(), ids=str)
def test_no_rule_rests_on_the_name_of_a_job(rule: Rule) -> None:
    assert not JOB.search(rule.expression), f"{rule}: select by metric or label, jobs have other names elsewhere"


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_recorded_series_are_named_by_level_metric_and_operation(record: Rule) -> None:
    assert re.fullmatch(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+", record.name), f"{record}: name it level:metric:operation"


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_every_recorded_series_is_used(record: Rule) -> None:
    name = re.compile(rf"(?<![\w:]){re.escape(record.name)}(?![\w:])")
    others = [rule.expression for rule in rule_files.rules() if rule.name != record.name]
    dashboards = [file.read_text(encoding="utf-8") for file in sorted(rule_files.DASHBOARDS.glob("*.json"))]
    assert record.name in STABLE or any(name.search(text) for text in [*others, *dashboards]), (
        f"no alert, rule or dashboard reads {record.name}, and devkit/reference/stable_series.yaml lacks it: remove it"
    )


def test_stable_series_are_recorded() -> None:
    missing = STABLE - {record.name for record in RECORDS}
    assert STABLE
    assert not missing, f"no rule records these of devkit/reference/stable_series.yaml: {sorted(missing)}"


def test_every_placeholder_has_a_value_and_every_value_is_used() -> None:
    used = {name for file in rule_files.files() for name in PLACEHOLDER.findall(file.read_text(encoding="utf-8"))}
    there = set(rule_files.defaults())
    assert not used - there, f"add these to thresholds or slo in charts/monitoring/values.yaml: {sorted(used - there)}"
    assert not there - used, f"no rule reads these values, take them out: {sorted(there - used)}"


WRITTEN = [*rule_files.files(), *promtool_tests.FILES, *sorted(rule_files.RUNBOOKS.glob("*.md"))]


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_todo_of_a_scaffold_is_left(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    left = [line.strip() for line in lines if re.search(r"TODO|todo_metric", line)]
    assert not left, f"{file}: replace what `python -m devkit new alert` left to do: {left}"
