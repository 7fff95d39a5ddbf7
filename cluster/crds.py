"""CustomResourceDefinitions: fetched from the Go modules of their projects, applied to the cluster."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from cluster import catalog, digest, layout, scratch, tools
from cluster.console import Console
from cluster.tools import gobuild
from devkit import paths
from devkit.errors import UserError
from devkit.process import run

ESTABLISHED_SECONDS = 60


def files(name: str, console: Console | None = None) -> list[Path]:
    """Return the files of an entry of `crds` in the catalog, fetched if the cache does not have them."""
    entry = catalog.load().custom_resources(name)
    folder = _cached(entry)
    if not folder.is_dir():
        with (console or Console()).step(f"fetch the CustomResourceDefinitions of {name} (Go module {entry.module})"):
            _fetch(entry, folder)
    return sorted(folder.iterdir())


def apply(names: Sequence[str], console: Console) -> list[str]:
    """Apply the definitions, wait until the API server serves them, and return the names of the applied objects."""
    if not paths.KUBECONFIG.exists():
        raise UserError("There is no cluster.", "Run `make up` first.")
    kubectl: list[str | Path] = [tools.ensure("kubectl", console), "--kubeconfig", paths.KUBECONFIG]
    applied = []
    for name in names:
        options = [f"--filename={file}" for file in files(name, console)]
        with console.step(f"apply the CustomResourceDefinitions of {name}"):
            # Client-side apply stores the object in an annotation, for which some definitions are too long.
            answer = run([*kubectl, "apply", "--server-side", "--force-conflicts", "--output=name", *options])
            applied += answer.stdout.split()
            # The files also hold objects of other kinds, without this condition, so --filename would fail.
            established = ["customresourcedefinitions", "--all", "--for=condition=Established"]
            run([*kubectl, "wait", *established, f"--timeout={ESTABLISHED_SECONDS}s"])
    return applied


def _cached(entry: catalog.CustomResources) -> Path:
    pinned = digest.of_folder(layout.GO_GROUPS / entry.group)
    key = digest.of(pinned, entry.module, entry.folder, entry.files)
    return paths.cache() / "crds" / entry.name / key


def _fetch(entry: catalog.CustomResources, target: Path) -> None:
    source = gobuild.module_folder(entry.group, entry.module) / entry.folder
    found = sorted(source.glob(entry.files))
    if not found:
        raise UserError(
            f"{entry.module} has no file {entry.folder}/{entry.files}.",
            f"Correct `folder` or `files` of {entry.name} in {catalog.FILE.name}.",
        )
    # Copied to a scratch folder and renamed, so that a killed run never leaves an incomplete folder.
    with scratch.folder() as folder:
        copy = folder / entry.name
        copy.mkdir()
        for file in found:
            shutil.copyfile(file, copy / file.name)
        scratch.publish(copy, target)
