"""Pushing images to the registry, under the names by which the nodes request them."""

from __future__ import annotations

import urllib.request

from cluster import catalog, settings
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images
from devkit.errors import UserError

MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


def reference(name: str) -> str:
    """Return the reference of an image in the registry.

    The nodes request ``docker.io/library/model-server:1`` from the registry as ``/v2/library/model-server``. A name
    that begins with ``localhost:5001/`` stays the same.
    """
    registry, _, path = catalog.full_name(name).partition("/")
    return name if registry == settings.REGISTRY_ADDRESS else f"{settings.REGISTRY_ADDRESS}/{path}"


def load(engine: Engine, images: Images, name: str, console: Console) -> str:
    """Push an image, pulled or built first if the catalog has it; return its reference in the registry.

    Raises :class:`UserError` if neither the catalog nor the engine has the image.
    """
    if catalog.load().has_image(name):
        images.ensure(name)
    elif engine.inspect(name, "image") is None:
        raise UserError(
            f"Image not found: {name}. Neither the engine nor catalog.yaml has it.",
            "Build it under that name first, or add it to cluster/catalog.yaml.",
        )
    source, target = (catalog.full_name(name) if catalog.load().has_image(name) else name), reference(name)
    with console.step(f"push {name} to the registry"):
        if source != target:
            engine.run("tag", source, target)
        engine.run("push", "--quiet", target, seconds=900)
    return target


def digest(name: str) -> str:
    """Return the digest of an image in the registry, as ``sha256:…``; ``name`` is a name or reference of it."""
    _, _, path = reference(name).partition("/")
    repository, colon, tag = path.rpartition(":")
    if not colon or "@" in name:
        raise UserError(f"{name} has no tag.", "Write the name with its tag, as in models/iris:1.")
    url = f"http://{settings.REGISTRY_ADDRESS}/v2/{repository}/manifests/{tag}"
    accept = ", ".join(MANIFEST_TYPES)
    request = urllib.request.Request(url, headers={"Accept": accept}, method="HEAD")
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 (the scheme is above)
            return str(answer.headers["Docker-Content-Digest"])
    except OSError as error:
        raise UserError(
            f"The registry does not have {name}: {error}.", "Push it first: `python -m cluster load`."
        ) from error
