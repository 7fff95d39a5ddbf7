"""Building a Go program of a family, once for each state of what it is built from."""

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

# From the lock alone: a module that go.sum does not name is refused.
COMMON = ["-trimpath", "-buildvcs=false", "-mod=readonly"]
STRIP = "-s -w"


def find(name: str) -> Path | None:
    """Where a program of the catalog is, if it has been compiled; nothing is installed to find out."""
    if golang.find() is None:
        return None
    file = cached(name)
    return file if file.exists() else None


def cached(name: str, system: str = platform.system()) -> Path:
    """Where a program of the catalog is once it is compiled."""
    program = catalog.load().program(name)
    return layout.programs() / key(program, system) / program.name


def build(name: str, console: Console | None = None, system: str = platform.system()) -> Path:
    """The path of a program of the catalog for a system (``Linux``, ``Darwin``), compiled if it is not cached."""
    program, file = catalog.load().program(name), cached(name, system)
    if file.exists():
        return file
    if program.cgo and system != platform.system():
        raise UserError(
            f"{name} needs a C compiler for {system}, which this machine does not have.",
            "Let the image be pulled (`--images pull`), or build on that system.",
        )
    console = console or Console()
    with console.step(f"build {program.name} from Go modules (family {program.family})"):
        if program.cgo:
            packages.ensure(packages.C_BUILD)
        _compile(program, file, system)
    return file


def key(program: catalog.Program, system: str = platform.system()) -> str:
    """The digest of everything that the program is built from, the toolchain included."""
    version = run([golang.ensure(), "env", "GOVERSION", "GOARCH"], folder=layout.GO_FAMILIES / program.family)
    return digest.of(
        digest.of_folder(layout.GO_FAMILIES / program.family),
        program.package,
        program.tags,
        program.ldflags,
        program.gcflags,
        str(program.cgo),
        system,
        version.stdout,
        # Only where there are any: those without keep the digests that they had before there could be.
        *([str(sorted(program.patches.items()))] if program.patches else []),
    )


def module_folder(family: str, module: str) -> Path:
    """Where the sources of a module of a family lie on this machine, fetched if they do not yet."""
    go = golang.ensure()
    folder = layout.GO_FAMILIES / family
    run([go, "mod", "download", module], folder=folder, environment=_environment(cgo=False))
    answer = run([go, "list", "-m", "-f", "{{.Dir}}", module], folder=folder, environment=_environment(cgo=False))
    found = Path(answer.stdout.strip())
    if not answer.stdout.strip() or not found.is_dir():
        raise UserError(
            f"The Go module {module} of family {family} has no sources here.",
            f"Check that cluster/go/{family}/go.mod requires it.",
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
            sources = {module: module_folder(program.family, module) for module in program.patches}
            family = layout.GO_FAMILIES / program.family
            lock = patches.apply(golang.ensure(), family, sources, program.patches, folder)
            arguments += ["-modfile", str(lock)]
        run_logged(
            [golang.ensure(), "build", *arguments, "-o", output, program.package],
            log=f"go-{program.name}",
            folder=layout.GO_FAMILIES / program.family,
            environment={**_environment(program.cgo), "GOOS": system.lower()},
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        output.rename(file)


def _environment(cgo: bool) -> dict[str, str]:
    # Go's own caches are used as they are, but live beside ours when they have no other place.
    return {
        "CGO_ENABLED": "1" if cgo else "0",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOWORK": "off",
        "GOCACHE": os.environ.get("GOCACHE", str(paths.cache() / "go-build")),
        "GOMODCACHE": os.environ.get("GOMODCACHE", str(paths.cache() / "go-modules")),
    }
