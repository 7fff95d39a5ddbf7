"""Invalid values of the pods and their ServiceAccounts, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

COMPONENTS = ("prometheus", "alertmanager", "grafana", "kubeStateMetrics", "nodeExporter", "adapter")


def restarts_pods(component: str) -> str:
    return (
        f'{component}.podAnnotations: the annotation "checksum/a" is reserved by the chart, which restarts the pods by '
        "it. Rename it."
    )


def reserved(key: str, label: str) -> str:
    return f'{key}: the label "{label}" is reserved by the chart. Remove it, or rename it.'


METADATA: Cases = [
    *(
        (
            {component: {"podLabels": {"app.kubernetes.io/name": "a"}}},
            reserved(f"{component}.podLabels", "app.kubernetes.io/name"),
        )
        for component in COMPONENTS
    ),
    (
        {"grafana": {"serviceAccount": {"labels": {"helm.sh/chart": "a"}}}},
        reserved("grafana.serviceAccount.labels", "helm.sh/chart"),
    ),
    *(({component: {"podAnnotations": {"checksum/a": "b"}}}, restarts_pods(component)) for component in COMPONENTS),
    *(
        (values, f'{key}: the annotation "{annotation}" is reserved for hooks and for Helm. Remove it.')
        for annotation in ("helm.sh/hook", "argocd.argoproj.io/hook", "meta.helm.sh/release-name")
        for values, key in (
            ({"commonAnnotations": {annotation: "a"}}, "commonAnnotations"),
            ({"nodeExporter": {"workloadAnnotations": {annotation: "a"}}}, "nodeExporter.workloadAnnotations"),
        )
    ),
]

ACCOUNTS: Cases = [
    (
        {"alertmanager": {"serviceAccount": {"name": "a"}}, "prometheus": {"serviceAccount": {"name": "a"}}},
        'prometheus.serviceAccount.name: the ServiceAccount "a" is also that of alertmanager. Choose another name, or '
        "set prometheus.serviceAccount.create to false to share it.",
    ),
    (
        {"kubeStateMetrics": {"serviceAccount": {"create": False}}},
        "kubeStateMetrics.serviceAccount.name: is empty, but kubeStateMetrics.serviceAccount.create is false, so the "
        'account "default", which other pods of the namespace use, would get the permissions of kube-state-metrics. '
        "Set it to the name of an existing ServiceAccount.",
    ),
    (
        {"grafana": {"serviceAccount": {"create": False, "annotations": {"example.org/role": "a"}}}},
        "grafana.serviceAccount.create: is false, so its annotations and labels have no effect. Set them on the "
        "existing ServiceAccount, or set grafana.serviceAccount.create to true.",
    ),
]

KINDS = (METADATA, ACCOUNTS)
ALLOWED: list[dict[str, Any]] = [
    {"commonAnnotations": {"argocd.argoproj.io/sync-wave": "1", "helm.sh/resource-policy": "keep"}},
    {
        "alertmanager": {"serviceAccount": {"create": False, "name": "a"}},
        "prometheus": {"serviceAccount": {"name": "a"}},
    },
]
