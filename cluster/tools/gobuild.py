"""Building the Go programs of a module group, once for each state of their inputs."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from cluster import catalog, digest, layout, scratch
from cluster.console import Console
from cluster.host import packages
from cluster.tools import golang, patches
from devkit import paths
from devkit.errors import UserError
from devkit.process import run, run_logged

# -mod=readonly rejects modules that go.sum does not have.
COMMON = ["-trimpath", "-buildvcs=false", "-mod=readonly"]
STRIP = "-s -w"


def find(name: str) -> Path | None:
    """Return the path of a compiled program, or None. No toolchain is installed to find out."""
    if golang.find() is None:
        return None
    file = cached(name)
    return file if file.exists() else None


def cached(name: str, system: str = platform.system()) -> Path:
    """Return the path that a program of the catalog has once it is compiled."""
    program = catalog.load().program(name)
    return layout.programs() / key(program, system) / program.name


def build(name: str, console: Console | None = None, system: str = platform.system()) -> Path:
    """Return the path of a program for a system (``Linux``, ``Darwin``), compiled if the cache lacks it."""
    program, file = catalog.load().program(name), cached(name, system)
    if file.exists():
        return file
    if program.cgo and system != platform.system():
        raise UserError(
            f"{name} needs a C compiler for {system}, which this machine lacks.",
            "Pull the image (`--images pull`), or build on that system.",
        )
    console = console or Console()
    with console.step(f"build {program.name} (Go module group {program.group})"):
        if program.cgo:
            packages.ensure(packages.C_BUILD)
        _compile(program, file, system)
    return file


def key(program: catalog.Program, system: str = platform.system()) -> str:
    """Return the digest of everything that the program is built from, including the toolchain."""
    version = run([golang.ensure(), "env", "GOVERSION", "GOARCH"], folder=layout.GO_GROUPS / program.group)
    return digest.of(
        digest.of_folder(layout.GO_GROUPS / program.group),
        program.package,
        program.tags,
        program.ldflags,
        program.gcflags,
        str(program.cgo),
        system,
        version.stdout,
        # Left out if empty, so that programs without patches keep the digests they had before patches existed.
        *([str(sorted(program.patches.items()))] if program.patches else []),
    )


def module_folder(group: str, module: str) -> Path:
    """Return the folder with the sources of a module of a group, downloaded if necessary."""
    go = golang.ensure()
    folder = layout.GO_GROUPS / group
    run([go, "mod", "download", module], folder=folder, environment=_environment(cgo=False))
    answer = run([go, "list", "-m", "-f", "{{.Dir}}", module], folder=folder, environment=_environment(cgo=False))
    found = Path(answer.stdout.strip())
    if not answer.stdout.strip() or not found.is_dir():
        raise UserError(
            f"cannot find the sources of the Go module {module} of the group {group}.",
            f"Check that cluster/go/{group}/go.mod requires it.",
        )
    return found


def _compile(program: catalog.Program, file: Path, system: str) -> None:
    arguments = [*COMMON, "-ldflags", f"{STRIP} {program.ldflags}".strip()]
    if program.tags:
        arguments += ["-tags", program.tags]
    if program.gcflags:
        arguments += ["-gcflags", program.gcflags]
    # Into a folder of its own and then renamed: a killed build leaves nothing that looks finished.
    with scratch.folder() as folder:
        output = folder / program.name
        if program.patches:
            sources = {module: module_folder(program.group, module) for module in program.patches}
            group = layout.GO_GROUPS / program.group
            lock = patches.apply(golang.ensure(), group, sources, program.patches, folder)
            arguments += ["-modfile", str(lock)]
        run_logged(
            [golang.ensure(), "build", *arguments, "-o", output, program.package],
            log=f"go-{program.name}",
            folder=layout.GO_GROUPS / program.group,
            environment={**_environment(program.cgo), "GOOS": system.lower()},
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        output.rename(file)


def _environment(cgo: bool) -> dict[str, str]:
    # Go's caches are shared with the user if the environment names them, and are in our cache otherwise.
    return {
        "CGO_ENABLED": "1" if cgo else "0",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOWORK": "off",
        "GOCACHE": os.environ.get("GOCACHE", str(paths.cache() / "go-build")),
        "GOMODCACHE": os.environ.get("GOMODCACHE", str(paths.cache() / "go-modules")),
    }
