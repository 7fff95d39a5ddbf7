"""Invalid values of the pods and their ServiceAccounts, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases, reserved_label
from tests.charts.monitoring.chart import COMPONENTS


def restarts_pods(component: str) -> str:
    return (
        f'{component}.podAnnotations: the annotation "checksum/a" is reserved by the chart, which restarts the pods by '
        "it. Rename it."
    )


METADATA: Cases = [
    *(
        (
            {component: {"podLabels": {"app.kubernetes.io/name": "a"}}},
            reserved_label(f"{component}.podLabels", "app.kubernetes.io/name"),
        )
        for component in COMPONENTS
    ),
    (
        {"grafana": {"serviceAccount": {"labels": {"helm.sh/chart": "a"}}}},
        reserved_label("grafana.serviceAccount.labels", "helm.sh/chart"),
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
        "grafana.serviceAccount.create: is false, so its annotations and labels have no effect. Remove "
        "grafana.serviceAccount.annotations and grafana.serviceAccount.labels and set them on the existing "
        "ServiceAccount, or set grafana.serviceAccount.create to true.",
    ),
]

CONTAINER = {"name": "more", "image": "a"}


def added(component: str, **values: Any) -> dict[str, Any]:
    """Return values that add to the pods of a component."""
    return {component: {**values, **({"enabled": True} if component == "adapter" else {})}}


# Of each component, names that its pods already have.
VOLUMES = {"prometheus": "rules", "alertmanager": "data", "grafana": "tmp", "nodeExporter": "root", "adapter": "config"}
PATHS = {
    **{"prometheus": "/prometheus", "alertmanager": "/alertmanager", "grafana": "/etc/grafana"},
    **{"nodeExporter": "/host/sys", "adapter": "/etc/adapter"},
}
CONTAINERS = {
    **{"prometheus": "prometheus", "alertmanager": "reloader", "grafana": "make-password"},
    **{"kubeStateMetrics": "kube-state-metrics", "nodeExporter": "node-exporter", "adapter": "adapter"},
}
PORTS = {
    **{"prometheus": 9090, "alertmanager": 8080, "grafana": 3000},
    **{"kubeStateMetrics": 8081, "nodeExporter": 9100, "adapter": 6443},
}
# With the value that sets it, if there is one.
FLAGS = {
    "prometheus": ("--storage.tsdb.retention.time=1y", "prometheus.retention.time"),
    "alertmanager": ("--web.external-url=https://a.example.org", "alertmanager.externalUrl"),
    "grafana": ("--homepath=/a", ""),
    "kubeStateMetrics": ("--resources=pods", "kubeStateMetrics.collect"),
    "nodeExporter": ("--path.procfs=/proc", ""),
    "adapter": ("--metrics-relist-interval=5m", "adapter.relistInterval"),
}


def reserved_flag(component: str, flag: str, value: str) -> str:
    name = flag.partition("=")[0]
    remedy = f"Remove it, and set {value} instead." if value else "Remove it."
    return f"{component}.extraArgs[0]: the flag {name} is reserved by the chart. {remedy}"


ADDITIONS: Cases = [
    *(
        (added(name, extraArgs=[flag]), reserved_flag(name, flag, value))
        for name, (flag, value) in [*FLAGS.items(), ("prometheus", ("--query.lookback-delta=1m", ""))]
    ),
    (
        added("prometheus", extraArgs=["--no-config.auto-reload"]),
        reserved_flag("prometheus", "--config.auto-reload", ""),
    ),
    *(
        (
            added(name, extraVolumes=[{"name": volume, "emptyDir": {"sizeLimit": "1Mi"}}]),
            f'{name}.extraVolumes: the name "{volume}" is already in use. Rename the volume.',
        )
        for name, volume in VOLUMES.items()
    ),
    *(
        (
            added(
                name,
                extraVolumes=[{"name": "more", "emptyDir": {"sizeLimit": "1Mi"}}],
                extraVolumeMounts=[{"name": "more", "mountPath": path}],
            ),
            f'{name}.extraVolumeMounts: the path "{path}" is already in use. Mount the volume at another path.',
        )
        for name, path in PATHS.items()
    ),
    *(
        (
            added(name, **{key: [{**CONTAINER, "name": container}]}),
            f'{name}.{key}: the name "{container}" of a container or an init container is already in use. Rename '
            "the container.",
        )
        for name, container in CONTAINERS.items()
        for key in ("initContainers", "sidecars")
    ),
    *(
        (
            added(name, sidecars=[{**CONTAINER, "ports": [{"name": "more", "containerPort": port}]}]),
            f"{name}.sidecars: the port {port} is already in use in the pod. Change the containerPort.",
        )
        for name, port in PORTS.items()
    ),
    (
        added("grafana", sidecars=[{**CONTAINER, "ports": [{"name": "http", "containerPort": 4180}]}]),
        "grafana.sidecars: the port http is already in use in the pod. Change the name.",
    ),
    (
        added("prometheus", extraEnv=[{"name": "POD_NAME", "value": "a"}]),
        'prometheus.extraEnv: the chart already sets the variable "POD_NAME". Remove it.',
    ),
    *(
        (
            added("grafana", extraEnv=[{"name": variable, "value": "a"}]),
            f"grafana.extraEnv: {variable} would override a setting on which the chart depends. Remove it.",
        )
        for variable in ("GF_PATHS_DATA", "GF_SERVER_HTTP_PORT")
    ),
    (
        added("grafana", extraEnv=[{"name": "GF_SECURITY_ADMIN_USER", "value": "a"}]),
        "grafana.extraEnv: GF_SECURITY_ADMIN_USER would override the account of grafana.admin. Remove it, and set "
        "grafana.admin.existingSecret instead.",
    ),
    (
        added("alertmanager", extraEnv=[{"name": "AWS_SECRET_ACCESS_KEY", "value": "a"}]),
        "alertmanager.extraEnv: AWS_SECRET_ACCESS_KEY is in plain text, visible to every user who can read the pods. "
        "Put it into a Secret, and use valueFrom.secretKeyRef.",
    ),
    (
        {"prometheus": {"serviceAccount": {"automountServiceAccountToken": False}}},
        "prometheus.serviceAccount.automountServiceAccountToken: is false, but prometheus uses the API server. Set it "
        "to true, or mount a token at /var/run/secrets/kubernetes.io/serviceaccount with extraVolumes and "
        "extraVolumeMounts.",
    ),
    (
        {"grafana": {"plugins": ["grafana-clock-panel"]}},
        "grafana.plugins: uses port 443, which grafana.egress does not allow. Add {ports: [{port: 443, protocol: "
        "TCP}]} to it.",
    ),
    (
        {
            "grafana": {
                "plugins": ["grafana-clock-panel"],
                "config": {"plugins": {"preinstall": "a"}},
                "egress": [{"ports": [{"port": 443, "protocol": "TCP"}]}],
            }
        },
        "grafana.config.plugins.preinstall: would override grafana.plugins. Remove one of them.",
    ),
]

PATCHES: Cases = [
    (
        {"tests": {"podSpec": {"containers": []}}},
        "tests.podSpec.containers: cannot be patched, because the chart depends on it. Remove it.",
    ),
    (
        added("grafana", podSpec={"containers": []}),
        "grafana.podSpec.containers: cannot be patched, because the chart depends on it. Use grafana.sidecars instead.",
    ),
    *(
        (
            added("prometheus", podSpec={field: value}),
            f"prometheus.podSpec.{field}: would undo the permissions or the isolation that the chart gives the pods. "
            f"Remove it{remedy}.",
        )
        for field, value, remedy in (
            ("hostNetwork", True, ""),
            ("serviceAccountName", "a", ", and set prometheus.serviceAccount.name instead"),
        )
    ),
]


def tenant(**values: Any) -> dict[str, Any]:
    """Return values of a release with permissions in namespaces."""
    return {"rbac": {"scope": "namespace"}, **values}


SCOPE: Cases = [
    (
        tenant(adapter={"enabled": True}),
        'adapter.enabled: is true, but rbac.scope is "namespace", and the adapter registers an API of the whole '
        'cluster. Set it to false, and scale with KEDA instead, or set rbac.scope to "cluster".',
    ),
    (
        tenant(nodeExporter={"enabled": True}),
        'nodeExporter.enabled: is true, but rbac.scope is "namespace", which includes no nodes. Set it to null, or set '
        'rbac.scope to "cluster".',
    ),
    (
        tenant(prometheus={"scrape": {"verifyKubelet": True}}),
        'prometheus.scrape.verifyKubelet: is true, but rbac.scope is "namespace", with which no kubelet is scraped. '
        'Set it to false, or set rbac.scope to "cluster".',
    ),
    (
        {"rbac": {"namespaces": ["models"]}},
        'rbac.namespaces: is set, but rbac.scope is "cluster", which includes all namespaces. Set rbac.scope to '
        '"namespace", or remove it.',
    ),
]

KINDS = (METADATA, ACCOUNTS, PATCHES, ADDITIONS, SCOPE)
ALLOWED: list[dict[str, Any]] = [
    tenant(
        kubeStateMetrics={
            "collect": ["deployments", "horizontalpodautoscalers", "persistentvolumeclaims", "pods", "replicasets"]
        }
    ),
    added("grafana", sidecars=[{**CONTAINER, "ports": [{"containerPort": 3000, "protocol": "UDP"}]}]),
    added("alertmanager", extraEnv=[{"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "/run/token"}]),
    added("prometheus", extraArgs=["--enable-feature=a", "--enable-feature=b"]),
    {"commonAnnotations": {"argocd.argoproj.io/sync-wave": "1", "helm.sh/resource-policy": "keep"}},
    {
        "alertmanager": {"serviceAccount": {"create": False, "name": "a"}},
        "prometheus": {"serviceAccount": {"name": "a"}},
    },
]
