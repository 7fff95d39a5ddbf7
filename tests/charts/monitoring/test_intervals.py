"""Alerts fire at the longest intervals that the chart accepts, and not at longer ones, as promtool shows.

promtool evaluates every group at the interval of the test and ignores the interval of the group. Recorded series with
longer intervals are therefore input series of the tests, with gaps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from devkit import rule_files
from tests.charts.helm_errors import guard_errors
from tests.charts.monitoring.chart import case, pod
from tests.charts.monitoring.guard_cases_intervals import grouped, job, job_failed, pod_monitor, scrape
from tests.charts.programs import run
from tests.harness import render


def windows(expression: str) -> Iterator[tuple[str, timedelta]]:
    """Yield every range in a query with its metric."""
    found: list[tuple[str, timedelta]] = []

    def note(part: object) -> bool:
        if isinstance(part, promql_parser.MatrixSelector):
            found.append((part.vector_selector.name or "", part.range))
        return True

    promql_parser.walk(promql_parser.parse(expression), note)
    yield from found


ALL = [window for rule in rule_files.rules() for window in windows(rule.expression)]
SCRAPED = min(window for name, window in ALL if ":" not in name)
RECORDED = min(window for name, window in ALL if ":" in name)


def seconds(interval: timedelta) -> str:
    return f"{int(interval.total_seconds())}s"


@pytest.mark.parametrize("given", [scrape, pod_monitor], ids=lambda given: str(given.__name__))
def test_scrape_interval_may_be_half_the_shortest_window(given: Any) -> None:
    half = SCRAPED / 2
    assert list(render(case(given(seconds(half)))))
    (said,) = guard_errors(case(given(seconds(half + timedelta(seconds=1)))))
    assert said.endswith(f"Set it to at most {seconds(half)}.")


def test_windows_of_recorded_series_contain_two_samples_at_the_longest_interval() -> None:
    # The guard treats the shortest window as one of scraped series, and allows 4m between evaluations.
    assert max(SCRAPED, 2 * timedelta(minutes=4)) <= RECORDED


def test_values_document_the_longest_scrape_interval() -> None:
    half = seconds(SCRAPED / 2)
    for chart, count in (("monitoring", 2), ("model-server", 2)):
        text = (rule_files.CHART.parent / chart / "values.yaml").read_text(encoding="utf-8")
        unwrapped = re.sub(r"\n *# (?!@)", " ", text)
        documented = re.findall(r"Scrape interval\..*? ([0-9]+s)\b", unwrapped)
        assert documented == [half] * count, f"document {half} in charts/{chart}/values.yaml, half the shortest window"


def test_prometheus_uses_the_default_lookback_delta() -> None:
    flags = pod("StatefulSet", "prometheus")["containers"][0]["args"]
    assert not [flag for flag in flags if "lookback" in flag], "correct stalenessLimit in guards/_intervals.tpl"


def counter(step: int, every: int) -> str:
    """Return three hours of samples, `step` seconds apart, of a counter that increases every `every` seconds."""
    return " ".join(str(second // every) for second in range(0, 3 * 3600, step))


def gauge(value: float, every: int) -> str:
    """Return three hours of samples, 30 seconds apart, all missing except one per `every` seconds."""
    return " ".join([f"{value}{' _' * (every // 30 - 1)}"] * (3 * 3600 // every))


@dataclass(frozen=True)
class Shape:
    """Series that make an alert fire, unless an interval is too long."""

    alert: str
    files: tuple[str, ...]
    series: Mapping[str, str]
    # Seconds between two scrapes, and between two evaluations.
    scrape: int = 30
    evaluation: int = 30
    # Overrides the `for` of the alert.
    waits: str = ""
    hours: int = 3

    def fires(self, folder: Path) -> bool:
        """Return whether the alert fires in promtool within the given hours."""
        for file in self.files:
            rules = rule_files.rendered(rule_files.RULES / file)
            if self.waits:
                rules = re.sub(rf"(- alert: {self.alert}\n(?:.*\n)*? +for: )\w+", rf"\g<1>{self.waits}", rules)
            (folder / file).write_text(rules, encoding="utf-8")
        firing = f'max(max_over_time(ALERTS{{alertname="{self.alert}", alertstate="firing"}}[{self.hours}h]))'
        test = {
            "interval": f"{self.scrape}s",
            "input_series": [{"series": series, "values": values} for series, values in self.series.items()],
            "promql_expr_test": [{"expr": firing, "eval_time": f"{self.hours}h", "exp_samples": []}],
        }
        test_file = {"rule_files": self.files, "evaluation_interval": f"{self.evaluation}s", "tests": [test]}
        (folder / "test.yaml").write_text(json.dumps(test_file), encoding="utf-8")
        done = run("promtool", "test", "rules", folder / "test.yaml")
        silent = done.returncode == 0
        # If the alert fires, promtool reports an unexpected sample.
        assert silent or "got: {} 1E+00" in done.stdout + done.stderr, f"{done.stdout}{done.stderr}"
        return not silent


POD = 'namespace="a", pod="b"'
VERSION = f'{POD}, model="iris", version="1"'
MODEL = '{namespace="a", model="iris"}'


def fails_requests(scrape: int) -> Shape:
    """Return ten failing requests per second."""
    served = {f'model_server_requests_total{{{VERSION}, code="500"}}': f"0+{10 * scrape}x{3 * 3600 // scrape}"}
    return Shape("ModelErrorRatioHigh", ("models.yaml", "model-alerts.yaml"), served, scrape)


def burns(interval: int) -> Shape:
    """Return an error ratio of a half, recorded once per interval for six hours."""
    series = {
        f"model:errors:ratio_rate6h{MODEL}": gauge(0.5, interval),
        f"model:errors:ratio_rate30m{MODEL}": gauge(0.5, 30),
        f"model:slo_error_budget:ratio{MODEL}": gauge(0.001, 30),
        f"model:requests:rate5m{MODEL}": gauge(10, 30),
    }
    return Shape("ModelErrorBudgetBurn", ("model-slo.yaml",), series)


def is_down(interval: int) -> Shape:
    """Return a target of an additional job that is down."""
    return Shape("TargetDown", ("monitoring.yaml",), {'up{job="shop", instance="a"}': gauge(0, interval)})


def fails_to_send_alerts(evaluation: int) -> Shape:
    """Return failures to reach Alertmanager; each evaluation sends one alert."""
    named = f'{{{POD}, alertmanager="c"}}'
    series = {f"prometheus_notifications_{kind}_total{named}": counter(150, evaluation) for kind in ("errors", "sent")}
    return Shape("PrometheusNotificationsFailing", ("monitoring.yaml",), series, 150, evaluation)


def evaluates_nothing(evaluation: int) -> Shape:
    """Return a group whose rules all fail."""
    failures = {f'prometheus_rule_evaluation_failures_total{{{POD}, rule_group="c"}}': counter(150, evaluation)}
    return Shape("PrometheusRuleFailures", ("monitoring.yaml",), failures, 150, evaluation)


def fails_to_notify(interval: int, waits: str = "") -> Shape:
    """Return a group of alerts whose receiver never responds."""
    named = f'{{{POD}, integration="webhook"}}'
    kinds = ("alertmanager_notifications_total", "alertmanager_notifications_failed_total")
    series = {f"{kind}{named}": counter(30, interval) for kind in kinds}
    return Shape("AlertmanagerNotificationsFailing", ("monitoring.yaml",), series, waits=waits)


def has_failed(waits: str) -> Shape:
    """Return a failed Job that is not deleted, at the longest evaluation interval."""
    failed = {'kube_job_failed{namespace="a", job_name="b", condition="true"}': "1x719"}
    return Shape("JobFailed", ("cluster.yaml",), failed, 240, 240, waits, hours=48)


FIRING = {
    "scraped every 150s": (fails_requests(150), scrape("150s")),
    "long windows every 4m": (burns(240), {"slo": {"longWindowsInterval": "4m"}}),
    "scraped by an extra job every 4m": (is_down(240), job(scrape_interval="4m")),
    "evaluated as often as scraped": (fails_to_send_alerts(150), scrape("150s", evaluationInterval="150s")),
    "evaluated as often as scraped, rules": (evaluates_nothing(150), scrape("150s", evaluationInterval="150s")),
    "tried within the window": (fails_to_notify(870), grouped("870s")),
    "tried seldom, with a shorter wait": (
        fails_to_notify(3600, "5m"),
        grouped("1h", alerts={"AlertmanagerNotificationsFailing": {"for": "5m"}}),
    ),
    "waits as long as a Job is remembered": (has_failed("1436m"), job_failed("1436m")),
}
SILENT = {
    "scraped every 3m": (fails_requests(180), scrape("3m")),
    "long windows every 10m": (burns(600), {"slo": {"longWindowsInterval": "10m"}}),
    "long windows a little over 5m": (burns(330), {"slo": {"longWindowsInterval": "330s"}}),
    "scraped by an extra job every 10m": (is_down(600), job(scrape_interval="10m")),
    "evaluated less often than scraped": (fails_to_send_alerts(240), scrape("150s", evaluationInterval="4m")),
    "evaluated less often than scraped, rules": (evaluates_nothing(240), scrape("150s", evaluationInterval="4m")),
    "tried once in the window": (fails_to_notify(900), grouped("900s")),
    "tried seldom": (fails_to_notify(3600), grouped("1h")),
    "waits for longer than a Job is remembered": (has_failed("1437m"), job_failed("1437m")),
}


@pytest.mark.depends_on_files(
    "tests/charts/monitoring", "tests/rules", "charts/monitoring", "cluster/catalog.yaml", "cluster/go"
)
@pytest.mark.parametrize(("shape", "values"), FIRING.values(), ids=FIRING)
def test_alerts_fire_at_the_longest_accepted_interval(shape: Shape, values: dict[str, Any], tmp_path: Path) -> None:
    assert list(render(case(values)))
    assert shape.fires(tmp_path), f"{shape.alert} never fires, though the chart accepts {values}"


@pytest.mark.depends_on_files(
    "tests/charts/monitoring", "tests/rules", "charts/monitoring", "cluster/catalog.yaml", "cluster/go"
)
@pytest.mark.parametrize(("shape", "values"), SILENT.values(), ids=SILENT)
def test_alerts_never_fire_at_rejected_intervals(shape: Shape, values: dict[str, Any], tmp_path: Path) -> None:
    assert guard_errors(case(values))
    assert not shape.fires(tmp_path), f"{shape.alert} fires, though the chart rejects {values}"
