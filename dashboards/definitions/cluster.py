"""The cluster below the models: CPU, memory and disk of nodes, the state of nodes and pods."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import DashboardSpec, Panel, Row
from dashboards.panels import PanelOptions, Query, bar_gauge, stat, timeseries
from dashboards.promql import NAMESPACE
from dashboards.tables import Column, table

# Without the loopback and the per-pod devices of container networks, whose traffic a physical device counts again.
DEVICES = 'device!~"lo|veth.*|docker.*|cni.*|flannel.*|cali.*|br.*"'
NO_NODE = "No nodes"
NO_POD = "No pods"


def dashboard() -> DashboardSpec:
    """Return the dashboard."""
    return DashboardSpec(
        uid=links.CLUSTER,
        title="Model serving / Cluster",
        description="The cluster below the models: CPU, memory and disk of nodes, the state of nodes and pods.",
        variables=(
            variables.datasource(),
            variables.query_variable("namespace", "kube_pod_info", multi=True),
        ),
        rows=(
            Row("Current state", _current()),
            Row("Nodes", _nodes()),
            Row("Pods", _pods()),
        ),
    )


def _current() -> tuple[Panel, ...]:
    not_ready = 'kube_node_status_condition{condition="Ready", status=~"false|unknown"}'
    running = f'kube_pod_status_phase{{{NAMESPACE}, phase="Running"}}'
    unhealthy = f'kube_pod_status_phase{{{NAMESPACE}, phase=~"Pending|Failed|Unknown"}}'
    restarts = f"kube_pod_container_status_restarts_total{{{NAMESPACE}}}"
    return (
        stat(
            PanelOptions("Nodes", "Nodes of the cluster, ready or not.", units.Short, NO_NODE),
            f"count({promql.deduplicate('kube_node_info', 'node')})",
        ),
        stat(
            PanelOptions(
                "Nodes not ready",
                "Nodes that cannot start pods. Any value above 0 is bad: NodeNotReady fires.",
                units.Short,
                NO_NODE,
            ),
            f"sum({promql.deduplicate(not_ready, 'node')})",
            thresholds=thresholds.RED_FROM_ONE,
        ),
        stat(
            PanelOptions("Pods running", "Running pods in the selected namespaces.", units.Short, NO_POD),
            f"sum({promql.deduplicate(running, 'namespace, pod')})",
        ),
        stat(
            PanelOptions(
                "Pods pending or failed",
                "Pods that wait for a node or an image, and pods that have failed. Investigate a value"
                " above 0 that lasts for more than a minute.",
                units.Short,
                NO_POD,
            ),
            f"sum({promql.deduplicate(unhealthy, 'namespace, pod')})",
            thresholds=thresholds.ORANGE_FROM_ONE,
        ),
        stat(
            PanelOptions(
                "Restarts",
                "Container restarts in the selected namespaces during the time range. A few after a start"
                " are common; a growing number is a crash loop.",
                units.Short,
                NO_POD,
            ),
            f"sum({promql.deduplicate(f'increase({restarts}[$__range])', 'namespace, pod, container')})",
            thresholds=thresholds.ORANGE_FROM_ONE,
            decimals=0,
        ),
        stat(
            PanelOptions(
                "Alerts",
                "Alerts that are firing, without the Watchdog, which always fires.",
                units.Short,
                "Rules are not evaluated",
            ),
            'sum(ALERTS{alertstate="firing", severity!="none"}) or vector(0)',
            thresholds=thresholds.RED_FROM_ONE,
        ),
    )


def _nodes() -> tuple[Panel, ...]:
    received, sent = (
        promql.on_node(f"{promql.rate(f'node_network_{direction}_bytes_total', DEVICES)}")
        for direction in ("receive", "transmit")
    )
    return (
        timeseries(
            PanelOptions(
                "CPU by node",
                "Fraction of the allocatable CPU that containers use. Above the line HighCPUUsage fires:"
                " predictions become slower.",
                units.PercentUnit,
                NO_NODE,
            ),
            Query("node:cpu_usage:ratio5m", "{{node}}"),
            thresholds=thresholds.CPU,
            max_value=1,
        ),
        timeseries(
            PanelOptions(
                "Memory by node",
                "Fraction of the memory in use. Above the line HighMemoryUsage fires: the node is about to evict pods.",
                units.PercentUnit,
                NO_NODE,
            ),
            Query("node:memory_usage:ratio", "{{node}}"),
            thresholds=thresholds.MEMORY,
            max_value=1,
        ),
        timeseries(
            PanelOptions(
                "Disk by node",
                "How full each file system is. Above the line DiskFilling fires: images cannot be pulled"
                " and pods are evicted.",
                units.PercentUnit,
                NO_NODE,
            ),
            Query("node:disk_usage:ratio", "{{node}} {{mountpoint}}"),
            thresholds=thresholds.DISK,
            max_value=1,
        ),
        table(
            PanelOptions(
                "Nodes",
                "One row per node. A pressure column is the node's own condition that it is running out"
                " of memory, disk or process IDs.",
                units.Short,
                NO_NODE,
            ),
            ("node",),
            (
                Column(
                    "Ready",
                    'max by (node) (kube_node_status_condition{condition="Ready", status="true"})',
                    value_mappings={"0": ("no", thresholds.RED), "1": ("yes", thresholds.GREEN)},
                ),
                *(
                    Column(
                        f"{word} pressure",
                        f'max by (node) (kube_node_status_condition{{condition="{condition}", status="true"}})',
                        value_mappings={"0": ("no", thresholds.GREEN), "1": ("yes", thresholds.RED)},
                    )
                    for word, condition in (
                        ("Memory", "MemoryPressure"),
                        ("Disk", "DiskPressure"),
                        ("Process ID", "PIDPressure"),
                    )
                ),
                Column("CPU", "max by (node) (node:cpu_usage:ratio5m)", units.PercentUnit, thresholds.CPU),
                Column("Memory", "max by (node) (node:memory_usage:ratio)", units.PercentUnit, thresholds.MEMORY),
                Column("Fullest disk", "max by (node) (node:disk_usage:ratio)", units.PercentUnit, thresholds.DISK),
                Column("Pods", f"count by (node) ({promql.NODE_OF_POD})"),
                Column("Pod capacity", 'max by (node) (kube_node_status_allocatable{resource="pods"})'),
            ),
            width=16,
        ),
        timeseries(
            PanelOptions(
                "Network by node", "Bytes per second that a node receives and sends.", units.BytesPerSecondIEC, NO_NODE
            ),
            Query(f"sum by (node) ({received})", "{{node}} received"),
            Query(f"sum by (node) ({sent})", "{{node}} sent"),
        ),
    )


def _pods() -> tuple[Panel, ...]:
    not_ready = f'kube_pod_status_ready{{{NAMESPACE}, condition=~"false|unknown"}}'
    phases = f"kube_pod_status_phase{{{NAMESPACE}}}"
    restarts = f"kube_pod_container_status_restarts_total{{{NAMESPACE}}}"
    completed = f'kube_pod_status_phase{{{NAMESPACE}, phase="Succeeded"}} == 1'
    not_completed = f"{not_ready} unless on (namespace, pod) ({completed})"
    used, capacity = (
        f"max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_{kind}_bytes{{{NAMESPACE}}})"
        for kind in ("used", "capacity")
    )
    return (
        timeseries(
            PanelOptions(
                "Pods by phase",
                "Pods in the selected namespaces. Pods that stay pending lack a node with capacity, an"
                " image or a volume.",
                units.Short,
                NO_POD,
            ),
            Query(f"sum by (phase) ({promql.deduplicate(phases, 'namespace, pod, phase')})", "{{phase}}"),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Pods not ready by namespace",
                "Pods that receive no requests, without completed ones. Above 0 for 15 minutes PodNotReady fires.",
                units.Short,
                NO_POD,
            ),
            Query(
                f"sum by (namespace) ({promql.deduplicate(not_completed, 'namespace, pod')})",
                "{{namespace}}",
            ),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Restarts by namespace",
                "Container restarts. PodCrashLooping fires when they continue.",
                units.Short,
                NO_POD,
            ),
            Query(
                "sum by (namespace)"
                f" ({promql.deduplicate(f'increase({restarts}[$__rate_interval])', 'namespace, pod, container')})",
                "{{namespace}}",
            ),
        ),
        timeseries(
            PanelOptions("CPU by namespace", "CPU cores that containers use.", units.Short, NO_POD),
            Query(promql.container_cpu("namespace", NAMESPACE), "{{namespace}}"),
            stacked=True,
        ),
        timeseries(
            PanelOptions(
                "Memory by namespace",
                "Working set of the containers: memory that the kernel cannot reclaim.",
                units.BytesIEC,
                NO_POD,
            ),
            Query(promql.container_memory("namespace", NAMESPACE), "{{namespace}}"),
            stacked=True,
        ),
        bar_gauge(
            PanelOptions(
                "Volumes",
                "The ten fullest persistent volumes; not every storage driver reports its usage. A volume"
                " is red when PersistentVolumeFilling fires.",
                units.PercentUnit,
                "No volume reports its usage",
            ),
            Query(f"topk(10, {used} / {capacity})", "{{namespace}}/{{persistentvolumeclaim}}"),
            thresholds=thresholds.VOLUME,
            max_value=1,
        ),
        bar_gauge(
            PanelOptions("Top pods by CPU", "The ten pods that use the most CPU, in cores.", units.Short, NO_POD),
            Query(f"topk(10, {promql.container_cpu('namespace, pod', NAMESPACE)})", "{{namespace}}/{{pod}}"),
            width=12,
        ),
        bar_gauge(
            PanelOptions("Top pods by memory", "The ten pods that use the most memory.", units.BytesIEC, NO_POD),
            Query(f"topk(10, {promql.container_memory('namespace, pod', NAMESPACE)})", "{{namespace}}/{{pod}}"),
            width=12,
        ),
    )
