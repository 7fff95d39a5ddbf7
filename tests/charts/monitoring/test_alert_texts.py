"""The texts of an alert follow the values that they mention."""

from __future__ import annotations

import re
from typing import Any

import pytest

from devkit import rule_files
from tests.charts.monitoring.chart import rendered
from tests.harness.manifests import parse

HOLDS = {rule.name: rule.hold for rule in rule_files.alerts() if rule.hold}
_TIME = re.compile(r"(?<![\w.])([0-9]+) ?(ms|s|m|h|d|seconds?|minutes?|hours?|days?)(?![\w])")


def alerts(mode: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the alerts of the chart's own rule files as the cluster gets them."""
    manifests = rendered({"mode": mode, **values})
    if mode == "operator":
        bodies = [manifest.body["spec"] for manifest in manifests if manifest.kind == "PrometheusRule"]
    else:
        (rules,) = [manifest for manifest in manifests if manifest.name.endswith("-rules")]
        bodies = [parse(text) for text in rules.body["data"].values()]
    return [rule for body in bodies for group in body["groups"] for rule in group["rules"] if "alert" in rule]


def times(text: str) -> set[str]:
    """Return the times in a text, such as 5m for "5 minutes"."""
    return {f"{number}{unit if unit == 'ms' else unit[0]}" for number, unit in _TIME.findall(text)}


@pytest.mark.parametrize("mode", ["standalone", "operator"])
@pytest.mark.parametrize("hold", ["37m", "1h7m", "0s"])
def test_texts_follow_the_time_for_which_an_alert_waits(mode: str, hold: str) -> None:
    found = alerts(mode, {"alerts": {name: {"for": hold} for name in HOLDS if name != "JobFailed" or hold == "37m"}})
    for alert in found:
        text = " ".join(alert["annotations"].values())
        assert "${" not in text, f"{alert['alert']}: an unknown placeholder in {text!r}"
        before = HOLDS.get(alert["alert"], "")
        # A window of the query may be as long as the wait was.
        if f"[{before}]" not in alert["expr"] and before in times(text):
            windows = set(re.findall("rate([0-9]+[mh])", alert["expr"]))
            assert before in windows, (
                f"{alert['alert']}: write ${{for}} or ${{forInWords}} in place of {before}: {text}"
            )


def test_the_texts_that_mention_a_wait_have_the_new_one() -> None:
    found = alerts("standalone", {"alerts": {name: {"for": "37m"} for name in HOLDS}})
    said = {alert["alert"] for alert in found if "37m" in times(" ".join(alert["annotations"].values()))}
    assert {"HighCPUUsage", "DeploymentReplicasUnavailable", "ModelReplicasUnavailable", "TargetDown"} <= said
