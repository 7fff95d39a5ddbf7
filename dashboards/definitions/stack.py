"""The monitoring stack itself: scrapes, rule evaluation, storage, notifications and cost."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import DashboardSpec, Panel, Row
from dashboards.panels import PanelOptions, Query, stat, timeseries
from dashboards.tables import Column, table

SAMPLES_PER_SECOND = "suffix: samples/s"
NO_ALERTMANAGER = "No Alertmanager"
# The stack has its own namespace, so its pods are those in the namespace of Prometheus.
IN_NAMESPACE_OF_PROMETHEUS = "and on (namespace) prometheus_build_info"


def dashboard() -> DashboardSpec:
    """Return the dashboard."""
    return DashboardSpec(
        uid=links.STACK,
        title="Model serving / Monitoring",
        description="The monitoring stack itself: targets and scrapes, rules, storage, notifications and cost.",
        variables=(variables.datasource(),),
        rows=(
            Row("Current state", _current()),
            Row("Targets and scrapes", _scrapes()),
            Row("Rules and storage", _rules_and_storage()),
            Row("Alerts and notifications", _notifications()),
            Row("Cost", _cost()),
        ),
    )


def _current() -> tuple[Panel, ...]:
    return (
        stat(
            PanelOptions("Targets", "Targets that Prometheus scrapes.", units.Short, "No targets"),
            "count(up)",
        ),
        stat(
            PanelOptions(
                "Targets down",
                "Targets whose last scrape failed. Any value above 0 is bad: TargetDown fires.",
                units.Short,
                "No targets",
            ),
            "sum(up == bool 0)",
            thresholds=thresholds.RED_FROM_ONE,
        ),
        stat(
            PanelOptions(
                "Failed configuration reloads",
                "Programs that still run an old configuration because they rejected the new one; their logs say why.",
                units.Short,
                "No data from Prometheus",
            ),
            "sum(prometheus_config_last_reload_successful == bool 0)"
            " + (sum(alertmanager_config_last_reload_successful == bool 0) or vector(0))",
            thresholds=thresholds.RED_FROM_ONE,
        ),
        stat(
            PanelOptions(
                "Failed rule evaluations",
                "Rule evaluations that failed during the time range. Any value above 0 is bad: an alert may not fire.",
                units.Short,
                "No rules",
            ),
            "sum(increase(prometheus_rule_evaluation_failures_total[$__range]))",
            thresholds=thresholds.RED_FROM_ONE,
            decimals=0,
        ),
        stat(
            PanelOptions(
                "Failed notifications",
                "Notifications that did not reach their receiver during the time range. Any value above 0"
                " is bad: the alert has been missed.",
                units.Short,
                NO_ALERTMANAGER,
            ),
            "sum(increase(alertmanager_notifications_failed_total[$__range]))",
            thresholds=thresholds.RED_FROM_ONE,
            decimals=0,
        ),
        stat(
            PanelOptions(
                "Series", "Time series in memory; the memory usage of Prometheus grows with them.", units.Short
            ),
            "sum(prometheus_tsdb_head_series)",
        ),
    )


def _scrapes() -> tuple[Panel, ...]:
    return (
        table(
            PanelOptions(
                "Jobs",
                "One row per job. It is bad if fewer targets are up than exist, or if a scrape takes"
                " nearly as long as its timeout.",
                units.Short,
                "No targets",
            ),
            ("job",),
            (
                Column("Targets", "count by (job) (up)"),
                Column("Up", "sum by (job) (up)"),
                Column("Down", "sum by (job) (up == bool 0)", thresholds=thresholds.RED_FROM_ONE),
                Column("Slowest scrape", "max by (job) (scrape_duration_seconds)", units.Seconds),
                Column("Samples per scrape", "sum by (job) (scrape_samples_scraped)"),
                Column("Kept after relabeling", "sum by (job) (scrape_samples_post_metric_relabeling)"),
            ),
            width=12,
        ),
        timeseries(
            PanelOptions(
                "Slowest scrape by job",
                "Duration of the slowest scrape of each job. Close to the timeout, samples are about to be lost.",
                units.Seconds,
                "No targets",
            ),
            Query("max by (job) (scrape_duration_seconds)", "{{job}}"),
            width=6,
        ),
        timeseries(
            PanelOptions(
                "Samples kept by job",
                "Samples per scrape of all targets of a job, after metric relabeling. A sudden increase"
                " points to a label with many values.",
                units.Short,
                "No targets",
            ),
            Query("sum by (job) (scrape_samples_post_metric_relabeling)", "{{job}}"),
            width=6,
            stacked=True,
        ),
    )


def _rules_and_storage() -> tuple[Panel, ...]:
    by_group = "max by (rule_group) (%s)"
    # The label starts with the path of the file that defines the group.
    without_path = 'label_replace(%s, "rule_group", "$1", "rule_group", ".*;(.+)")'
    return (
        timeseries(
            PanelOptions(
                "Rule evaluation by group",
                "Duration of the last evaluation of each rule group. If it is longer than the group's"
                " interval, alerts are late.",
                units.Seconds,
                "No rules",
            ),
            Query(by_group % without_path % "prometheus_rule_group_last_duration_seconds", "{{rule_group}}"),
        ),
        timeseries(
            PanelOptions(
                "Missed and failed evaluations",
                "Rule evaluations per second that were skipped because the previous one was still"
                " running, or that failed.",
                units.OpsPerSecond,
                "No rules",
            ),
            Query("sum(rate(prometheus_rule_group_iterations_missed_total[$__rate_interval]))", "missed"),
            Query("sum(rate(prometheus_rule_evaluation_failures_total[$__rate_interval]))", "failed"),
        ),
        timeseries(
            PanelOptions(
                "Query duration p90",
                "90 of 100 queries are faster than this, by stage of the query. Dashboards and rules"
                " share one query engine.",
                units.Seconds,
                "No queries yet",
            ),
            Query('max by (slice) (prometheus_engine_query_duration_seconds{quantile="0.9"})', "{{slice}}"),
        ),
        timeseries(
            PanelOptions("Samples ingested", "Samples that are appended per second.", SAMPLES_PER_SECOND),
            Query("sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))", "samples"),
        ),
        timeseries(
            PanelOptions(
                "Series in memory",
                "Time series of the last hours. Growth without new pods points to a label with too many values.",
                units.Short,
            ),
            Query("sum(prometheus_tsdb_head_series)", "series"),
        ),
        timeseries(
            PanelOptions(
                "Storage",
                "Bytes on the volume: blocks, write-ahead log and head chunks. Size-based retention counts all three.",
                units.BytesIEC,
            ),
            Query("sum(prometheus_tsdb_storage_blocks_bytes)", "blocks"),
            Query("sum(prometheus_tsdb_wal_storage_size_bytes)", "write-ahead log"),
            Query("sum(prometheus_tsdb_head_chunks_storage_size_bytes)", "head chunks"),
            stacked=True,
        ),
    )


def _notifications() -> tuple[Panel, ...]:
    return (
        timeseries(
            PanelOptions(
                "Firing alerts",
                "Firing alerts by severity. The Watchdog has the severity none and always fires.",
                units.Short,
            ),
            Query('sum by (severity) (ALERTS{alertstate="firing"})', "{{severity}}"),
            stacked=True,
            width=6,
        ),
        timeseries(
            PanelOptions(
                "Alerts in Alertmanager",
                "Alerts in Alertmanager by state. Suppressed alerts are silenced or inhibited.",
                units.Short,
                NO_ALERTMANAGER,
            ),
            Query("max by (state) (alertmanager_alerts)", "{{state}}"),
            width=6,
        ),
        timeseries(
            PanelOptions(
                "Notifications",
                "Notifications to receivers per second, attempted and failed. Any failure is bad:"
                " AlertmanagerNotificationsFailing fires.",
                units.OpsPerSecond,
                NO_ALERTMANAGER,
            ),
            Query("sum(rate(alertmanager_notifications_total[$__rate_interval]))", "attempted"),
            Query("sum(rate(alertmanager_notifications_failed_total[$__rate_interval]))", "failed"),
            width=6,
        ),
        timeseries(
            PanelOptions(
                "Prometheus to Alertmanager",
                "Alerts per second that Prometheus failed to send, and the length of its queue. Both are normally 0.",
                units.Short,
                NO_ALERTMANAGER,
            ),
            Query("sum(rate(prometheus_notifications_dropped_total[$__rate_interval]))", "dropped per second"),
            Query("sum(prometheus_notifications_queue_length)", "waiting"),
            width=6,
        ),
    )


def _cost() -> tuple[Panel, ...]:
    any_namespace = 'namespace!=""'
    return (
        timeseries(
            PanelOptions("CPU by pod", "CPU cores of the pods in the namespace of Prometheus.", units.Short),
            Query(
                f"({promql.container_cpu('namespace, pod', any_namespace)}) {IN_NAMESPACE_OF_PROMETHEUS}",
                "{{namespace}}/{{pod}}",
            ),
            width=12,
            stacked=True,
        ),
        timeseries(
            PanelOptions("Memory by pod", "Memory of the pods in the namespace of Prometheus.", units.BytesIEC),
            Query(
                f"({promql.container_memory('namespace, pod', any_namespace)}) {IN_NAMESPACE_OF_PROMETHEUS}",
                "{{namespace}}/{{pod}}",
            ),
            width=12,
            stacked=True,
        ),
    )
