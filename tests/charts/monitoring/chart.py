"""The chart under test, and cases of it."""

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
MODES = ("standalone", "operator", "rules-only")
# Ways in from outside want somebody who may call.
OUTSIDE: dict[str, Any] = {"networkPolicy": {"ingressFrom": [{"namespaceSelector": {}}]}}
LOGIN: dict[str, Any] = {"auth": {"existingSecret": "login"}}


def case(values: Mapping[str, Any] | None = None) -> Case:
    """A case with `values`; the defaults are whole."""
    return CHART_SPEC.case(values)


def rendered(values: Mapping[str, Any] | None = None) -> Manifests:
    """All objects that `values` render to."""
    return render(case(values))


def one(kind: str, component: str, values: Mapping[str, Any] | None = None) -> Manifest:
    """The object of a kind that a component has."""
    return rendered(values).one(kind, f"{FULLNAME}-{component}")


def pod(kind: str, component: str, values: Mapping[str, Any] | None = None) -> Any:
    """The spec of a component's pods."""
    template = one(kind, component, values).pod_template()
    assert template is not None
    return template["spec"]


def data(component: str, key: str, values: Mapping[str, Any] | None = None) -> str:
    """A file of a component's ConfigMap."""
    text: str = one("ConfigMap", component, values).body["data"][key]
    return text


def prometheus_config(values: Mapping[str, Any] | None = None) -> Any:
    """What Prometheus is told."""
    return parse(data("prometheus", "prometheus.yml", values))


def alertmanager_config(values: Mapping[str, Any] | None = None) -> Any:
    """What Alertmanager is told."""
    return parse(data("alertmanager", "alertmanager.yml", values))


def _expected(manifests: Manifests, manifest: Manifest, given: Case) -> set[str]:
    """A template's selectors are about the pods of its folder."""
    if manifest.source.startswith("operator/"):
        component = manifest.source.partition("-")[2].removesuffix(".yaml")
        return {f"{kind}/{name}" for kind, name in manifests.keys if name.endswith(component)}
    return workloads_in_same_folder(manifests, manifest, given)


_READS_THE_HOST = "the figures are those of the node, and nothing but its files tells them"
_IN_ITS_NETWORK = "only in the node's own network are its network cards seen; a value asks for it"
CHART_SPEC = ChartSpec(
    chart=CHART,
    # Their 230 kB are in every rendering otherwise; what they depend on asks for them.
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
    values_without_effect={
        f"{name}.auth.allowUnauthenticated": "only a guard reads it; its cases show both of its values"
        for name in ("prometheus", "alertmanager")
    },
    with_api_token={
        "prometheus/statefulset.yaml": "finds its targets, and shows its token to the kubelets",
        "kube-state-metrics/deployment.yaml": "reads the objects of the API that it tells of",
        "adapter/deployment.yaml": "reads pods, and has the API server check who calls it",
    },
    without_probes={
        "reloader": "serves nobody, and ends by itself if it cannot go on",
        "kube-state-metrics": "is up within a second, so that it needs no startup probe",
        "node-exporter": "is up within a second, so that it needs no startup probe",
        "adapter": "is up within a second, so that it needs no startup probe",
    },
    unreferenced={
        "dashboards/configmap.yaml": "a Grafana that is run elsewhere finds them by their labels",
        "rules/configmap.yaml": "a Prometheus that is run elsewhere takes them, where mode is rules-only",
    },
    fixed_names={"adapter/apiservice.yaml": "its name is the group and version that it serves"},
    other_namespaces={"adapter/rolebinding.yaml": "the role that it binds is in kube-system, and is Kubernetes' own"},
    pod_security_exceptions={
        "node-exporter/daemonset.yaml": {
            "volume proc must not be of type hostPath": _READS_THE_HOST,
            "volume sys must not be of type hostPath": _READS_THE_HOST,
            "volume root must not be of type hostPath": _READS_THE_HOST,
            "hostNetwork must not be set": _IN_ITS_NETWORK,
            "node-exporter: hostPort must not be set": _IN_ITS_NETWORK,
            "hostPID must not be set": "only so are the node's processes seen; a value asks for it",
        },
    },
)
