"""Building an image of the catalog from its recipe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cluster import catalog, scratch, tools
from cluster.console import Console
from cluster.engine import Engine
from cluster.host import quirks
from cluster.images import rootfs
from cluster.tools import gobuild, programs
from devkit import paths
from devkit.process import run_logged

# Containers run Linux on every machine.
LINUX = "Linux"
LABEL = "model-serving.recipe"


def build(engine: Engine, image: catalog.Image, key: str, console: Console) -> None:
    """Build the image and label it with the digest of its inputs.

    The image gets its name only when the build has succeeded, so a killed build leaves nothing under it.
    """
    with _context(image, console) as context:
        arguments: list[str | Path] = ["--label", f"{LABEL}={key}"]
        if image.base:
            arguments += ["--build-arg", f"BASE_IMAGE={image.base}"]
        build_folder(engine, context, image.name, arguments)


def build_folder(engine: Engine, context: Path, name: str, arguments: list[str | Path] | None = None) -> None:
    """Build a folder with a Dockerfile. The secret ``ca`` has the CA certificates of the machine."""
    buildx = tools.ensure("buildx")
    bundle = quirks.ca_bundle()
    secret: list[str | Path] = ["--secret", f"id=ca,src={bundle}"] if bundle else []
    run_logged(
        [
            *(buildx, "build", "--builder", engine.builder(), "--progress", "plain", "--provenance", "false"),
            *("--tag", name, *secret, *(arguments or []), context),
        ],
        log=f"image-{name}",
        environment={**engine.environment, "BUILDX_CONFIG": str(paths.cache() / "buildx")},
    )


@contextmanager
def _context(image: catalog.Image, console: Console) -> Iterator[Path]:
    """Create the build context: the recipe with bin/, files/ and rootfs.tar, as far as it needs them."""
    if image.is_ours:
        yield image.folder
        return
    with scratch.folder() as folder:
        context = folder / "context"
        shutil.copytree(image.folder, context)
        for name in image.programs:
            _add(programs.build(name, console, LINUX), context / "bin" / name)
        for name, files in image.files.items():
            source = gobuild.module_folder(files.group, files.module) / files.folder
            # Module sources are read-only, and a copy that is too could not be removed.
            shutil.copytree(source, context / "files" / name, copy_function=shutil.copyfile)
        if rootfs.wanted(image.folder):
            rootfs.make(image.folder, context / "rootfs.tar")
        yield context


def _add(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
