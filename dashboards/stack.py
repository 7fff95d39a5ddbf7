"""The monitoring stack itself: is everything scraped, are the rules evaluated in time, do alerts leave?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import Board, Panel, Row
from dashboards.panels import About, Query, figure, lines
from dashboards.tables import Column, lines_of

SAMPLES_PER_SECOND = "suffix: samples/s"
NO_ALERTMANAGER = "No Alertmanager"
# The pods beside Prometheus are taken to be the stack; it is installed into a namespace of its own.
BESIDE_PROMETHEUS = "and on (namespace) prometheus_build_info"


def board() -> Board:
    """The dashboard."""
    return Board(
        uid=links.STACK,
        title="Model serving / Monitoring",
        description="The monitoring stack itself: targets and scrapes, rules, storage, notifications, what it costs.",
        variables=(variables.datasource(),),
        rows=(
            Row("Now", _now()),
            Row("Targets and scrapes", _scrapes()),
            Row("Rules and storage", _rules_and_storage()),
            Row("Alerts and notifications", _notifications()),
            Row("Cost", _cost()),
        ),
    )


def _now() -> tuple[Panel, ...]:
    return (
        figure(
            About("Targets", "Targets that Prometheus scrapes.", units.Short, "No target"),
            "count(up)",
        ),
        figure(
            About(
                "Targets down",
                "Targets whose last scrape failed. Any is bad: TargetDown fires.",
                units.Short,
                "No target",
            ),
            "sum(up == bool 0)",
            steps=thresholds.ANY_IS_BAD,
        ),
        figure(
            About(
                "Configurations refused",
                "Programs that keep an old configuration because the new one is wrong; their logs say why.",
                units.Short,
                "None reports",
            ),
            "sum(prometheus_config_last_reload_successful == bool 0)"
            " + (sum(alertmanager_config_last_reload_successful == bool 0) or vector(0))",
            steps=thresholds.ANY_IS_BAD,
        ),
        figure(
            About(
                "Failed rules",
                "Evaluations of rules that failed in the time shown. Any is bad: an alert may be silent.",
                units.Short,
                "No rule",
            ),
            "sum(increase(prometheus_rule_evaluation_failures_total[$__range]))",
            steps=thresholds.ANY_IS_BAD,
            decimals=0,
        ),
        figure(
            About(
                "Failed notifications",
                "Notifications that did not reach their receiver in the time shown. Any is bad: nobody was told.",
                units.Short,
                NO_ALERTMANAGER,
            ),
            "sum(increase(alertmanager_notifications_failed_total[$__range]))",
            steps=thresholds.ANY_IS_BAD,
            decimals=0,
        ),
        figure(
            About("Series", "Time series in memory; what Prometheus needs grows with them.", units.Short),
            "sum(prometheus_tsdb_head_series)",
        ),
    )


def _scrapes() -> tuple[Panel, ...]:
    return (
        lines_of(
            About(
                "Jobs",
                "A line for each job. Fewer up than there are targets is bad, and so is a scrape that takes near its"
                " timeout.",
                units.Short,
                "No target",
            ),
            ("job",),
            (
                Column("Targets", "count by (job) (up)"),
                Column("Up", "sum by (job) (up)"),
                Column("Down", "sum by (job) (up == bool 0)", steps=thresholds.ANY_IS_BAD),
                Column("Slowest scrape", "max by (job) (scrape_duration_seconds)", units.Seconds),
                Column("Samples of a scrape", "sum by (job) (scrape_samples_scraped)"),
                Column("Kept", "sum by (job) (scrape_samples_post_metric_relabeling)"),
            ),
            width=12,
        ),
        lines(
            About(
                "Slowest scrape by job",
                "How long the slowest target of a job took. Near the timeout, samples are soon lost.",
                units.Seconds,
                "No target",
            ),
            Query("max by (job) (scrape_duration_seconds)", "{{job}}"),
            width=6,
        ),
        lines(
            About(
                "Samples kept by job",
                "Samples of one scrape of all targets of a job, after dropping. A step is a label with many values.",
                units.Short,
                "No target",
            ),
            Query("sum by (job) (scrape_samples_post_metric_relabeling)", "{{job}}"),
            width=6,
            stacked=True,
        ),
    )


def _rules_and_storage() -> tuple[Panel, ...]:
    group = "max by (rule_group) (%s)"
    # The label begins with the path of the group's file.
    name = 'label_replace(%s, "rule_group", "$1", "rule_group", ".*;(.+)")'
    return (
        lines(
            About(
                "Evaluation of rules by group",
                "How long the last evaluation of a group took. Longer than its interval means that alerts come late.",
                units.Seconds,
                "No rule",
            ),
            Query(group % name % "prometheus_rule_group_last_duration_seconds", "{{rule_group}}"),
        ),
        lines(
            About(
                "Evaluations missed and failed",
                "Evaluations in a second that were left out because the one before was not done, or that failed.",
                units.OpsPerSecond,
                "No rule",
            ),
            Query("sum(rate(prometheus_rule_group_iterations_missed_total[$__rate_interval]))", "missed"),
            Query("sum(rate(prometheus_rule_evaluation_failures_total[$__rate_interval]))", "failed"),
        ),
        lines(
            About(
                "Queries, p90",
                "The time that 90 of 100 queries take, by their parts. Dashboards and rules share the same engine.",
                units.Seconds,
                "No query yet",
            ),
            Query('max by (slice) (prometheus_engine_query_duration_seconds{quantile="0.9"})', "{{slice}}"),
        ),
        lines(
            About(
                "Samples taken in",
                "Samples that are stored in a second.",
                SAMPLES_PER_SECOND,
            ),
            Query("sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))", "samples"),
        ),
        lines(
            About(
                "Series in memory",
                "Time series of the last hours. Growth without new pods is a label with too many values.",
                units.Short,
            ),
            Query("sum(prometheus_tsdb_head_series)", "series"),
        ),
        lines(
            About(
                "Storage",
                "Bytes on the volume: blocks, the log that is written first, and the newest hours. Retention by size"
                " counts all of them.",
                units.BytesIEC,
            ),
            Query("sum(prometheus_tsdb_storage_blocks_bytes)", "blocks"),
            Query("sum(prometheus_tsdb_wal_storage_size_bytes)", "log"),
            Query("sum(prometheus_tsdb_head_chunks_storage_size_bytes)", "newest hours"),
            stacked=True,
        ),
    )


def _notifications() -> tuple[Panel, ...]:
    return (
        lines(
            About("Alerts that fire", "Alerts by severity. The Watchdog has none and always fires.", units.Short),
            Query('sum by (severity) (ALERTS{alertstate="firing"})', "{{severity}}"),
            stacked=True,
            width=6,
        ),
        lines(
            About(
                "Alerts in Alertmanager",
                "Alerts that it holds, by state: suppressed ones are silenced or inhibited.",
                units.Short,
                NO_ALERTMANAGER,
            ),
            Query("max by (state) (alertmanager_alerts)", "{{state}}"),
            width=6,
        ),
        lines(
            About(
                "Notifications",
                "Notifications to receivers in a second, tried and failed. Any that fails is bad:"
                " AlertmanagerNotificationsFailing fires.",
                units.OpsPerSecond,
                NO_ALERTMANAGER,
            ),
            Query("sum(rate(alertmanager_notifications_total[$__rate_interval]))", "tried"),
            Query("sum(rate(alertmanager_notifications_failed_total[$__rate_interval]))", "failed"),
            width=6,
        ),
        lines(
            About(
                "From Prometheus to Alertmanager",
                "Alerts in a second that Prometheus could not send, and those that wait. Both are 0 when all is well.",
                units.Short,
                NO_ALERTMANAGER,
            ),
            Query("sum(rate(prometheus_notifications_dropped_total[$__rate_interval]))", "dropped in a second"),
            Query("sum(prometheus_notifications_queue_length)", "waiting"),
            width=6,
        ),
    )


def _cost() -> tuple[Panel, ...]:
    any_namespace = 'namespace!=""'
    return (
        lines(
            About("CPU by pod", "CPU cores of the pods in the namespace of Prometheus.", units.Short),
            Query(
                f"({promql.container_cpu('namespace, pod', any_namespace)}) {BESIDE_PROMETHEUS}",
                "{{namespace}}/{{pod}}",
            ),
            width=12,
            stacked=True,
        ),
        lines(
            About("Memory by pod", "Memory of the pods in the namespace of Prometheus.", units.BytesIEC),
            Query(
                f"({promql.container_memory('namespace, pod', any_namespace)}) {BESIDE_PROMETHEUS}",
                "{{namespace}}/{{pod}}",
            ),
            width=12,
            stacked=True,
        ),
    )
