"""What holds for every values file of this chart alone."""

from __future__ import annotations

from typing import Any

from tests.charts.model_server.chart import VALUES_FILES
from tests.harness import Case, Manifests, render
from tests.harness.objects import own, texts
from tests.harness.policy.selectors import selects
from tests.harness.selection import pods_of

MIRROR = "mirror.example.org/all"
OWN_CONTAINERS = {"model-server", "nginx"}


def test_there_are_values_files_to_test_with() -> None:
    folders = [path.parent.name for path in VALUES_FILES]
    assert folders.count("ci") >= 4
    assert folders.count("values") >= 10, "examples/values has moved: correct VALUES_FILES in chart.py"


def test_no_probe_asks_the_port_that_serves_clients(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if container["name"] in OWN_CONTAINERS and probe in container:
                port = container[probe]["httpGet"]["port"]
                assert port != "http", f"{manifest}: {container['name']}: {probe} would wait behind requests"


def test_the_models_image_is_the_one_that_the_values_name(given: Case) -> None:
    mirrored = given.with_values({"global": {"imageRegistry": MIRROR}})
    for manifest, spec in render(mirrored).pod_specs():
        for volume in spec.get("volumes", []):
            if "image" in volume:
                assert volume["image"]["reference"] in texts(given.values), f"{manifest}: {volume['image']}"


def test_every_pod_goes_where_the_values_send_it(given: Case) -> None:
    placement: dict[str, Any] = {
        "nodeSelector": {"pool": "serving"},
        "tolerations": [{"key": "pool", "operator": "Exists"}],
        "priorityClassName": "high",
        "schedulerName": "packing",
    }
    balancer = {**placement, "nodeSelector": {"pool": "edge"}, "priorityClassName": "higher"}
    of_nginx = {key: balancer[key] for key in balancer if key != "schedulerName"}
    manifests = render(given.with_values({**placement, "nginx": of_nginx}))
    assert own(manifests)
    for manifest, spec in manifests.pod_specs():
        is_nginx = any(container["name"] == "nginx" for container in spec["containers"])
        wanted, values = (balancer, given.values["nginx"]) if is_nginx else (placement, given.values)
        nodes = {**values.get("nodeSelector", {}), **wanted["nodeSelector"]}
        assert {key: spec[key] for key in wanted} == {**wanted, "nodeSelector": nodes}, f"{manifest}"


def test_every_server_is_under_a_budget(manifests: Manifests, given: Case) -> None:
    budgets = manifests.of_kind("PodDisruptionBudget")
    if given.values.get("podDisruptionBudget", {}).get("enabled", True):
        for key, labels in pods_of(manifests).items():
            over = [budget for budget in budgets if selects(budget.spec["selector"], labels)]
            assert over or not key.startswith("Deployment/"), f"{key}: no budget protects it"


def test_a_monitor_finds_the_service_for_metrics_and_nothing_else(manifests: Manifests) -> None:
    for monitor in manifests.of_kind("ServiceMonitor"):
        services = [each for each in own(manifests) if each.kind == "Service"]
        found = [each.name for each in services if selects(monitor.spec["selector"], each.labels)]
        (metrics,) = [each for each in services if each.source == "monitoring/service.yaml"]
        assert found == [metrics.name], f"{monitor}: finds the Services {found}: each would be scraped"
        assert "namespaceSelector" not in monitor.spec, f"{monitor}: other namespaces are not its own"
