"""One model, by version: from its traffic to the pods that serve it."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import Board, Panel, Row
from dashboards.panels import About, Query, bars, figure, heat, lines
from dashboards.promql import MODEL, NAMESPACE, VERSION
from dashboards.tables import Column, lines_of

NO_REQUESTS = "No requests"
NO_DRIFT = "No reference, or too few rows yet"
BY_VERSION = "version {{version}}"
ROWS_PER_SECOND = "suffix: rows/s"


def board() -> Board:
    """The dashboard."""
    return Board(
        uid=links.MODEL,
        title="Model serving / Model",
        description="One model, by version: traffic, latency and where it goes, batches and cost, drift, pods.",
        variables=(
            variables.datasource(),
            variables.choice("namespace", "model_server_model_info", many=False),
            variables.choice("model", f"model_server_model_info{{{NAMESPACE}}}", many=False),
            variables.choice("version", f"model_server_model_info{{{MODEL}}}", many=True),
        ),
        rows=(
            Row("Now", _now()),
            Row("Traffic", _traffic()),
            Row("Latency", _latency()),
            Row("Batches and cost", _batches()),
            Row("Drift", _drift()),
            Row("Servers", _servers()),
        ),
    )


def _now() -> tuple[Panel, ...]:
    return (
        figure(
            About("Requests", "Requests answered in a second by the chosen versions.", units.RequestsPerSecond),
            f"sum(model_version:requests:rate5m{{{VERSION}}})",
        ),
        figure(
            About(
                "Errors",
                "Share of answers with a code of 5xx over 5 minutes, all versions. Red: ModelErrorRatioHigh fires.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            f"max(model:errors:ratio_rate5m{{{MODEL}}})",
            steps=thresholds.ERRORS,
            decimals=2,
        ),
        figure(
            About(
                "Latency, p99",
                "99 of 100 good answers took less than this, of the slowest version. Red where ModelLatencyHigh fires.",
                units.Seconds,
                NO_REQUESTS,
            ),
            f"max(model_version:latency_p99:5m{{{VERSION}}})",
            steps=thresholds.LATENCY,
        ),
        figure(
            About("Servers ready", "Servers of the chosen versions that take requests.", units.Short, "None"),
            f"sum({promql.of_model(f'model_server_ready{{{NAMESPACE}}}')})",
        ),
        figure(
            About(
                "Error burn rate (1 h)",
                "How many times faster than the objective allows errors happen. 1 uses the budget of 30 days in 30"
                " days; from 14.4 on somebody is woken.",
                units.Short,
                NO_REQUESTS,
            ),
            f"max(model:errors:ratio_rate1h{{{MODEL}}}"
            f" / on (namespace, model) model:slo_error_budget:ratio{{{MODEL}}})",
            steps=thresholds.BURN,
            decimals=2,
        ),
        figure(
            About(
                "Highest drift",
                "The highest population stability index of a feature. Below 0.1 the rows look like the training data,"
                " above 0.25 they do not.",
                units.Short,
                "No reference",
            ),
            f"max(model_server_feature_drift_psi{{{VERSION}}})",
            steps=thresholds.DRIFT,
            decimals=3,
        ),
    )


def _traffic() -> tuple[Panel, ...]:
    requests = "model_server_requests_total"
    return (
        lines(
            About("Requests by version", "Requests answered in a second.", units.RequestsPerSecond),
            Query(f"model_version:requests:rate5m{{{VERSION}}}", BY_VERSION),
            stacked=True,
        ),
        lines(
            About(
                "Requests by protocol and code",
                "Answers in a second by protocol and HTTP code. 4xx are the caller's fault, 5xx the server's.",
                units.RequestsPerSecond,
            ),
            Query(f"sum by (protocol, code) ({promql.rate(requests, VERSION)})", "{{protocol}} {{code}}"),
            stacked=True,
        ),
        lines(
            About(
                "Errors by version",
                "Share of answers with a code of 5xx over 5 minutes. One version alone points to that version.",
                units.PercentUnit,
                NO_REQUESTS,
            ),
            Query(f"model_version:errors:ratio_rate5m{{{VERSION}}}", BY_VERSION),
            steps=thresholds.ERRORS,
        ),
    )


def _latency() -> tuple[Panel, ...]:
    duration = "model_server_request_duration_seconds"
    queue, compute = "model_server_queue_duration_seconds", "model_server_compute_duration_seconds"
    of_queue, of_compute = (promql.mean(name, VERSION, "model") for name in (queue, compute))
    whole = promql.mean(duration, VERSION, "model")
    return (
        lines(
            About(
                "Quantiles by version",
                "50, 95 and 99 of 100 good answers took less than this. Above the line ModelLatencyHigh fires.",
                units.Seconds,
                NO_REQUESTS,
            ),
            *(
                Query(f"model_version:latency_p{share}:5m{{{VERSION}}}", f"p{share} {BY_VERSION}")
                for share in (50, 95, 99)
            ),
            steps=thresholds.LATENCY,
        ),
        heat(
            About("Spread", "How long requests took; the darker, the more of them.", units.Seconds, NO_REQUESTS),
            promql.buckets(duration, VERSION),
        ),
        lines(
            About(
                "Where the time goes",
                "The mean time of a request, taken apart: waiting for its turn at the model, in the model, and the"
                " rest, which is reading, checking and writing. A growing queue asks for more servers, growing compute"
                " for a smaller model or more CPU.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(of_queue, "queue"),
            Query(of_compute, "compute"),
            Query(f"clamp_min({whole} - {of_queue} - {of_compute}, 0)", "rest"),
            stacked=True,
        ),
        lines(
            About(
                "Queue by version, p95",
                "95 of 100 requests waited less than this for their turn at the model.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(promql.quantile(0.95, queue, VERSION, "version"), BY_VERSION),
        ),
        lines(
            About(
                "Compute by version, p95",
                "95 of 100 calls of the model took less than this.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(promql.quantile(0.95, compute, VERSION, "version"), BY_VERSION),
        ),
        lines(
            About(
                "Slots in use by server",
                "Requests being handled, as a share of those that can be handled at the same time. At 100 % further"
                " requests wait; above the line ModelQueueSaturated fires.",
                units.PercentUnit,
            ),
            Query(
                f"sum by (namespace, pod) (model_server_pending_requests{{{VERSION}}})"
                f" / on (namespace, pod) max by (namespace, pod) (model_server_request_slots{{{NAMESPACE}}})",
                "{{pod}}",
            ),
            steps=thresholds.QUEUE,
        ),
    )


def _batches() -> tuple[Panel, ...]:
    rows = "model_server_batch_rows"
    return (
        lines(
            About("Predictions by version", "Rows predicted in a second.", ROWS_PER_SECOND),
            Query(f"sum by (version) ({promql.rate(f'{rows}_sum', VERSION)})", BY_VERSION),
            stacked=True,
        ),
        heat(
            About("Rows of a call", "How many rows the model gets at once.", units.Short, NO_REQUESTS),
            promql.buckets(rows, VERSION),
        ),
        lines(
            About(
                "CPU of 1,000 predictions by version",
                "CPU-seconds of the whole server for 1,000 rows. It falls with larger batches and rises where servers"
                " idle.",
                units.Seconds,
                NO_REQUESTS,
            ),
            Query(f"model_version:cpu_seconds_per_1000_rows:5m{{{VERSION}}}", BY_VERSION),
        ),
    )


def _drift() -> tuple[Panel, ...]:
    return (
        bars(
            About(
                "Features, now",
                "Population stability index of each feature: the newest rows against the training data. Below 0.1"
                " alike, above 0.25 not.",
                units.Short,
                NO_DRIFT,
            ),
            Query(
                f"max by (feature, version) (model_server_feature_drift_psi{{{VERSION}}})",
                "{{feature}}, version {{version}}",
            ),
            steps=thresholds.DRIFT,
            most=0.5,
        ),
        lines(
            About(
                "Features",
                "The same over time. A step points to a change at the callers, a slope to a changing world.",
                units.Short,
                NO_DRIFT,
            ),
            Query(
                f"max by (feature, version) (model_server_feature_drift_psi{{{VERSION}}})",
                "{{feature}}, version {{version}}",
            ),
            steps=thresholds.DRIFT,
        ),
        lines(
            About(
                "Predictions",
                "Population stability index of the predictions. If it rises and that of no feature does, the relation"
                " between features has changed.",
                units.Short,
                NO_DRIFT,
            ),
            Query(f"max by (version) (model_server_prediction_drift_psi{{{VERSION}}})", BY_VERSION),
            steps=thresholds.DRIFT,
            width=4,
        ),
        lines(
            About(
                "Rows compared",
                "Rows that the drift of one server rests on, of the server with fewest. The fewer, the less the"
                " indices say.",
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
        lines(
            About(
                "Servers ready by version",
                "Servers that take requests. Fewer than the replicas asked for, for longer than a roll-out, is bad.",
                units.Short,
                "None",
            ),
            Query(f"sum by (version) ({promql.of_model(f'model_server_ready{{{NAMESPACE}}}')})", BY_VERSION),
            stacked=True,
        ),
        lines(
            About(
                "Replicas of Deployments with servers of this model",
                "Replicas asked for, and available. A gap that stays means that pods cannot start.",
                units.Short,
                "No Deployment",
            ),
            *(
                Query(_of_deployments(f"kube_deployment_{metric}{{{NAMESPACE}}}"), f"{{{{deployment}}}} {word}")
                for metric, word in (("spec_replicas", "asked for"), ("status_replicas_available", "available"))
            ),
        ),
        lines(
            About(
                "Restarts",
                "A bump for each restart of a server. Any is bad: see the last exit code of the pod.",
                units.Short,
                "No server",
            ),
            Query(
                f"max {pods} ({promql.of_model(f'increase({restarts}[$__rate_interval])')})",
                "{{pod}}, version {{version}}",
            ),
            steps=thresholds.ANY_IS_BAD,
        ),
        lines_of(
            About("Servers", "A line for each server of the chosen versions.", units.Short, "No server"),
            ("pod", "version", "format"),
            (
                Column(
                    "Ready",
                    f"max by (pod, version, format) (model_server_ready{{{NAMESPACE}}}"
                    f" * on (namespace, pod) group_left (version, format) {info})",
                    words={"0": ("no", thresholds.RED), "1": ("yes", thresholds.GREEN)},
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
                    "Model loaded in",
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
    """Only those Deployments whose pods serve the model: pod, then ReplicaSet, then Deployment."""
    replica_sets = (
        'label_replace(kube_pod_owner{owner_kind="ReplicaSet"}, "replicaset", "$1", "owner_name", "(.+)")'
        f" and on (namespace, pod) model_server_model_info{{{VERSION}}}"
    )
    deployments = (
        'label_replace(kube_replicaset_owner{owner_kind="Deployment"}, "deployment", "$1", "owner_name", "(.+)")'
        f" and on (namespace, replicaset) ({replica_sets})"
    )
    return f"max by (namespace, deployment) ({series} and on (namespace, deployment) ({deployments}))"
