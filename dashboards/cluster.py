"""The cluster under the models: CPU, memory and disk of nodes, the state of nodes and pods."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards import links, promql, thresholds, variables
from dashboards.layout import Board, Panel, Row
from dashboards.panels import About, Query, bars, figure, lines
from dashboards.promql import NAMESPACE
from dashboards.tables import Column, lines_of

# Not the loopback, nor what container networks make for each pod: its traffic is counted again on the way out.
DEVICES = 'device!~"lo|veth.*|docker.*|cni.*|flannel.*|cali.*|br.*"'
NO_NODE = "No node"
NO_POD = "No pod"


def board() -> Board:
    """The dashboard."""
    return Board(
        uid=links.CLUSTER,
        title="Model serving / Cluster",
        description="The cluster under the models: CPU, memory and disk of nodes, the state of nodes and pods.",
        variables=(
            variables.datasource(),
            variables.choice("namespace", "kube_pod_info", many=True),
        ),
        rows=(
            Row("Now", _now()),
            Row("Nodes", _nodes()),
            Row("Pods", _pods()),
        ),
    )


def _now() -> tuple[Panel, ...]:
    not_ready = 'kube_node_status_condition{condition="Ready", status=~"false|unknown"}'
    running = f'kube_pod_status_phase{{{NAMESPACE}, phase="Running"}}'
    unwell = f'kube_pod_status_phase{{{NAMESPACE}, phase=~"Pending|Failed|Unknown"}}'
    restarts = f"kube_pod_container_status_restarts_total{{{NAMESPACE}}}"
    return (
        figure(
            About("Nodes", "Nodes of the cluster, ready or not.", units.Short, NO_NODE),
            f"count({promql.once('kube_node_info', 'node')})",
        ),
        figure(
            About(
                "Nodes not ready",
                "Nodes on which no pod can start. Any is bad: NodeNotReady fires.",
                units.Short,
                NO_NODE,
            ),
            f"sum({promql.once(not_ready, 'node')})",
            steps=thresholds.ANY_IS_BAD,
        ),
        figure(
            About("Pods running", "Pods of the chosen namespaces that run.", units.Short, NO_POD),
            f"sum({promql.once(running, 'namespace, pod')})",
        ),
        figure(
            About(
                "Pods pending or failed",
                "Pods that wait for a node or an image, or that have ended badly. More than a minute above 0 is worth"
                " a look.",
                units.Short,
                NO_POD,
            ),
            f"sum({promql.once(unwell, 'namespace, pod')})",
            steps=thresholds.ANY_IS_WORTH_A_LOOK,
        ),
        figure(
            About(
                "Restarts",
                "Restarts of containers of the chosen namespaces in the time shown. Some at a start are common, more"
                " each minute are a crash loop.",
                units.Short,
                NO_POD,
            ),
            f"sum({promql.once(f'increase({restarts}[$__range])', 'namespace, pod, container')})",
            steps=thresholds.ANY_IS_WORTH_A_LOOK,
            decimals=0,
        ),
        figure(
            About(
                "Alerts",
                "Alerts that fire now, but for the Watchdog, which always fires.",
                units.Short,
                "Not evaluated",
            ),
            'sum(ALERTS{alertstate="firing", severity!="none"}) or vector(0)',
            steps=thresholds.ANY_IS_BAD,
        ),
    )


def _nodes() -> tuple[Panel, ...]:
    received, sent = (
        promql.on_node(f"{promql.rate(f'node_network_{way}_bytes_total', DEVICES)}") for way in ("receive", "transmit")
    )
    return (
        lines(
            About(
                "CPU by node",
                "What containers use of the CPU that pods may use. Above the line HighCPUUsage fires: models answer"
                " later.",
                units.PercentUnit,
                NO_NODE,
            ),
            Query("node:cpu_usage:ratio5m", "{{node}}"),
            steps=thresholds.CPU,
            most=1,
        ),
        lines(
            About(
                "Memory by node",
                "Memory in use. Above the line HighMemoryUsage fires: the node will soon evict pods.",
                units.PercentUnit,
                NO_NODE,
            ),
            Query("node:memory_usage:ratio", "{{node}}"),
            steps=thresholds.MEMORY,
            most=1,
        ),
        lines(
            About(
                "Disk by node",
                "How full each file system is. Above the line DiskFilling fires: images can no longer be pulled and"
                " pods are evicted.",
                units.PercentUnit,
                NO_NODE,
            ),
            Query("node:disk_usage:ratio", "{{node}} {{mountpoint}}"),
            steps=thresholds.DISK,
            most=1,
        ),
        lines_of(
            About(
                "Nodes",
                "A line for each node. Pressure: the node's own alarm that memory, disk or process ids run out.",
                units.Short,
                NO_NODE,
            ),
            ("node",),
            (
                Column(
                    "Ready",
                    'max by (node) (kube_node_status_condition{condition="Ready", status="true"})',
                    words={"0": ("no", thresholds.RED), "1": ("yes", thresholds.GREEN)},
                ),
                *(
                    Column(
                        f"{word} pressure",
                        f'max by (node) (kube_node_status_condition{{condition="{condition}", status="true"}})',
                        words={"0": ("no", thresholds.GREEN), "1": ("yes", thresholds.RED)},
                    )
                    for word, condition in (
                        ("Memory", "MemoryPressure"),
                        ("Disk", "DiskPressure"),
                        ("Process id", "PIDPressure"),
                    )
                ),
                Column("CPU", "max by (node) (node:cpu_usage:ratio5m)", units.PercentUnit, thresholds.CPU),
                Column("Memory", "max by (node) (node:memory_usage:ratio)", units.PercentUnit, thresholds.MEMORY),
                Column("Fullest disk", "max by (node) (node:disk_usage:ratio)", units.PercentUnit, thresholds.DISK),
                Column("Pods", f"count by (node) ({promql.NODE_OF_POD})"),
                Column("Room for pods", 'max by (node) (kube_node_status_allocatable{resource="pods"})'),
            ),
            width=16,
        ),
        lines(
            About(
                "Network by node",
                "Bytes that a node receives and sends in a second.",
                units.BytesPerSecondIEC,
                NO_NODE,
            ),
            Query(f"sum by (node) ({received})", "{{node}} received"),
            Query(f"sum by (node) ({sent})", "{{node}} sent"),
        ),
    )


def _pods() -> tuple[Panel, ...]:
    not_ready = f'kube_pod_status_ready{{{NAMESPACE}, condition=~"false|unknown"}}'
    phases = f"kube_pod_status_phase{{{NAMESPACE}}}"
    restarts = f"kube_pod_container_status_restarts_total{{{NAMESPACE}}}"
    done = f'kube_pod_status_phase{{{NAMESPACE}, phase="Succeeded"}} == 1'
    waiting = f"{not_ready} unless on (namespace, pod) ({done})"
    used, capacity = (
        f"max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_{figure_}_bytes{{{NAMESPACE}}})"
        for figure_ in ("used", "capacity")
    )
    return (
        lines(
            About(
                "Pods by phase",
                "Pods of the chosen namespaces. Pending that stays: no room, no image or no volume.",
                units.Short,
                NO_POD,
            ),
            Query(f"sum by (phase) ({promql.once(phases, 'namespace, pod, phase')})", "{{phase}}"),
            stacked=True,
        ),
        lines(
            About(
                "Pods not ready by namespace",
                "Pods that take no requests, but for those that are done. Above 0 for 15 minutes PodNotReady fires.",
                units.Short,
                NO_POD,
            ),
            Query(
                f"sum by (namespace) ({promql.once(waiting, 'namespace, pod')})",
                "{{namespace}}",
            ),
            stacked=True,
        ),
        lines(
            About(
                "Restarts by namespace",
                "A bump for each restart of a container. PodCrashLooping fires when they go on.",
                units.Short,
                NO_POD,
            ),
            Query(
                "sum by (namespace)"
                f" ({promql.once(f'increase({restarts}[$__rate_interval])', 'namespace, pod, container')})",
                "{{namespace}}",
            ),
        ),
        lines(
            About("CPU by namespace", "CPU cores that containers use.", units.Short, NO_POD),
            Query(promql.container_cpu("namespace", NAMESPACE), "{{namespace}}"),
            stacked=True,
        ),
        lines(
            About(
                "Memory by namespace",
                "Memory that containers hold and that cannot be taken from them.",
                units.BytesIEC,
                NO_POD,
            ),
            Query(promql.container_memory("namespace", NAMESPACE), "{{namespace}}"),
            stacked=True,
        ),
        bars(
            About(
                "Volumes",
                "How full the fullest ten volumes are; not every storage driver says so. Red where"
                " PersistentVolumeFilling fires.",
                units.PercentUnit,
                "No volume says how full it is",
            ),
            Query(f"topk(10, {used} / {capacity})", "{{namespace}}/{{persistentvolumeclaim}}"),
            steps=thresholds.VOLUME,
            most=1,
        ),
        bars(
            About("Pods that use most CPU", "The ten pods with most CPU, in cores.", units.Short, NO_POD),
            Query(f"topk(10, {promql.container_cpu('namespace, pod', NAMESPACE)})", "{{namespace}}/{{pod}}"),
            width=12,
        ),
        bars(
            About("Pods that hold most memory", "The ten pods with most memory.", units.BytesIEC, NO_POD),
            Query(f"topk(10, {promql.container_memory('namespace, pod', NAMESPACE)})", "{{namespace}}/{{pod}}"),
            width=12,
        ),
    )
