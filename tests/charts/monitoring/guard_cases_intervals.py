"""Intervals at which an alert could never fire, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

RECEIVER: dict[str, Any] = {
    "receivers": [{"name": "team", "webhook": [{"url": "https://incidents.example.org"}]}],
}
UNSEEN = (
    "which is too long: queries return a recorded sample for 5m, so alerts would miss samples, restart their wait and "
    "never fire. Set it to at most 4m."
)
ONE_SAMPLE = (
    "which is too long: the alerts use rates over 5m, and a rate needs two samples, so they would never fire. Set it "
    "to at most 150s."
)


def scrape(interval: str, **more: Any) -> dict[str, Any]:
    """Return values with a scrape interval."""
    return {"prometheus": {"scrape": {"interval": interval}, **more}}


def job(**fields: Any) -> dict[str, Any]:
    """Return values with an additional scrape job."""
    return {"prometheus": {"extraScrapeConfigs": [{"job_name": "shop", **fields}]}}


def grouped(interval: str, **more: Any) -> dict[str, Any]:
    """Return values with a receiver and a group interval."""
    return {"alertmanager": {**RECEIVER, "route": {"receiver": "team", "groupInterval": interval}}, **more}


def pod_monitor(interval: str, **more: Any) -> dict[str, Any]:
    """Return values of mode operator with a scrape interval."""
    return {"mode": "operator", "operator": {"podMonitor": {"interval": interval, **more}}}


def job_failed(after: str, **more: Any) -> dict[str, Any]:
    """Return values that set `for` of JobFailed."""
    return {"alerts": {"JobFailed": {"for": after, **more}}}


def rare_evaluation(evaluation: str, scraped: str, alerts: str, longest: str) -> str:
    return (
        f"prometheus.evaluationInterval: is {evaluation}, which is too long for prometheus.scrape.interval, {scraped}: "
        f"some windows of {alerts} would contain no failure, so that these alerts would never fire. Set it to at most "
        f"{longest}, or scrape more often."
    )


def late_retry(key: str, interval: str, longest: str) -> str:
    return (
        f"alertmanager.{key}.groupInterval: is {interval}, which is too long: a failed notification is retried after "
        "this interval, when the failure has left the window of AlertmanagerNotificationsFailing, 15m, so the alert "
        f"would never fire. Set it to at most {longest}, or set alerts.AlertmanagerNotificationsFailing.for to less "
        "than that."
    )


NOTIFICATIONS, RULES = "PrometheusNotificationsFailing", "PrometheusRuleFailures"
INTERVALS: Cases = [
    *(
        (scrape(interval), f"prometheus.scrape.interval: is {interval}, {ONE_SAMPLE}")
        for interval in ("3m", "151s", "150001ms", "1h")
    ),
    *(
        ({"slo": {"longWindowsInterval": interval}}, f"slo.longWindowsInterval: is {interval}, {UNSEEN}")
        for interval in ("10m", "5m", "241s")
    ),
    *(
        ({"prometheus": {"evaluationInterval": interval}}, f"prometheus.evaluationInterval: is {interval}, {UNSEEN}")
        for interval in ("5m", "240001ms")
    ),
]
TOGETHER: Cases = [
    (
        scrape("150s", evaluationInterval="4m"),
        rare_evaluation("4m", "150s", f"{NOTIFICATIONS} and {RULES}", "150s"),
    ),
    (
        scrape("75s", evaluationInterval="226s") | {"alerts": {RULES: {"enabled": False}}},
        rare_evaluation("226s", "75s", NOTIFICATIONS, "225s"),
    ),
    (
        {**scrape("61s"), "adapter": {"enabled": True}},
        "adapter.enabled: is true, but prometheus.scrape.interval is 61s: the adapter computes rates over 2m, and a "
        "rate needs two samples, so autoscalers would get no request rate. Set prometheus.scrape.interval to at most "
        "1m.",
    ),
]
JOBS: Cases = [
    (
        job(scrape_interval="5m"),
        "prometheus.extraScrapeConfigs[0].scrape_interval: is 5m, which is too long: queries return a sample for 5m, "
        "so TargetDown would miss samples and restart its wait. Set it to at most 4m, or set "
        "alerts.TargetDown.enabled to false.",
    ),
    (
        job(scrape_interval="1m", scrape_timeout="1m1s"),
        "prometheus.extraScrapeConfigs[0].scrape_timeout: is 1m1s, which exceeds the job's scrape interval, 1m, "
        "so Prometheus would reject its whole configuration. Set it to at most the interval.",
    ),
    (
        job(scrape_timeout="31s"),
        "prometheus.extraScrapeConfigs[0].scrape_timeout: is 31s, which exceeds the job's scrape interval, 30s, "
        "so Prometheus would reject its whole configuration. Set it to at most the interval.",
    ),
    *(
        (
            job_failed(after),
            f"alerts.JobFailed.for: is {after}, which is too long: the alert ignores Jobs that failed 1d ago, so it "
            "would never fire. Set it to a shorter time, such as 1h.",
        )
        for after in ("1d", "24h", "2w", "1437m")
    ),
]
GROUPS: Cases = [
    (grouped("871s"), late_retry("route", "871s", "870s")),
    (grouped("14m", **scrape("2m")), late_retry("route", "14m", "12m")),
    (
        {
            "alertmanager": {
                **RECEIVER,
                "routes": [{"receiver": "team", "matchers": ["severity = info"], "groupInterval": "1h"}],
            }
        },
        late_retry("routes[0]", "1h", "870s"),
    ),
]
KINDS = [INTERVALS + TOGETHER, JOBS + GROUPS]

OPERATOR = {"mode": "operator", "operator": {"alertmanagerConfig": {"enabled": True}}}
# Validation errors of a single mode.
MODE: Cases = [
    *(
        (pod_monitor(interval), f"operator.podMonitor.interval: is {interval}, {ONE_SAMPLE}")
        for interval in ("5m", "2m31s", "150s1ms", "1h30m")
    ),
    *(
        (
            {"mode": mode, "slo": {"longWindowsInterval": "10m"}},
            f"slo.longWindowsInterval: is 10m, {UNSEEN}",
        )
        for mode in ("operator", "rules-only")
    ),
    (grouped("901s", **OPERATOR), late_retry("route", "901s", "15m")),
]

# Valid values that resemble invalid ones.
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
    job(scrape_interval="4m", scrape_timeout="4m"),
    {**job(scrape_interval="1h"), "alerts": {"TargetDown": {"enabled": False}}},
    job(scrape_interval="{{ .Values.global.every }}", scrape_timeout="1h"),
    *(job_failed(after) for after in ("12h", "1436m")),
    job_failed("2d", enabled=False),
    grouped("870s"),
    # Without receivers, no notification can fail.
    {"alertmanager": {"route": {"groupInterval": "1h"}}},
    grouped("1h", alerts={"AlertmanagerNotificationsFailing": {"enabled": False}}),
    grouped("1h", alerts={"AlertmanagerNotificationsFailing": {"for": "5m"}}),
    grouped("15m", **OPERATOR),
]
