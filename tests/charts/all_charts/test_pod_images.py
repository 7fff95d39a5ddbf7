"""Images and pull secrets of the pods in the rendering of each values file."""

from __future__ import annotations

import pytest

from tests.charts.chart_specs import own_containers, spec_of
from tests.harness import Case, render
from tests.harness.objects import texts

MIRROR = "mirror.example.org/all"
# The registry of images that name none.
DEFAULT_REGISTRY = "docker.io"


def test_images_come_from_values(given: Case) -> None:
    chart_spec = spec_of(given)
    named = {*texts(given.values), *texts(chart_spec.defaults)}
    registries = {*named, DEFAULT_REGISTRY}
    for manifest, container in own_containers(render(given), given):
        repository, versions = split_image(container["image"])
        known = repository in named or any(
            repository.endswith(f"/{text}") and repository.removesuffix(f"/{text}") in registries for text in named
        )
        where = f"{manifest}: {container['name']}"
        assert known, f"{where}: the values do not name the repository of {container['image']}"
        unknown = versions - {*named, chart_spec.metadata["appVersion"]}
        assert not unknown, f"{where}: the values do not name {sorted(unknown)}"


def split_image(image: str) -> tuple[str, set[str]]:
    """Return the repository of an image and the set of its tag and digest, without missing ones."""
    name, _, digest = image.partition("@")
    repository, _, tag = name.rpartition(":")
    if not repository or "/" in tag:
        repository, tag = name, ""
    return repository, {tag, digest} - {""}


def test_one_value_moves_all_images_to_a_mirror(given: Case) -> None:
    mirrored = given.with_values({"global": {"imageRegistry": MIRROR}})
    for manifest, container in own_containers(render(mirrored), given):
        assert container["image"].startswith(f"{MIRROR}/"), (
            f"{manifest}: {container['name']}: {container['image']} ignores global.imageRegistry"
        )


@pytest.mark.parametrize("secret", ["registry-login", "other-login"])
def test_every_pod_gets_the_pull_secrets_once(given: Case, secret: str) -> None:
    shared = {"global": {"imagePullSecrets": [{"name": secret}]}}
    for manifest, spec in render(given.with_values(shared)).pod_specs():
        found = [entry["name"] for entry in spec["imagePullSecrets"]]
        assert found.count(secret) == 1, f"{manifest}: must have {secret} once, has the pull secrets {found}"
