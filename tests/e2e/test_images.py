"""Images are pulled from a reachable registry, and built from their recipe otherwise; with a real registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cluster import catalog, lifecycle, registry, settings
from cluster.console import Console
from cluster.images import Images, probe
from cluster.images.build import LABEL
from cluster.lifecycle import Connection
from devkit.errors import UserError

pytestmark = pytest.mark.e2e

PUBLISHED = f"{settings.REGISTRY_ADDRESS}/published/pause:1"
UNREACHABLE = "localhost:59999/nowhere/pause:1"
OTHER_DIGEST = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def connection() -> Connection:
    lifecycle.up(Console())
    return lifecycle.connect(Console())


@pytest.fixture
def pause(connection: Connection) -> Iterator[catalog.Image]:
    """The smallest image of the catalog, in a registry under another name, and not in the engine."""
    image = catalog.load().image(catalog.load().tagged("registry.k8s.io/pause"))
    connection.images.ensure(image.name)
    connection.engine.run("tag", image.name, PUBLISHED)
    connection.engine.run("push", "--quiet", PUBLISHED)
    connection.engine.run("image", "rm", PUBLISHED)
    probe.answers.cache_clear()
    yield image
    for name in (PUBLISHED, UNREACHABLE):
        connection.engine.run("image", "rm", "--force", name, check=False)


def _images(connection: Connection, monkeypatch: pytest.MonkeyPatch, image: catalog.Image, policy: str) -> Images:
    known = catalog.load()
    with_it = replace(known, images={**known.images, image.name: image})
    monkeypatch.setattr(catalog, "load", lambda: with_it)
    assert policy in ("auto", "pull", "build")
    return Images(connection.engine, connection.console, policy)  # type: ignore[arg-type]


def test_pulls_an_image_by_digest_from_a_reachable_registry(
    connection: Connection, pause: catalog.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = registry.digest(PUBLISHED)
    wanted = catalog.Image(PUBLISHED, recipe=pause.recipe, base=pause.base, digest=digest)
    images = _images(connection, monkeypatch, wanted, "pull")

    images.ensure(PUBLISHED)

    found = connection.engine.inspect(PUBLISHED, "image")
    assert found is not None
    assert any(name.endswith(digest) for name in found["RepoDigests"]), found["RepoDigests"]


def test_rejects_an_image_with_another_digest(
    connection: Connection, pause: catalog.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = catalog.Image(PUBLISHED, recipe=pause.recipe, base=pause.base, digest=OTHER_DIGEST)

    with pytest.raises(UserError, match="cannot pull"):
        _images(connection, monkeypatch, wanted, "pull").ensure(PUBLISHED)


def test_builds_an_image_if_its_registry_is_unreachable(
    connection: Connection, pause: catalog.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = catalog.Image(UNREACHABLE, recipe=pause.recipe, base=pause.base)

    _images(connection, monkeypatch, wanted, "auto").ensure(UNREACHABLE)

    found = connection.engine.inspect(UNREACHABLE, "image")
    assert found is not None
    assert LABEL in found["Config"]["Labels"], "the image has no digest of a recipe, so it was not built here"
