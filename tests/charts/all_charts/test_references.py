"""References by name resolve: volumes, ports, Services, Secrets, accounts, roles and containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.charts.chart_specs import spec_of
from tests.harness import Case, Manifest, Manifests
from tests.harness.objects import containers, named, own, texts
from tests.harness.policy.selectors import selects
from tests.harness.selection import looks_elsewhere

# Objects that every cluster has.
KUBERNETES_ROLES = ("system:auth-delegator", "extension-apiserver-authentication-reader")
KUBERNETES_ACCOUNTS = (("horizontal-pod-autoscaler", "kube-system"),)


def test_every_mount_has_its_volume_and_every_volume_its_mount(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        volumes = {volume["name"] for volume in spec.get("volumes", [])} | claimed(manifest)
        mounts = {mount["name"] for container in containers(spec) for mount in container.get("volumeMounts", [])}
        assert volumes == mounts, f"{manifest}: volumes and mounts differ in {sorted(volumes ^ mounts)}"


def claimed(manifest: Manifest) -> set[str]:
    """Return the volumes that a StatefulSet creates for each of its pods."""
    claims = (manifest.body.get("spec") or {}).get("volumeClaimTemplates", [])
    return {claim["metadata"]["name"] for claim in claims}


def test_mount_paths_are_unique(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        paths = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
        assert len(paths) == len(set(paths)), f"{manifest}: {container['name']}: {paths}"


def references(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the kind and name of every object that a pod refers to."""
    yield "ServiceAccount", spec.get("serviceAccountName", "default")
    for entry in spec.get("imagePullSecrets", []):
        yield "Secret", entry["name"]
    for volume in spec.get("volumes", []):
        if "persistentVolumeClaim" in volume:
            yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
        for source in (volume, *volume.get("projected", {}).get("sources", [])):
            if "configMap" in source:
                yield "ConfigMap", source["configMap"]["name"]
            if "secret" in source:
                # The field is named differently in projected volumes.
                yield "Secret", source["secret"].get("secretName") or source["secret"]["name"]
    for container in containers(spec):
        for source in container.get("envFrom", []):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if key in source:
                    yield kind, source[key]["name"]
        for variable in container.get("env", []):
            for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                if key in variable.get("valueFrom", {}):
                    yield kind, variable["valueFrom"][key]["name"]


def test_pods_refer_to_rendered_or_given_objects(manifests: Manifests, given: Case) -> None:
    known = {*texts(given.values), *texts(spec_of(given).defaults)}
    for manifest, spec in manifests.pod_specs():
        for kind, name in references(spec):
            is_there = (kind, name) in manifests.keys or name in known or (kind, name) == ("ServiceAccount", "default")
            assert is_there, f"{manifest} refers to {kind}/{name}, which is neither rendered nor named in the values"


def test_every_configmap_secret_and_account_is_used(manifests: Manifests, given: Case) -> None:
    used = {reference for _, spec in manifests.pod_specs() for reference in references(spec)}
    for manifest in own(manifests):
        if manifest.kind in ("ConfigMap", "Secret", "ServiceAccount"):
            is_used = (manifest.kind, manifest.name) in used or manifest.source in spec_of(given).unreferenced
            assert is_used, f"{manifest}: nothing refers to it"


def test_every_role_is_bound_to_existing_accounts(manifests: Manifests, given: Case) -> None:
    known = {*texts(given.values), *texts(spec_of(given).defaults)}
    bound: set[tuple[str, str]] = set()
    for binding in (*manifests.of_kind("RoleBinding"), *manifests.of_kind("ClusterRoleBinding")):
        role = (binding.body["roleRef"]["kind"], binding.body["roleRef"]["name"])
        bound.add(role)
        is_there = role in manifests.keys or role[1] in KUBERNETES_ROLES
        assert is_there, f"{binding}: binds {role}, which is not rendered"
        for account in binding.body["subjects"]:
            key = (account["kind"], account["name"])
            is_of_kubernetes = (account["name"], account["namespace"]) in KUBERNETES_ACCOUNTS
            is_there = key in manifests.keys or account["name"] in known or is_of_kubernetes
            assert is_there, f"{binding}: binds {key}, which does not exist"
    for kind in ("Role", "ClusterRole"):
        for role_object in manifests.of_kind(kind):
            is_aggregated = any("aggregate-to" in label for label in role_object.labels)
            assert (kind, role_object.name) in bound or is_aggregated, f"{role_object}: no account is bound to it"


Port = str | int


def ports_of(manifests: Manifests, selector: Mapping[str, Any]) -> list[tuple[Manifest, set[Port]]]:
    """Return the ports, by name and number, of each workload whose pods a selector matches."""
    found = []
    for manifest in manifests:
        pod = manifest.pod_template()
        if pod is not None and selects(selector, pod["metadata"].get("labels", {})):
            ports = [port for container in containers(pod["spec"]) for port in container.get("ports", [])]
            found.append((manifest, {key for port in ports for key in (port["containerPort"], port.get("name", ""))}))
    return found


def known_ports(manifest: Manifest) -> Iterator[tuple[Mapping[str, Any], Port]]:
    """Yield selectors of pods with a port that these pods must have."""
    spec = manifest.body.get("spec") or {}
    if manifest.kind == "Service" and "selector" in spec:
        for port in spec["ports"]:
            yield {"matchLabels": spec["selector"]}, port.get("targetPort", port["port"])
    elif manifest.kind == "PodMonitor" and not looks_elsewhere(manifest):
        for endpoint in spec["podMetricsEndpoints"]:
            yield spec["selector"], endpoint["port"]
    elif manifest.kind == "NetworkPolicy":
        for rule in spec.get("ingress", []):
            for port in rule.get("ports", []):
                yield spec["podSelector"], port["port"]
        for rule in spec.get("egress", []):
            for peer in rule.get("to", []):
                for port in rule.get("ports", []):
                    # Pods in other namespaces do not belong to the release.
                    if "podSelector" in peer and "namespaceSelector" not in peer and isinstance(port["port"], str):
                        yield peer["podSelector"], port["port"]


def test_selected_pods_have_the_referenced_ports(manifests: Manifests) -> None:
    for manifest in manifests:
        for selector, port in known_ports(manifest):
            pods = ports_of(manifests, selector)
            assert pods, f"{manifest}: refers to port {port}, but {selector} selects no pods"
            for other, ports in pods:
                assert port in ports, f"{manifest}: {other} has no port {port}, but {sorted(map(str, ports))}"


def test_routes_refer_to_existing_service_ports(manifests: Manifests, given: Case) -> None:
    for ingress in manifests.of_kind("Ingress"):
        for rule in ingress.spec["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                ports = manifests.one("Service", backend["name"]).spec["ports"]
                assert named(ports, backend["port"]["name"]), f"{ingress}: refers to {backend}"
    for route in manifests.of_kind("HTTPRoute"):
        for rule in route.spec["rules"] if route.source not in spec_of(given).external_backends else ():
            for backend in rule["backendRefs"]:
                ports = manifests.one("Service", backend["name"]).spec["ports"]
                assert [backend["port"]] == [port["port"] for port in ports], f"{route}: refers to {backend}"


def test_a_servicemonitor_selects_one_service_and_its_port(manifests: Manifests) -> None:
    for monitor in manifests.of_kind("ServiceMonitor"):
        if not looks_elsewhere(monitor):
            found = [each for each in manifests.of_kind("Service") if selects(monitor.spec["selector"], each.labels)]
            assert len(found) == 1, f"{monitor}: selects {[str(each) for each in found]}, must select one"
            for endpoint in monitor.spec["endpoints"]:
                assert named(found[0].spec["ports"], endpoint["port"]), f"{monitor}: {found[0]} lacks {endpoint}"


def test_an_autoscaler_measures_an_existing_container(manifests: Manifests) -> None:
    for scaler in manifests.of_kind("HorizontalPodAutoscaler"):
        target = scaler.spec["scaleTargetRef"]
        scaled = manifests.one(target["kind"], target["name"])
        existing = scaled.spec["template"]["spec"]["containers"]
        for metric in scaler.spec["metrics"]:
            if "containerResource" in metric:
                wanted = metric["containerResource"]["container"]
                assert named(existing, wanted), f"{scaler}: {scaled} has no container {wanted}"
