"""What the tests of `cluster` share: a sealed machine, on which no test can reach the real cache or engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import catalog, paths
from cluster.engine import owned
from cluster.images import probe
from cluster.tools import finder, golang
from tests.cluster.fakes import GoFamily, link_go

# Go's compile cache is content-addressed and safe to share: without it each run compiles Go's own library anew.
GO_CACHE = os.environ.get("GOCACHE") or str(paths.cache() / "go-build")


@pytest.fixture(autouse=True)
def sealed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache and a place for an engine of the test's own, and nothing remembered; returns the cache."""
    home = tmp_path_factory.mktemp("machine")
    run = home / "run"
    for name in ("KUBECONFIG", "DOCKER_CONTEXT", "GOMODCACHE", "GOPROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MODEL_SERVING_CACHE", str(home / "cache"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{run}/nobody-listens.sock")
    monkeypatch.setenv("GOCACHE", GO_CACHE)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(paths, "KUBECONFIG", home / "kube" / "config")
    monkeypatch.setattr(owned, "RUN", run)
    monkeypatch.setattr(owned, "SOCKET", run / "docker.sock")
    monkeypatch.setattr(owned, "PID", run / "docker.pid")
    monkeypatch.setattr(owned, "HOST", f"unix://{run}/docker.sock")
    monkeypatch.setattr(finder, "_found", {})
    golang.ensure.cache_clear()
    probe.answers.cache_clear()
    return home / "cache"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that comes first on PATH and beside which there are only the system's own basic programs."""
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
    """Make a text the catalog that everything reads."""
    load, count = catalog.load, iter(range(1000))

    def use(text: str) -> catalog.Catalog:
        file = tmp_path / f"catalog-{next(count)}.yaml"
        file.write_text(text, encoding="utf-8")
        loaded = load(file)
        monkeypatch.setattr(catalog, "load", lambda: loaded)
        return loaded

    return use


@pytest.fixture
def family(
    tmp_path: Path,
    programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    use_catalog: Callable[[str], catalog.Catalog],
) -> GoFamily:
    """A Go module family of one small program, its catalog, and the real `go` on PATH."""
    link_go(programs)
    root = tmp_path / "go"
    monkeypatch.setattr(paths, "GO_FAMILIES", root)
    made = GoFamily(root / "demo", use_catalog)
    made.write()
    return made
