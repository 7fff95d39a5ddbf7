"""Pieces of PromQL that more than one dashboard uses.

No selector names a job: jobs have other names where the Prometheus operator scrapes.
"""

from __future__ import annotations

NAMESPACE = 'namespace=~"$namespace"'
MODEL = f'{NAMESPACE}, model=~"$model"'
VERSION = f'{MODEL}, version=~"$version"'

# Pod to model and version. topk: while a version is replaced, a pod may for a moment have two series.
_MODEL_OF_POD = f"topk by (namespace, pod) (1, model_server_model_info{{{VERSION}}})"
_NODE_OF_POD = 'topk by (namespace, pod) (1, kube_pod_info{node!=""})'


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
    return f"{series_of_pods} * on (namespace, pod) group_left (node) {_NODE_OF_POD}"


def of_model(series_of_pods: str) -> str:
    """The labels `model` and `version` for series of pods, and only those of the chosen models."""
    return f"{series_of_pods} * on (namespace, pod) group_left (model, version) {_MODEL_OF_POD}"


def container_cpu(by: str, selector: str) -> str:
    """CPU cores in use by containers."""
    series = "container_cpu_usage_seconds_total"
    return _of_containers(f"rate({series}{{{selector}, %s}}[$__rate_interval])", by)


def container_memory(by: str, selector: str) -> str:
    """Bytes that containers hold and that cannot be taken from them."""
    return _of_containers(f"container_memory_working_set_bytes{{{selector}, %s}}", by)


def _of_containers(series: str, by: str) -> str:
    # Some container runtimes leave the container's name out; what the pod as a whole uses stands in for it.
    containers, pods = series % 'container!=""', series % 'pod!="", container=""'
    return f"sum by ({by}) ({containers}) or sum by ({by}) ({pods})"
