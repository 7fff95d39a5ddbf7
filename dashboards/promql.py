"""Pieces of PromQL that more than one dashboard uses.

No selector names a job: jobs have other names where the Prometheus operator scrapes.
"""

from __future__ import annotations

NAMESPACE = 'namespace=~"$namespace"'
MODEL = f'{NAMESPACE}, model=~"$model"'
VERSION = f'{MODEL}, version=~"$version"'

# The right sides of joins, each pod once: pod to model and version, and pod to node. While a version is replaced, or a
# pod is moved, it may for a moment have two series.
MODEL_OF_POD = f"topk by (namespace, pod) (1, model_server_model_info{{{VERSION}}})"
NODE_OF_POD = 'topk by (namespace, pod) (1, kube_pod_info{node!=""})'


def rate(counter: str, selector: str) -> str:
    """How much a counter grows in a second."""
    return f"rate({counter}{{{selector}}}[$__rate_interval])"


def mean(histogram: str, selector: str, by: str) -> str:
    """The mean of what a histogram has counted lately; nothing while it counts nothing."""
    total, count = (f"sum by ({by}) ({rate(f'{histogram}_{part}', selector)})" for part in ("sum", "count"))
    return f"{total} / ({count} > 0)"


def quantile(share: float, histogram: str, selector: str, by: str) -> str:
    """A quantile of what a histogram has counted lately."""
    return f"histogram_quantile({share}, sum by ({by}, le) ({rate(f'{histogram}_bucket', selector)}))"


def buckets(histogram: str, selector: str) -> str:
    """The rows of a heat map."""
    return f"sum by (le) ({rate(f'{histogram}_bucket', selector)})"


def on_node(series_of_pods: str) -> str:
    """The label `node` for series of pods, also where the scrape did not make it."""
    return f"{series_of_pods} * on (namespace, pod) group_left (node) {NODE_OF_POD}"


def of_model(series_of_pods: str) -> str:
    """The labels `model` and `version` for series of pods, and only those of the chosen models."""
    return f"{series_of_pods} * on (namespace, pod) group_left (model, version) {MODEL_OF_POD}"


def once(series: str, thing: str) -> str:
    """Each thing counted once, even if two kube-state-metrics tell of it."""
    return f"max by ({thing}) ({series})"


def container_cpu(by: str, selector: str) -> str:
    """CPU cores in use by containers."""
    series = "container_cpu_usage_seconds_total"
    return _of_containers(f"rate({series}{{{selector}, %s}}[$__rate_interval])", by)


def container_memory(by: str, selector: str) -> str:
    """Bytes that containers hold and that cannot be taken from them."""
    return _of_containers(f"container_memory_working_set_bytes{{{selector}, %s}}", by)


def _of_containers(series: str, by: str) -> str:
    # Some container runtimes leave the container's name out; what the pod as a whole uses stands in for it. A container
    # that was just restarted is there twice.
    containers = once(series % 'container!~"|POD"', "namespace, pod, container")
    pods = once(series % 'pod!="", container=""', "namespace, pod")
    return f"sum by ({by}) ({containers}) or sum by ({by}) ({pods})"
