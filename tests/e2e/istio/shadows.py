"""The metrics of the version that receives mirrored traffic, scraped from its pod."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.istio.conftest import Mesh
from tests.e2e.lib.objects import is_ready

SHADOW = "2"
METRICS = "import sys, urllib.request as r; print(r.urlopen(f'http://{sys.stdin.read()}:8081/metrics').read().decode())"


def counted(mesh: Mesh) -> dict[str, float]:
    """Return the counters of version 2."""
    pods = [pod for pod in mesh.objects.pods("iris") if pod.metadata.labels["version"] == SHADOW]
    # Pods of the previous release may still be terminating.
    ready = [pod for pod in pods if is_ready(pod)]
    assert len(ready) == 1, [pod.metadata.name for pod in pods]
    families = text_string_to_metric_families(mesh.outside.run(METRICS, ready[0].status.pod_ip))
    samples = [sample for family in families for sample in family.samples]

    def total(name: str) -> float:
        return sum(sample.value for sample in samples if sample.name == name)

    return {
        "requests": total("model_server_shadow_requests_total"),
        "compared": total("model_server_shadow_compared_rows_total"),
        "disagreeing": total("model_server_shadow_disagreeing_rows_total"),
        "own requests": total("model_server_requests_total"),
        "dropped": total("model_server_shadow_comparisons_dropped_total"),
    }
