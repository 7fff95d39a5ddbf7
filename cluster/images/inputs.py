"""What an image is built from, as one digest: the same digest means that nothing has to be built."""

from __future__ import annotations

from cluster import catalog, digest
from cluster.images.build import LINUX
from cluster.tools import programs


def key(image: catalog.Image) -> str:
    """The digest of an image's recipe, its base, its programs and the files that it takes from modules.

    The base counts by its own recipe; where the base was pulled, that is what a build of it would rest on, so
    a newer pull alone rebuilds nothing.
    """
    everything = catalog.load()
    parts = [digest.of_folder(image.folder)]
    if image.base:
        parts.append(key(everything.image(image.base)))
    parts += [programs.key(name, LINUX) for name in image.programs]
    parts += [f"{name}={files}" for name, files in sorted(image.files.items())]
    parts += [key(everything.image(name)) for name in image.preload]
    return digest.of(image.name, *parts)
