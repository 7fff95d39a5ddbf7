"""Whatever an object of a values file refers to by a name is there: volumes, ports, Services, Secrets, containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.charts.model_server.chart import CHART, containers, named, read, texts
from tests.harness import Case, Manifest, Manifests
from tests.harness.policy.selectors import selects

DEFAULTS = read(CHART / "values.yaml")


def test_every_mount_has_its_volume_and_every_volume_its_mount(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        volumes = {volume["name"] for volume in spec.get("volumes", [])}
        mounts = {mount["name"] for container in containers(spec) for mount in container.get("volumeMounts", [])}
        assert volumes == mounts, f"{manifest}: volumes and mounts differ in {sorted(volumes ^ mounts)}"


def test_no_container_has_two_mounts_at_one_place(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        paths = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
        assert len(paths) == len(set(paths)), f"{manifest}: {container['name']}: {paths}"


def references(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and name of all that a pod refers to."""
    yield "ServiceAccount", spec["serviceAccountName"]
    for entry in spec.get("imagePullSecrets", []):
        yield "Secret", entry["name"]
    for volume in spec.get("volumes", []):
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]
        if "persistentVolumeClaim" in volume:
            yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    for container in containers(spec):
        for source in container.get("envFrom", []):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if key in source:
                    yield kind, source[key]["name"]


def test_what_a_pod_refers_to_is_rendered_or_named_in_the_values(manifests: Manifests, given: Case) -> None:
    known = {*texts(given.values), *texts(DEFAULTS)}
    for manifest, spec in manifests.pod_specs():
        for kind, name in references(spec):
            is_there = (kind, name) in manifests.keys or name in known or (kind, name) == ("ServiceAccount", "default")
            assert is_there, f"{manifest} refers to {kind}/{name}, which neither the release nor the values have"


def test_every_rendered_configmap_secret_and_account_is_used(manifests: Manifests) -> None:
    used = {reference for _, spec in manifests.pod_specs() for reference in references(spec)}
    for manifest in manifests:
        if manifest.kind in ("ConfigMap", "Secret", "ServiceAccount") and "extra-objects" not in manifest.template:
            assert (manifest.kind, manifest.name) in used, f"{manifest}: nothing refers to it"


def port_names(manifests: Manifests, selector: Mapping[str, Any]) -> list[tuple[Manifest, set[str]]]:
    """The names of the ports of each kind of pod that a selector selects."""
    found = []
    for manifest in manifests:
        pod = manifest.pod_template()
        if pod is not None and selects(selector, pod["metadata"].get("labels", {})):
            ports = {port["name"] for container in containers(pod["spec"]) for port in container.get("ports", [])}
            found.append((manifest, ports))
    return found


def named_ports(manifest: Manifest) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Selectors of pods, and names of ports that these pods should have."""
    spec = manifest.body.get("spec") or {}
    if manifest.kind == "Service":
        for port in spec["ports"]:
            yield {"matchLabels": spec["selector"]}, port["targetPort"]
    elif manifest.kind == "PodMonitor":
        for endpoint in spec["podMetricsEndpoints"]:
            yield spec["selector"], endpoint["port"]
    elif manifest.kind == "NetworkPolicy":
        for rule in spec.get("ingress", []):
            for port in rule["ports"]:
                yield spec["podSelector"], port["port"]
        for rule in spec.get("egress", []):
            for peer in rule.get("to", []):
                for port in rule["ports"]:
                    if "podSelector" in peer and isinstance(port["port"], str):
                        yield peer["podSelector"], port["port"]


def test_every_pod_has_the_ports_that_others_know_by_name(manifests: Manifests) -> None:
    for manifest in manifests:
        for selector, port in named_ports(manifest):
            pods = port_names(manifests, selector)
            assert pods, f"{manifest}: the port {port} is that of no pod, for {selector} selects none"
            for other, ports in pods:
                assert port in ports, f"{manifest}: {other} has no port {port}, but {sorted(ports)}"


def test_a_route_leads_to_a_service_and_a_port_that_it_has(manifests: Manifests) -> None:
    for ingress in manifests.of_kind("Ingress"):
        for rule in ingress.spec["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                ports = manifests.one("Service", backend["name"]).spec["ports"]
                assert named(ports, backend["port"]["name"]), f"{ingress}: leads to {backend}"
    for route in manifests.of_kind("HTTPRoute"):
        for rule in route.spec["rules"]:
            for backend in rule["backendRefs"]:
                ports = manifests.one("Service", backend["name"]).spec["ports"]
                assert [backend["port"]] == [port["port"] for port in ports], f"{route}: leads to {backend}"


def test_a_servicemonitor_names_a_port_of_its_service(manifests: Manifests) -> None:
    for monitor in manifests.of_kind("ServiceMonitor"):
        (service,) = [each for each in manifests.of_kind("Service") if selects(monitor.spec["selector"], each.labels)]
        for endpoint in monitor.spec["endpoints"]:
            assert named(service.spec["ports"], endpoint["port"]), f"{monitor}: {service} has no port {endpoint}"


def test_an_autoscaler_measures_a_container_that_is_there(manifests: Manifests) -> None:
    for scaler in manifests.of_kind("HorizontalPodAutoscaler"):
        deployment = manifests.one("Deployment", scaler.spec["scaleTargetRef"]["name"])
        there = deployment.spec["template"]["spec"]["containers"]
        for metric in scaler.spec["metrics"]:
            wanted = metric.get("containerResource", {}).get("container", "model-server")
            assert named(there, wanted), f"{scaler}: {deployment} has no container {wanted}"
