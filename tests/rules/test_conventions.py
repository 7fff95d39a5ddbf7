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
# The label job of targets, whose values differ if the Prometheus operator scrapes.
JOB = re.compile(r"\bjob\s*(=~|!~|!=|=)")


@pytest.mark.parametrize("alert", ALERTS, ids=str)
def test_every_alert_has_a_test_in_which_it_fires(alert: Rule) -> None:
    fired = [
        labels
        for expectation in EXPECTATIONS
        if expectation.alert == alert.name
        for labels in expectation.fires
        if dict(alert.labels).items() <= labels.items()
    ]
    assert fired, f"add a test to tests/rules in which {alert.name} fires with the labels {dict(alert.labels)}"


@pytest.mark.parametrize("name", sorted({alert.name for alert in ALERTS} - NEVER_SILENT))
def test_every_alert_has_a_test_in_which_it_is_silent(name: str) -> None:
    silent = [expectation for expectation in EXPECTATIONS if expectation.alert == name and not expectation.fires]
    assert silent, f"add a test to tests/rules in which {name} must not fire: for example just below the threshold"


def test_promtool_tests_name_existing_alerts() -> None:
    unknown = {expectation.alert for expectation in EXPECTATIONS} - {alert.name for alert in ALERTS}
    assert not unknown, f"no rule file has these alerts: {sorted(unknown)}"


@pytest.mark.parametrize("alert", ALERTS, ids=str)
def test_every_alert_has_a_severity_a_summary_and_a_description(alert: Rule) -> None:
    annotations = dict(alert.annotations)
    assert alert.severity in SEVERITIES, f"{alert}: set labels.severity to one of {sorted(SEVERITIES)}"
    assert annotations.keys() == {"summary", "description"}, f"{alert}: set annotations.summary and .description"
    assert "\n" not in annotations["summary"], f"{alert}: the summary is one line"
    assert all(text.endswith(".") for text in annotations.values()), f"{alert}: write sentences"


@pytest.mark.parametrize("alert", ALERTS, ids=str)
def test_annotations_use_only_labels_of_the_expression(alert: Rule) -> None:
    # $labels contains the labels of the expression, but not those of the rule.
    texts = " ".join(text for _, text in alert.annotations)
    empty = [key for key, _ in alert.labels if f"$labels.{key}" in texts]
    assert not empty, f"{alert}: write the value of {empty} into the text, $labels does not have it"


@pytest.mark.parametrize("rule", rule_files.rules(), ids=str)
def test_rules_do_not_select_by_job(rule: Rule) -> None:
    assert not JOB.search(rule.expression), f"{rule}: select by metric or label, jobs have other names elsewhere"


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_recording_rules_are_named_by_level_metric_and_operation(record: Rule) -> None:
    assert re.fullmatch(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+", record.name), f"{record}: name it level:metric:operation"


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_every_recording_rule_is_used(record: Rule) -> None:
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
    # These two are the time for which the alert waits.
    used -= {"for", "forInWords"}
    assert not used - there, f"add these to thresholds or slo in charts/monitoring/values.yaml: {sorted(used - there)}"
    assert not there - used, f"no rule reads these values, remove them: {sorted(there - used)}"


WRITTEN = [*rule_files.files(), *promtool_tests.FILES, *sorted(rule_files.RUNBOOKS.glob("*.md"))]


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_todo_of_a_scaffold_is_left(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    left = [line.strip() for line in lines if re.search(r"TODO|todo_metric", line)]
    assert not left, f"{file}: replace what `python -m devkit new alert` left to do: {left}"
