"""One model by version: from its traffic to the pods that serve it."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import DashboardSpec, Panel, Row
from dashboards.panels import PanelOptions, Query, bar_gauge, heatmap, stat, timeseries
from dashboards.promql import MODEL, NAMESPACE, VERSION
from dashboards.tables import Column, table

NO_REQUESTS = "No requests"
NO_DRIFT = "No reference data, or too few rows so far"
BY_VERSION = "version {{version}}"
ROWS_PER_SECOND = "suffix: rows/s"


def dashboard() -> DashboardSpec:
    """Return the dashboard."""
    return DashboardSpec(
        uid=links.MODEL,
        title="Model serving / Model",
        description="One model by version: traffic, latency and its breakdown, batches and cost, drift, pods.",
        variables=(
            variables.datasource(),
            variables.query_variable("namespace", "model_server_model_info", multi=False),
            variables.query_variable("model", f"model_server_model_info{{{NAMESPACE}}}", multi=False),
            variables.query_variable("version", f"model_server_model_info{{{MODEL}}}", multi=True),
        ),
        rows=(
            Row("Current state", _current()),
            Row("Traffic", _traffic()),
            Row("Latency", _latency()),
            Row("Batches and cost", _batches()),
            Row("Drift", _drift()),
            Row("Servers", _servers()),
        ),
    )


def _current() -> tuple[Panel, ...]:
    return (
        stat(
            PanelOptions("Requests", "Requests per second of the selected versions.", units.RequestsPerSecond),
            f"sum(model_version:requests:rate5m{{{VERSION}}})",
        ),
        stat(
            PanelOptions(
                "Error ratio",
                "Fraction of responses with a 5xx status over 5 minutes, all versions. It is red when"
                " ModelErrorRatioHigh fires.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            f"max(model:errors:ratio_rate5m{{{MODEL}}})",
            thresholds=thresholds.ERRORS,
            decimals=2,
        ),
        stat(
            PanelOptions(
                "Latency p99",
                "99 of 100 successful requests were faster than this, for the slowest version. It is red"
                " when ModelLatencyHigh fires.",
                units.Seconds,
                NO_REQUESTS,
            ),
            f"max(model_version:latency_p99:5m{{{VERSION}}})",
            thresholds=thresholds.LATENCY,
        ),
        stat(
            PanelOptions("Servers ready", "Ready servers of the selected versions.", units.Short, "None"),
            f"sum({promql.of_model(f'model_server_ready{{{NAMESPACE}}}')})",
        ),
        stat(
            PanelOptions(
                "Error burn rate (1 h)",
                "How many times faster than the objective allows errors occur. At 1 the 30-day error"
                " budget lasts 30 days; from 14.4 an alert pages someone.",
                units.Short,
                NO_REQUESTS,
            ),
            f"max(model:errors:ratio_rate1h{{{MODEL}}}"
            f" / on (namespace, model) model:slo_error_budget:ratio{{{MODEL}}})",
            thresholds=thresholds.BURN,
            decimals=2,
        ),
        stat(
            PanelOptions(
                "Highest drift",
                "The highest population stability index (PSI) of a feature. Below 0.1 the requests"
                " resemble the training data, above 0.25 they do not.",
                units.Short,
                "No reference data",
            ),
            f"max(model_server_feature_drift_psi{{{VERSION}}})",
            thresholds=thresholds.DRIFT,
            decimals=3,
        ),
    )


def _traffic() -> tuple[Panel, ...]:
    requests = "model_server_requests_total"
    return (
        timeseries(
            PanelOptions("Requests by version", "Requests per second.", units.RequestsPerSecond),
            Query(f"model_version:requests:rate5m{{{VERSION}}}", BY_VERSION),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Requests by protocol and code",
                "Responses per second by protocol and HTTP status. 4xx are client errors, 5xx are server errors.",
                units.RequestsPerSecond,
            ),
            Query(f"sum by (protocol, code) ({promql.rate(requests, VERSION)})", "{{protocol}} {{code}}"),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Error ratio by version",
                "Fraction of responses with a 5xx status over 5 minutes. If only one version fails, that"
                " version is at fault.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(f"model_version:errors:ratio_rate5m{{{VERSION}}}", BY_VERSION),
            thresholds=thresholds.ERRORS,
        ),
    )


def _latency() -> tuple[Panel, ...]:
    duration = "model_server_request_duration_seconds"
    queue, compute = "model_server_queue_duration_seconds", "model_server_compute_duration_seconds"
    of_queue, of_compute = (promql.mean(name, VERSION, "model") for name in (queue, compute))
    total = promql.mean(duration, VERSION, "model")
    return (
        timeseries(
            PanelOptions(
                "Latency percentiles by version",
                "50, 95 and 99 of 100 successful requests were faster than this. Above the line"
                " ModelLatencyHigh fires.",
                units.Seconds,
                NO_REQUESTS,
            ),
            *(
                Query(f"model_version:latency_p{percentile}:5m{{{VERSION}}}", f"p{percentile} {BY_VERSION}")
                for percentile in (50, 95, 99)
            ),
            thresholds=thresholds.LATENCY,
        ),
        heatmap(
            PanelOptions(
                "Latency distribution",
                "Distribution of the request duration; darker means more requests.",
                units.Seconds,
                NO_REQUESTS,
            ),
            promql.buckets(duration, VERSION),
        ),
        timeseries(
            PanelOptions(
                "Latency breakdown",
                "Mean duration of a request, split into queue wait, compute in the model, and the rest:"
                " parsing, validation and encoding. A growing queue calls for more servers, growing"
                " compute for a smaller model or more CPU.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(of_queue, "queue"),
            Query(of_compute, "compute"),
            Query(f"clamp_min({total} - {of_queue} - {of_compute}, 0)", "other"),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Queue wait p95 by version",
                "95 of 100 requests waited less than this for the model.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(promql.quantile(0.95, queue, VERSION, "version"), BY_VERSION),
        ),
        timeseries(
            PanelOptions(
                "Compute p95 by version",
                "95 of 100 calls of the model took less than this.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(promql.quantile(0.95, compute, VERSION, "version"), BY_VERSION),
        ),
        timeseries(
            PanelOptions(
                "Slots in use by server",
                "In-flight requests as a fraction of the request slots of each server. At 100 % further"
                " requests wait; above the line ModelQueueSaturated fires.",
                units.PercentUnit,
            ),
            Query(
                f"sum by (namespace, pod) (model_server_pending_requests{{{VERSION}}})"
                f" / on (namespace, pod) max by (namespace, pod) (model_server_request_slots{{{NAMESPACE}}})",
                "{{pod}}",
            ),
            thresholds=thresholds.QUEUE,
        ),
    )


def _batches() -> tuple[Panel, ...]:
    rows = "model_server_batch_rows"
    return (
        timeseries(
            PanelOptions("Predictions by version", "Rows predicted per second.", ROWS_PER_SECOND),
            Query(f"sum by (version) ({promql.rate(f'{rows}_sum', VERSION)})", BY_VERSION),
            stacked=True,
        ),
        heatmap(
            PanelOptions("Batch size", "Rows that one call passes to the model.", units.Short, NO_REQUESTS),
            promql.buckets(rows, VERSION),
        ),
        timeseries(
            PanelOptions(
                "CPU per 1,000 predictions by version",
                "CPU-seconds of the whole server per 1,000 rows. It falls with larger batches and rises"
                " when servers are idle.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(f"model_version:cpu_seconds_per_1000_rows:5m{{{VERSION}}}", BY_VERSION),
        ),
    )


def _drift() -> tuple[Panel, ...]:
    return (
        bar_gauge(
            PanelOptions(
                "Feature drift, current",
                "Population stability index (PSI) of each feature: the most recent rows against the"
                " training data. Below 0.1 they match, above 0.25 they do not.",
                units.Short,
                NO_DRIFT,
            ),
            Query(
                f"max by (feature, version) (model_server_feature_drift_psi{{{VERSION}}})",
                "{{feature}}, version {{version}}",
            ),
            thresholds=thresholds.DRIFT,
            max_value=0.5,
        ),
        timeseries(
            PanelOptions(
                "Feature drift",
                "The PSI of each feature over time. A step points to a change at the callers, a slope to"
                " a gradual change of the data.",
                units.Short,
                NO_DRIFT,
            ),
            Query(
                f"max by (feature, version) (model_server_feature_drift_psi{{{VERSION}}})",
                "{{feature}}, version {{version}}",
            ),
            thresholds=thresholds.DRIFT,
        ),
        timeseries(
            PanelOptions(
                "Prediction drift",
                "PSI of the predictions. If it rises while no feature drifts, the relation between"
                " features has changed.",
                units.Short,
                NO_DRIFT,
            ),
            Query(f"max by (version) (model_server_prediction_drift_psi{{{VERSION}}})", BY_VERSION),
            thresholds=thresholds.DRIFT,
            width=4,
        ),
        timeseries(
            PanelOptions(
                "Rows compared",
                "Rows from which a server computes drift, for the server with the fewest. The fewer rows,"
                " the less reliable the PSI.",
                units.Short,
                NO_DRIFT,
            ),
            Query(f"min by (version) (model_server_drift_rows{{{VERSION}}})", BY_VERSION),
            width=4,
        ),
    )


def _servers() -> tuple[Panel, ...]:
    restarts = f'kube_pod_container_status_restarts_total{{{NAMESPACE}, container="model-server"}}'
    pods = "by (namespace, pod, version)"
    info = promql.MODEL_OF_POD
    return (
        timeseries(
            PanelOptions(
                "Servers ready by version",
                "Ready servers. Fewer than the desired replicas for longer than a rollout is bad.",
                units.Short,
                "None",
            ),
            Query(f"sum by (version) ({promql.of_model(f'model_server_ready{{{NAMESPACE}}}')})", BY_VERSION),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Replicas by Deployment",
                "Desired and available replicas of the Deployments that serve this model. A lasting gap"
                " means that pods cannot start.",
                units.Short,
                "No Deployments",
            ),
            *(
                Query(_of_deployments(f"kube_deployment_{metric}{{{NAMESPACE}}}"), f"{{{{deployment}}}} {word}")
                for metric, word in (("spec_replicas", "desired"), ("status_replicas_available", "available"))
            ),
        ),
        timeseries(
            PanelOptions(
                "Restarts",
                "Container restarts of the servers. Any restart is bad: check the last exit code of the pod.",
                units.Short,
                "No servers",
            ),
            Query(
                f"max {pods} ({promql.of_model(f'increase({restarts}[$__rate_interval])')})",
                "{{pod}}, version {{version}}",
            ),
            thresholds=thresholds.RED_FROM_ONE,
        ),
        table(
            PanelOptions("Servers", "One row per server of the selected versions.", units.Short, "No servers"),
            ("pod", "version", "format"),
            (
                Column(
                    "Ready",
                    f"max by (pod, version, format) (model_server_ready{{{NAMESPACE}}}"
                    f" * on (namespace, pod) group_left (version, format) {info})",
                    value_mappings={"0": ("no", thresholds.RED), "1": ("yes", thresholds.GREEN)},
                ),
                Column(
                    "Requests",
                    f"sum by (pod, version, format) (sum by (namespace, pod, version)"
                    f" ({promql.rate('model_server_requests_total', VERSION)})"
                    f" * on (namespace, pod, version) group_left (format) {info})",
                    units.RequestsPerSecond,
                ),
                Column("CPU", _resource(promql.container_cpu("namespace, pod", NAMESPACE), info), units.Short),
                Column("Memory", _resource(promql.container_memory("namespace, pod", NAMESPACE), info), units.BytesIEC),
                Column(
                    "Model load time",
                    f"max by (pod, version, format) (model_server_model_load_duration_seconds{{{VERSION}}}"
                    f" * on (namespace, pod, version) group_left (format) {info})",
                    units.Seconds,
                ),
            ),
        ),
    )


def _resource(by_pod: str, info: str) -> str:
    return f"max by (pod, version, format) (({by_pod}) * on (namespace, pod) group_left (version, format) {info})"


def _of_deployments(series: str) -> str:
    """Keep the series of Deployments whose pods serve the model, joined by pod, ReplicaSet and Deployment."""
    replica_sets = (
        'label_replace(kube_pod_owner{owner_kind="ReplicaSet"}, "replicaset", "$1", "owner_name", "(.+)")'
        f" and on (namespace, pod) model_server_model_info{{{VERSION}}}"
    )
    deployments = (
        'label_replace(kube_replicaset_owner{owner_kind="Deployment"}, "deployment", "$1", "owner_name", "(.+)")'
        f" and on (namespace, replicaset) ({replica_sets})"
    )
    return f"max by (namespace, deployment) ({series} and on (namespace, deployment) ({deployments}))"
