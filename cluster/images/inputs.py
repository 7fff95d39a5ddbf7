"""The digest of all inputs of an image. While it stays the same, the image is not rebuilt."""

from __future__ import annotations

from cluster import catalog, digest
from cluster.images.build import LINUX
from cluster.tools import programs


def key(image: catalog.Image) -> str:
    """Return the digest of an image's recipe, base image, programs and files from Go modules.

    The base counts by its own inputs even if it was pulled, so a newer pull of it does not rebuild the image.
    """
    everything = catalog.load()
    parts = [digest.of_folder(image.folder)]
    if image.base:
        parts.append(key(everything.image(image.base)))
    parts += [programs.key(name, LINUX) for name in image.programs]
    parts += [_module_files(name, files) for name, files in sorted(image.files.items())]
    parts += [key(everything.image(name)) for name in image.preload]
    return digest.of(image.name, *parts)


def _module_files(name: str, files: catalog.ModuleFiles) -> str:
    # A fixed text: another wording would rebuild images whose inputs are the same.
    return f"{name}=ModuleFiles(family={files.group!r}, module={files.module!r}, folder={files.folder!r})"
