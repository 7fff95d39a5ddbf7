"""Shared fixtures: a sealed machine, on which no test can reach the real cache or engine."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cluster import catalog, layout
from cluster.engine import managed
from cluster.images import probe
from cluster.tools import golang, lookup
from devkit import paths
from tests.cluster.fakes import DEPENDENCY, GoGroup, link_go

# Go's build cache is content-addressed and safe to share. Without it, each run would compile the standard library.
GO_CACHE = os.environ.get("GOCACHE") or str(paths.cache() / "go-build")


@pytest.fixture(autouse=True)
def sealed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Isolate the test from the caches and engines of the machine; returns the path of its own cache."""
    home = tmp_path_factory.mktemp("machine")
    run = home / "run"
    for name in ("KUBECONFIG", "DOCKER_CONTEXT", "GOMODCACHE", "GOPROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MODEL_SERVING_CACHE", str(home / "cache"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{run}/unused.sock")
    monkeypatch.setenv("GOCACHE", GO_CACHE)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(paths, "KUBECONFIG", home / "kube" / "config")
    monkeypatch.setattr(managed, "RUN", run)
    monkeypatch.setattr(managed, "SOCKET", run / "docker.sock")
    monkeypatch.setattr(managed, "PID", run / "docker.pid")
    monkeypatch.setattr(managed, "HOST", f"unix://{run}/docker.sock")
    monkeypatch.setattr(lookup, "_found", {})
    _clear_process_caches()
    yield home / "cache"
    # The next test of this worker would otherwise run the fake programs of this one.
    _clear_process_caches()


def _clear_process_caches() -> None:
    golang.ensure.cache_clear()
    probe.answers.cache_clear()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is first on PATH, followed only by a few basic programs of the system."""
    folder = tmp_path / "path"
    folder.mkdir()
    basics = tmp_path / "basics"
    basics.mkdir()
    for name in ("sh", "cat", "tr", "touch", "sleep", "chmod"):
        (basics / name).symlink_to(next(p for p in (Path("/bin") / name, Path("/usr/bin") / name) if p.exists()))
    monkeypatch.setenv("PATH", f"{folder}:{basics}")
    return folder


@pytest.fixture
def use_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], catalog.Catalog]:
    """Return a function that makes a text the catalog."""
    load, count = catalog.load, iter(range(1000))

    def use(text: str) -> catalog.Catalog:
        file = tmp_path / f"catalog-{next(count)}.yaml"
        file.write_text(text, encoding="utf-8")
        loaded = load(file)
        monkeypatch.setattr(catalog, "load", lambda: loaded)
        return loaded

    return use


@pytest.fixture
def group(
    tmp_path: Path,
    programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    use_catalog: Callable[[str], catalog.Catalog],
) -> GoGroup:
    """A module group with one small program, its catalog, and the real `go` on PATH."""
    link_go(programs)
    root = tmp_path / "go"
    monkeypatch.setattr(layout, "GO_GROUPS", root)
    made = GoGroup(root / "demo", use_catalog)
    made.write()
    return made


@pytest.fixture
def with_dependency(group: GoGroup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoGroup:
    """The group with a dependency that a module proxy in a folder serves, and with a matching lock."""
    proxy = tmp_path / "proxy" / DEPENDENCY / "@v"
    proxy.mkdir(parents=True)
    module = f"module {DEPENDENCY}\n\ngo 1.21\n"
    (proxy / "list").write_text("v1.0.0\n", encoding="utf-8")
    (proxy / "v1.0.0.info").write_text('{"Version": "v1.0.0"}', encoding="utf-8")
    (proxy / "v1.0.0.mod").write_text(module, encoding="utf-8")
    with zipfile.ZipFile(proxy / "v1.0.0.zip", "w") as archive:
        archive.writestr(f"{DEPENDENCY}@v1.0.0/go.mod", module)
        archive.writestr(f"{DEPENDENCY}@v1.0.0/dependency.go", "package dependency\n")
        archive.writestr(f"{DEPENDENCY}@v1.0.0/files/etc/unit", "[Unit]\n")
    monkeypatch.setenv("GOPROXY", f"file://{tmp_path / 'proxy'}")
    monkeypatch.setenv("GONOSUMDB", DEPENDENCY)
    main = group.folder / "hello" / "main.go"
    source = main.read_text(encoding="utf-8").replace('import "syscall"', f'import "syscall"\nimport _ "{DEPENDENCY}"')
    main.write_text(source, encoding="utf-8")
    with (group.folder / "go.mod").open("a", encoding="utf-8") as file:
        file.write(f"\nrequire {DEPENDENCY} v1.0.0\n")
    environment = {**os.environ, "GOMODCACHE": str(tmp_path / "modules-of-the-lock"), "GOFLAGS": "-modcacherw"}
    subprocess.run(["go", "mod", "tidy"], cwd=group.folder, env=environment, check=True, capture_output=True)
    return group
