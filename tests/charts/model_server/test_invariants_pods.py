"""What every pod of every values file may and has: the server's, nginx's, the test's, and what runs first in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import APP_VERSION, CHART, containers, own, read, texts
from tests.harness import Case, Manifests, render
from tests.harness.policy.pod_security import violations

OWN_CONTAINERS = {"model-server", "pull-model", "nginx", "test"}
DEFAULTS = read(CHART / "values.yaml")
MIRROR = "mirror.example.org/all"


def test_every_pod_is_restricted(manifests: Manifests) -> None:
    wrong = [f"{manifest}: {text}" for manifest, spec in manifests.pod_specs() for text in violations(spec)]
    assert not wrong, 'against the Pod Security Standard "restricted":\n' + "\n".join(wrong)


def test_the_charts_own_containers_cannot_write_to_their_image(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        if container["name"] in OWN_CONTAINERS:
            read_only = container["securityContext"]["readOnlyRootFilesystem"]
            assert read_only is True, f"{manifest}: {container['name']}: set readOnlyRootFilesystem"


def test_what_can_be_written_to_has_a_limit(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        for volume in spec.get("volumes", []):
            if "emptyDir" in volume:
                assert volume["emptyDir"].get("sizeLimit"), f"{manifest}: {volume['name']}: set emptyDir.sizeLimit"


def test_no_pod_gets_a_token_or_the_environment_of_services(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        assert spec["automountServiceAccountToken"] is False, f"{manifest}: would get an API token"
        assert spec["enableServiceLinks"] is False, f"{manifest}: would get a variable for each Service"
    for account in manifests.of_kind("ServiceAccount"):
        assert account.body["automountServiceAccountToken"] is False, f"{account}: would give pods an API token"


def test_the_charts_own_containers_say_what_they_need(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        if container["name"] in OWN_CONTAINERS:
            resources = container["resources"]
            assert {"cpu", "memory"} <= set(resources["requests"]), f"{manifest}: {container['name']}: set requests"
            assert "memory" in resources["limits"], f"{manifest}: {container['name']}: set a limit of memory"


def test_every_server_and_load_balancer_has_all_three_probes(manifests: Manifests) -> None:
    for deployment in manifests.of_kind("Deployment"):
        for container in deployment.spec["template"]["spec"]["containers"]:
            if container["name"] in OWN_CONTAINERS:
                missing = {"startupProbe", "livenessProbe", "readinessProbe"} - set(container)
                assert not missing, f"{deployment}: {container['name']} lacks {sorted(missing)}"


def test_probes_ask_a_port_that_their_container_declares_and_that_serves_no_client(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if container["name"] in OWN_CONTAINERS and probe in container:
                port = container[probe]["httpGet"]["port"]
                assert port in ports - {"http"}, f"{manifest}: {container['name']}: {probe} asks the port {port}"


def test_images_come_from_the_values_alone(given: Case) -> None:
    named = {*texts(given.values), *texts(DEFAULTS)}
    for manifest, container in render(given).containers():
        repository = container["image"].partition("@")[0].rpartition(":")[0]
        tag = container["image"].removeprefix(f"{repository}:")
        assert any(repository in (text, f"{_registry(given)}/{text}", f"docker.io/{text}") for text in named), (
            f"{manifest}: {container['name']}: the values do not name the repository of {container['image']}"
        )
        assert tag in {*named, APP_VERSION}, f"{manifest}: {container['name']}: the values do not name the tag {tag}"


def _registry(given: Case) -> str:
    shared = given.values.get("global", {}).get("imageRegistry")
    return str(shared or given.values.get("image", {}).get("registry", ""))


def test_one_setting_moves_all_images_to_a_mirror(given: Case) -> None:
    mirrored = given.with_values({"global": {"imageRegistry": MIRROR}})
    for manifest, container in render(mirrored).containers():
        assert container["image"].startswith(f"{MIRROR}/"), f"{manifest}: {container['name']}: {container['image']}"


def test_the_models_image_is_the_one_that_the_values_name(given: Case) -> None:
    mirrored = given.with_values({"global": {"imageRegistry": MIRROR}})
    for manifest, spec in render(mirrored).pod_specs():
        for volume in spec.get("volumes", []):
            if "image" in volume:
                assert volume["image"]["reference"] in texts(given.values), f"{manifest}: {volume['image']}"


@pytest.mark.parametrize("secret", ["registry-login", "other-login"])
def test_every_pod_gets_the_pull_secrets(given: Case, secret: str) -> None:
    shared = {"global": {"imagePullSecrets": [{"name": secret}]}}
    for manifest, spec in render(given.with_values(shared)).pod_specs():
        found = [entry["name"] for entry in spec["imagePullSecrets"]]
        assert found.count(secret) == 1, f"{manifest}: has the pull secrets {found}"


def test_no_container_is_there_twice_in_a_pod(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        names = [container["name"] for container in containers(spec)]
        assert len(names) == len(set(names)), f"{manifest}: {names}"


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
