"""Intervals at which an alert could never fire, each with what the chart says to it."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

RECEIVER: dict[str, Any] = {
    "receivers": [{"name": "team", "webhook": [{"url": "https://incidents.example.org"}]}],
}
UNSEEN = (
    "is too long: Prometheus sees a recorded sample for 5m, and an alert that misses one restarts its wait and "
    "never fires. Set it to at most 4m."
)
ONE_SAMPLE = (
    "is too long: alerts rest on rates over 5m, a rate needs two samples, and without one they never fire. Set it to "
    "at most 150s."
)


def scrape(interval: str, **more: Any) -> dict[str, Any]:
    """Values of a Prometheus that scrapes at an interval."""
    return {"prometheus": {"scrape": {"interval": interval}, **more}}


def job(**said: Any) -> dict[str, Any]:
    """Values with a job of the user's."""
    return {"prometheus": {"extraScrapeConfigs": [{"job_name": "shop", **said}]}}


def grouped(interval: str, **more: Any) -> dict[str, Any]:
    """Values with a receiver who is told of a group again after an interval."""
    return {"alertmanager": {**RECEIVER, "route": {"receiver": "team", "groupInterval": interval}}, **more}


def pod_monitor(interval: str, **more: Any) -> dict[str, Any]:
    """Values of a release for the operator, whose PodMonitor has an interval."""
    return {"mode": "operator", "operator": {"podMonitor": {"interval": interval, **more}}}


def job_failed(after: str, **more: Any) -> dict[str, Any]:
    """Values in which JobFailed waits."""
    return {"alerts": {"JobFailed": {"for": after, **more}}}


def beside(evaluation: str, scraped: str, alerts: str, most: str) -> str:
    return (
        f"prometheus.evaluationInterval: {evaluation} is too long beside prometheus.scrape.interval, {scraped}: what "
        f"fails once in an evaluation is missing from some windows of {alerts}, which then never fire. Set it to at "
        f"most {most}, or scrape more often."
    )


def forgotten(key: str, interval: str, most: str) -> str:
    return (
        f"alertmanager.{key}.groupInterval: {interval} is too long: a notification that fails is tried again after "
        "that, when the failure has left the window of AlertmanagerNotificationsFailing, 15m; the alert never fires. "
        f"Set it to at most {most}, or alerts.AlertmanagerNotificationsFailing.for to less than that."
    )


NOTIFICATIONS, RULES = "PrometheusNotificationsFailing", "PrometheusRuleFailures"
INTERVALS: Cases = [
    *(
        (scrape(interval), f"prometheus.scrape.interval: {interval} {ONE_SAMPLE}")
        for interval in ("3m", "151s", "150001ms", "1h")
    ),
    *(
        ({"slo": {"longWindowsInterval": interval}}, f"slo.longWindowsInterval: {interval} {UNSEEN}")
        for interval in ("10m", "5m", "241s")
    ),
    *(
        ({"prometheus": {"evaluationInterval": interval}}, f"prometheus.evaluationInterval: {interval} {UNSEEN}")
        for interval in ("5m", "240001ms")
    ),
]
TOGETHER: Cases = [
    (
        scrape("150s", evaluationInterval="4m"),
        beside("4m", "150s", f"{NOTIFICATIONS} and {RULES}", "150s"),
    ),
    (
        scrape("75s", evaluationInterval="226s") | {"alerts": {RULES: {"enabled": False}}},
        beside("226s", "75s", NOTIFICATIONS, "225s"),
    ),
    (
        {**scrape("61s"), "adapter": {"enabled": True}},
        "adapter.enabled: it is true, and prometheus.scrape.interval is 61s: the adapter computes rates over 2m, a "
        "rate needs two samples, and without one autoscalers get no request rate. Set prometheus.scrape.interval to at "
        "most 1m.",
    ),
]
JOBS: Cases = [
    (
        job(scrape_interval="5m"),
        "prometheus.extraScrapeConfigs[0].scrape_interval: 5m is too long: Prometheus sees a sample for 5m, and "
        "TargetDown, which misses one, restarts its wait. Set it to at most 4m, or alerts.TargetDown.enabled to "
        "false.",
    ),
    (
        job(scrape_interval="1m", scrape_timeout="1m1s"),
        "prometheus.extraScrapeConfigs[0].scrape_timeout: 1m1s is longer than the job's scrape interval, 1m, and "
        "Prometheus refuses its whole configuration. Set it to at most that.",
    ),
    (
        job(scrape_timeout="31s"),
        "prometheus.extraScrapeConfigs[0].scrape_timeout: 31s is longer than the job's scrape interval, 30s, and "
        "Prometheus refuses its whole configuration. Set it to at most that.",
    ),
    *(
        (
            job_failed(after),
            f"alerts.JobFailed.for: {after} is too long: the alert leaves out Jobs that failed 1d ago, so that it "
            "never fires. Set it to less, for example 1h.",
        )
        for after in ("1d", "24h", "2w", "1437m")
    ),
]
GROUPS: Cases = [
    (grouped("871s"), forgotten("route", "871s", "870s")),
    (grouped("14m", **scrape("2m")), forgotten("route", "14m", "12m")),
    (
        {
            "alertmanager": {
                **RECEIVER,
                "routes": [{"receiver": "team", "matchers": ["severity = info"], "groupInterval": "1h"}],
            }
        },
        forgotten("routes[0]", "1h", "870s"),
    ),
]
KINDS = [INTERVALS + TOGETHER, JOBS + GROUPS]

OPERATOR = {"mode": "operator", "operator": {"alertmanagerConfig": {"enabled": True}}}
# These are said of one mode alone.
MODE: Cases = [
    *(
        (pod_monitor(interval), f"operator.podMonitor.interval: {interval} {ONE_SAMPLE}")
        for interval in ("5m", "2m31s", "150s1ms", "1h30m")
    ),
    *(
        (
            {"mode": mode, "slo": {"longWindowsInterval": "10m"}},
            f"slo.longWindowsInterval: 10m {UNSEEN}",
        )
        for mode in ("operator", "rules-only")
    ),
    (grouped("901s", **OPERATOR), forgotten("route", "901s", "15m")),
]

# What looks like a mistake and is none.
ALLOWED: list[dict[str, Any]] = [
    *(scrape(interval) for interval in ("150s", "150000ms", "2m")),
    *({"slo": {"longWindowsInterval": interval}} for interval in ("4m", "240s", "500ms")),
    {"prometheus": {"evaluationInterval": "4m"}},
    scrape("150s", evaluationInterval="150s"),
    scrape("150s", evaluationInterval="4m") | {"alerts": {name: {"enabled": False} for name in (NOTIFICATIONS, RULES)}},
    scrape("75s", evaluationInterval="225s"),
    {**scrape("1m"), "adapter": {"enabled": True}},
    *(pod_monitor(interval) for interval in ("", "150s", "2m30s", "99999ms", "1m30s500ms")),
    pod_monitor("5m", enabled=False),
    # Of a Prometheus elsewhere.
    {"mode": "operator", **scrape("3m", evaluationInterval="10m")},
    {"mode": "rules-only", **scrape("3m"), "operator": {"podMonitor": {"interval": "5m"}}},
    job(scrape_interval="4m", scrape_timeout="4m"),
    {**job(scrape_interval="1h"), "alerts": {"TargetDown": {"enabled": False}}},
    job(scrape_interval="{{ .Values.global.every }}", scrape_timeout="1h"),
    *(job_failed(after) for after in ("12h", "1436m")),
    job_failed("2d", enabled=False),
    grouped("870s"),
    # Nobody is told of anything, so that nothing fails.
    {"alertmanager": {"route": {"groupInterval": "1h"}}},
    grouped("1h", alerts={"AlertmanagerNotificationsFailing": {"enabled": False}}),
    grouped("1h", alerts={"AlertmanagerNotificationsFailing": {"for": "5m"}}),
    grouped("15m", **OPERATOR),
]
