"""PromQL fragments that several dashboards share.

No selector names a job: the Prometheus Operator gives jobs other names than our own scrape configuration.
"""

from __future__ import annotations

NAMESPACE = 'namespace=~"$namespace"'
MODEL = f'{NAMESPACE}, model=~"$model"'
VERSION = f'{MODEL}, version=~"$version"'

# Right-hand sides of joins: pod to model and version, and pod to node. topk keeps one series per pod, because a pod can
# have two for a moment while a version is replaced or a pod is rescheduled.
MODEL_OF_POD = f"topk by (namespace, pod) (1, model_server_model_info{{{VERSION}}})"
NODE_OF_POD = 'topk by (namespace, pod) (1, kube_pod_info{node!=""})'


def rate(counter: str, selector: str) -> str:
    """Return the per-second rate of a counter."""
    return f"rate({counter}{{{selector}}}[$__rate_interval])"


def mean(histogram: str, selector: str, by: str) -> str:
    """Return the mean of a histogram's recent observations; no series while there are none."""
    total, count = (f"sum by ({by}) ({rate(f'{histogram}_{part}', selector)})" for part in ("sum", "count"))
    return f"{total} / ({count} > 0)"


def quantile(share: float, histogram: str, selector: str, by: str) -> str:
    """Return a quantile of a histogram's recent observations."""
    return f"histogram_quantile({share}, sum by ({by}, le) ({rate(f'{histogram}_bucket', selector)}))"


def buckets(histogram: str, selector: str) -> str:
    """Return the buckets that a heatmap shows."""
    return f"sum by (le) ({rate(f'{histogram}_bucket', selector)})"


def on_node(series_of_pods: str) -> str:
    """Add the label ``node`` to series of pods, whether or not the scrape configuration adds it."""
    return f"{series_of_pods} * on (namespace, pod) group_left (node) {NODE_OF_POD}"


def of_model(series_of_pods: str) -> str:
    """Add the labels ``model`` and ``version`` to series of pods, and keep those of the selected models only."""
    return f"{series_of_pods} * on (namespace, pod) group_left (model, version) {MODEL_OF_POD}"


def deduplicate(series: str, by: str) -> str:
    """Return one series per combination of labels, even if two replicas of kube-state-metrics export it."""
    return f"max by ({by}) ({series})"


def container_cpu(by: str, selector: str) -> str:
    """Return the CPU cores that containers use."""
    series = "container_cpu_usage_seconds_total"
    return _of_containers(f"rate({series}{{{selector}, %s}}[$__rate_interval])", by)


def container_memory(by: str, selector: str) -> str:
    """Return the working set of containers in bytes: memory that the kernel cannot reclaim."""
    return _of_containers(f"container_memory_working_set_bytes{{{selector}, %s}}", by)


def _of_containers(series: str, by: str) -> str:
    # Some container runtimes omit the container name; the figure of the whole pod is the fallback. A container that has
    # just restarted has two series.
    containers = deduplicate(series % 'container!~"|POD"', "namespace, pod, container")
    pods = deduplicate(series % 'pod!="", container=""', "namespace, pod")
    return f"sum by ({by}) ({containers}) or sum by ({by}) ({pods})"
