"""Probes of the containers in the rendering of each values file."""

from __future__ import annotations

from tests.charts.chart_specs import own_containers, spec_of
from tests.harness import Case, Manifests
from tests.harness.objects import PERMANENT_WORKLOADS

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def test_permanent_containers_have_all_three_probes(manifests: Manifests, given: Case) -> None:
    chart_spec = spec_of(given)
    for manifest in (each for kind in PERMANENT_WORKLOADS for each in manifests.of_kind(kind)):
        for container in manifest.spec["template"]["spec"]["containers"]:
            if container["name"] in chart_spec.containers - set(chart_spec.without_probes):
                missing = set(PROBES) - set(container)
                assert not missing, f"{manifest}: {container['name']} lacks {sorted(missing)}"


def test_probes_use_a_port_of_their_container(manifests: Manifests, given: Case) -> None:
    for manifest, container in own_containers(manifests, given):
        ports = {port["name"] for port in container.get("ports", [])}
        for name in PROBES:
            probe = container.get(name, {})
            for handler in ("httpGet", "tcpSocket"):
                if handler in probe:
                    port = probe[handler]["port"]
                    assert port in ports, f"{manifest}: {container['name']}: {name} uses port {port}, not declared"
