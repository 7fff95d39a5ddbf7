"""What every pod of every values file may and has, and each of its containers, also those that run first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import spec_of
from tests.harness import Case, Manifest, Manifests, render
from tests.harness.charts import values_files
from tests.harness.objects import containers, texts
from tests.harness.policy.pod_security import violations

MIRROR = "mirror.example.org/all"
# Where an image comes from that names no registry.
HUB = "docker.io"
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
# These run until they are ended.
LASTING = ("Deployment", "StatefulSet", "DaemonSet")


def own_containers(manifests: Manifests, given: Case) -> list[tuple[Manifest, Mapping[str, Any]]]:
    """The chart's own containers, with the objects that they are in."""
    chart_spec = spec_of(given)
    return [each for each in manifests.containers() if each[1]["name"] in chart_spec.containers]


def test_every_container_is_known_or_comes_from_the_values(manifests: Manifests, given: Case) -> None:
    users = set(texts(given.values))
    for manifest, container in manifests.containers():
        is_known = container["name"] in spec_of(given).containers or container["name"] in users
        assert is_known or not manifest.is_own, f"{manifest}: name {container['name']} in CHART_SPEC of chart.py"


def test_every_pod_is_restricted(manifests: Manifests, given: Case) -> None:
    allowed = spec_of(given).pod_security_exceptions
    wrong = [
        f"{manifest}: {text}"
        for manifest, spec in manifests.pod_specs()
        for text in violations(spec)
        if text not in allowed.get(manifest.source, {})
    ]
    assert not wrong, 'against the Pod Security Standard "restricted":\n' + "\n".join(wrong)


def test_no_pod_is_allowed_what_it_never_does(chart_spec: ChartSpec) -> None:
    used = {
        (manifest.source, text)
        for file in values_files(chart_spec.chart)
        for manifest, spec in render(file.case()).pod_specs()
        for text in violations(spec)
    }
    for source, allowed in chart_spec.pod_security_exceptions.items():
        for text in allowed:
            assert (source, text) in used, (
                f"{source} does not do this: take it out of CHART_SPEC.pod_security_exceptions: {text}"
            )


def test_the_charts_own_containers_cannot_write_to_their_image(manifests: Manifests, given: Case) -> None:
    for manifest, container in own_containers(manifests, given):
        read_only = container["securityContext"]["readOnlyRootFilesystem"]
        assert read_only is True, f"{manifest}: {container['name']}: set readOnlyRootFilesystem"


def test_what_can_be_written_to_has_a_limit(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        for volume in spec.get("volumes", []):
            if "emptyDir" in volume:
                assert volume["emptyDir"].get("sizeLimit"), f"{manifest}: {volume['name']}: set emptyDir.sizeLimit"


def test_no_pod_gets_a_token_that_it_does_not_use_or_the_environment_of_services(
    manifests: Manifests, given: Case
) -> None:
    with_api_token = spec_of(given).with_api_token
    for manifest, spec in manifests.pod_specs():
        wanted = manifest.source in with_api_token
        token = spec["automountServiceAccountToken"]
        assert token is wanted, f"{manifest}: automountServiceAccountToken is {token}, not {wanted}"
        assert spec["enableServiceLinks"] is False, f"{manifest}: would get a variable for each Service"
    for account in manifests.of_kind("ServiceAccount"):
        assert account.body["automountServiceAccountToken"] is False, f"{account}: would give pods an API token"


def test_the_charts_own_containers_say_what_they_need(manifests: Manifests, given: Case) -> None:
    for manifest, container in own_containers(manifests, given):
        resources = container["resources"]
        assert {"cpu", "memory"} <= set(resources["requests"]), f"{manifest}: {container['name']}: set requests"
        assert "memory" in resources["limits"], f"{manifest}: {container['name']}: set a limit of memory"


def test_whatever_runs_for_long_has_all_three_probes(manifests: Manifests, given: Case) -> None:
    chart_spec = spec_of(given)
    for manifest in (each for kind in LASTING for each in manifests.of_kind(kind)):
        for container in manifest.spec["template"]["spec"]["containers"]:
            if container["name"] in chart_spec.containers - set(chart_spec.without_probes):
                missing = set(PROBES) - set(container)
                assert not missing, f"{manifest}: {container['name']} lacks {sorted(missing)}"


def test_probes_ask_a_port_that_their_container_declares(manifests: Manifests, given: Case) -> None:
    for manifest, container in own_containers(manifests, given):
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in PROBES:
            asked = container.get(probe, {})
            for way in ("httpGet", "tcpSocket"):
                if way in asked:
                    port = asked[way]["port"]
                    assert port in ports, f"{manifest}: {container['name']}: {probe} asks the port {port}"


def test_images_come_from_the_values_alone(given: Case) -> None:
    chart_spec = spec_of(given)
    named = {*texts(given.values), *texts(chart_spec.defaults)}
    registries = {*named, HUB}
    for manifest, container in render(given).containers():
        repository, versions = parts_of(container["image"])
        known = repository in named or any(
            repository.endswith(f"/{text}") and repository.removesuffix(f"/{text}") in registries for text in named
        )
        where = f"{manifest}: {container['name']}"
        assert known, f"{where}: the values do not name the repository of {container['image']}"
        unknown = versions - {*named, chart_spec.metadata["appVersion"]}
        assert not unknown, f"{where}: the values do not name {sorted(unknown)}"


def parts_of(image: str) -> tuple[str, set[str]]:
    """The repository of an image, and its tag and digest, as far as it has them."""
    name, _, digest = image.partition("@")
    repository, _, tag = name.rpartition(":")
    if not repository or "/" in tag:
        repository, tag = name, ""
    return repository, {tag, digest} - {""}


def test_one_setting_moves_all_images_to_a_mirror(given: Case) -> None:
    mirrored = given.with_values({"global": {"imageRegistry": MIRROR}})
    for manifest, container in render(mirrored).containers():
        assert container["image"].startswith(f"{MIRROR}/"), f"{manifest}: {container['name']}: {container['image']}"


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
