"""The chart under test, and helpers that render it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devkit import paths
from tests.charts.chart_spec import ChartSpec
from tests.harness import Case, Manifest, Manifests, render
from tests.harness.manifests import parse
from tests.harness.selection import workloads_in_same_folder

CHART = paths.REPOSITORY / "charts" / "monitoring"
METADATA: dict[str, Any] = parse((CHART / "Chart.yaml").read_text(encoding="utf-8"))
FULLNAME = "demo-monitoring"
# The programs, by their sections of the values.
COMPONENTS = ("prometheus", "alertmanager", "grafana", "kubeStateMetrics", "nodeExporter", "adapter")
MODES = ("standalone", "operator", "rules-only")
# Entry points from outside the cluster require peers outside the namespace.
OUTSIDE: dict[str, Any] = {"networkPolicy": {"ingressFrom": [{"namespaceSelector": {}}]}}
# The receiver without integrations.
NULL_RECEIVER = "nobody"
LOGIN: dict[str, Any] = {"auth": {"existingSecret": "login"}}


def case(values: Mapping[str, Any] | None = None) -> Case:
    """Return a case with `values`."""
    return CHART_SPEC.case(values)


def rendered(values: Mapping[str, Any] | None = None) -> Manifests:
    """Render all objects."""
    return render(case(values))


def one(kind: str, component: str, values: Mapping[str, Any] | None = None) -> Manifest:
    """Return the object of a kind that belongs to a component."""
    return rendered(values).one(kind, f"{FULLNAME}-{component}")


def pod(kind: str, component: str, values: Mapping[str, Any] | None = None) -> Any:
    """Return the spec of a component's pods."""
    template = one(kind, component, values).pod_template()
    assert template is not None
    return template["spec"]


def data(component: str, key: str, values: Mapping[str, Any] | None = None) -> str:
    """Return a file of a component's ConfigMap."""
    text: str = one("ConfigMap", component, values).body["data"][key]
    return text


def prometheus_config(values: Mapping[str, Any] | None = None) -> Any:
    """Return the parsed prometheus.yml."""
    return parse(data("prometheus", "prometheus.yml", values))


def alertmanager_config(values: Mapping[str, Any] | None = None) -> Any:
    """Return the parsed alertmanager.yml."""
    return parse(data("alertmanager", "alertmanager.yml", values))


def _expected(manifests: Manifests, manifest: Manifest, given: Case) -> set[str]:
    """Return the workloads that the selectors of a manifest must match: those in the directory of its template."""
    if manifest.source.startswith("operator/"):
        component = manifest.source.partition("-")[2].removesuffix(".yaml")
        return {f"{kind}/{name}" for kind, name in manifests.keys if name.endswith(component)}
    return workloads_in_same_folder(manifests, manifest, given)


_READS_THE_HOST = "the metrics of the node come from its files"
_IN_ITS_NETWORK = "the metrics of network interfaces require the node's network; off by default"
INTEGRATIONS = ("webhook", "slack", "msteamsv2", "email", "pagerduty", "opsgenie", "discord", "telegram", "sns")

CHART_SPEC = ChartSpec(
    chart=CHART,
    # The dashboards have 230 kB; tests that need them enable them.
    minimal_values={"dashboards": {"enabled": False}},
    containers=frozenset(
        {
            *("prometheus", "alertmanager", "reloader", "grafana", "make-password"),
            *("kube-state-metrics", "node-exporter", "adapter", "test"),
        }
    ),
    expected_workloads=_expected,
    mutable_values={
        "commonLabels": {"a": "b"},
        "prometheus": {"podLabels": {"c": "d"}, "image": {"tag": "v9"}},
        "alertmanager": {"podLabels": {"c": "d"}},
        "grafana": {"podLabels": {"c": "d"}},
    },
    modes={
        "mode": {
            "standalone": {"mode": "standalone"},
            "operator": {
                "mode": "operator",
                "kubeStateMetrics": {"enabled": True},
                "nodeExporter": {"enabled": True},
                "operator": {"alertmanagerConfig": {"enabled": True}},
                "alertmanager": {"receivers": [{"name": "hook"}], "route": {"receiver": "hook"}},
            },
            "rules-only": {"mode": "rules-only"},
        }
    },
    shared_by_modes=dict.fromkeys(
        ("global.imageRegistry", "global.imagePullSecrets[].name"), "an umbrella chart sets them for all its charts"
    ),
    values_without_effect={
        f"{name}.auth.allowUnauthenticated": "only a guard reads it; the guard cases cover both values"
        for name in ("prometheus", "alertmanager")
    },
    repeatable={
        **dict.fromkeys(
            (f"alertmanager.receivers[].{integration}" for integration in INTEGRATIONS),
            "each entry sends a notification of its own",
        ),
        "alertmanager.receivers[].opsgenie[].responders": "Opsgenie notifies each responder once",
        **dict.fromkeys(
            ("alertmanager.routes", "alertmanager.routes[].routes", "alertmanager.inhibitRules"),
            "Alertmanager evaluates rules in order, and equal ones add nothing",
        ),
        **dict.fromkeys(
            (
                f"alertmanager.{key}"
                for key in ("routes[].matchers", "inhibitRules[].sourceMatchers", "inhibitRules[].targetMatchers")
            ),
            "all matchers must match, and equal ones add nothing",
        ),
        **dict.fromkeys(
            (
                f"alertmanager.timeIntervals[].timeIntervals{key}"
                for key in ("", *(f"[].{part}" for part in ("times", "weekdays", "daysOfMonth", "months", "years")))
            ),
            "any of the intervals applies",
        ),
        "prometheus.externalAlertmanagers": "an Alertmanager deduplicates the alerts that it receives twice",
        "grafana.oidc.scopes": "equal scopes add nothing",
        "adapter.extraRules": "several rules may define one metric",
        "adapter.extraRules[].seriesFilters": "all filters apply, and equal ones add nothing",
    },
    open_values={
        **dict.fromkeys(
            (
                *("prometheus.remoteWrite[]", "prometheus.extraScrapeConfigs[]", "prometheus.externalAlertmanagers[]"),
                "extraRules.*.groups[]",
            ),
            "Prometheus' own format, of which it publishes no schema; it refuses unknown fields, as promtool does",
        ),
        "grafana.extraDataSources[].jsonData": "each type of data source has settings of its own",
    },
    with_api_token={
        "prometheus/statefulset.yaml": "discovers its targets, and authenticates to the kubelets",
        "kube-state-metrics/deployment.yaml": "reads the objects that it exports",
        "adapter/deployment.yaml": "reads pods, and delegates authentication to the API server",
    },
    without_probes={
        "reloader": "serves no requests, and exits if it cannot continue",
        "kube-state-metrics": "starts within a second, so it needs no startup probe",
        "node-exporter": "starts within a second, so it needs no startup probe",
        "adapter": "starts within a second, so it needs no startup probe",
    },
    unreferenced={
        "dashboards/configmap.yaml": "an existing Grafana finds them by their labels",
        "rules/configmap.yaml": "an existing Prometheus loads them in mode rules-only",
    },
    fixed_names={"adapter/apiservice.yaml": "its name consists of the group and version that it serves"},
    other_namespaces={
        "adapter/rolebinding.yaml": "the role that it binds is part of Kubernetes and in kube-system",
        **{
            f"{component}/{kind}.yaml": "grants access to a namespace that users name in rbac.namespaces"
            for component in ("prometheus", "kube-state-metrics")
            for kind in ("role", "rolebinding")
        },
    },
    pod_security_exceptions={
        "node-exporter/daemonset.yaml": {
            "volume proc must not be of type hostPath": _READS_THE_HOST,
            "volume sys must not be of type hostPath": _READS_THE_HOST,
            "volume root must not be of type hostPath": _READS_THE_HOST,
            "hostNetwork must not be set": _IN_ITS_NETWORK,
            "node-exporter: hostPort must not be set": _IN_ITS_NETWORK,
            "hostPID must not be set": "the metrics of processes require it; off by default",
        },
    },
)
