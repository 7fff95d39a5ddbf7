"""CustomResourceDefinitions: fetched once by the lock, and applied so that the API server serves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster import cli, crds, tools
from cluster.console import Console
from devkit import paths
from devkit.errors import UserError
from tests.cluster.fakes import DEPENDENCY, GoGroup, closed_port, files_below, write_program

QUIET = Console(quiet=True)


def declare(group: GoGroup, files: str = "unit") -> None:
    extra = f"crds: {{things: {{group: demo, module: {DEPENDENCY}, folder: files/etc, files: '{files}'}}}}"
    group.declare(extra=f"{extra}\nimages: []")


def test_files_are_fetched_into_the_cache(with_dependency: GoGroup, sealed: Path) -> None:
    declare(with_dependency)
    (file,) = crds.files("things", QUIET)
    assert file.read_text(encoding="utf-8") == "[Unit]\n"
    assert file.is_relative_to(sealed / "crds" / "things")
    assert not list((sealed / "scratch").iterdir()), "the scratch folder was left behind"


def test_cached_files_need_neither_network_nor_go(
    with_dependency: GoGroup, monkeypatch: pytest.MonkeyPatch, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(with_dependency)
    before = crds.files("things", QUIET)
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{closed_port()}")
    (programs / "go").unlink()
    assert crds.files("things") == before
    assert capsys.readouterr().err == "", "a cached file must not be a step"


def test_cached_path_depends_on_the_lock(with_dependency: GoGroup) -> None:
    declare(with_dependency)
    before = crds.files("things", QUIET)
    with (with_dependency.folder / "go.mod").open("a", encoding="utf-8") as file:
        file.write("\n// newer\n")
    assert crds.files("things", QUIET) != before


def test_pattern_without_a_match_is_an_error(with_dependency: GoGroup, sealed: Path) -> None:
    declare(with_dependency, "*.yml")
    with pytest.raises(UserError, match=r"no file files/etc/\*\.yml"):
        crds.files("things", QUIET)
    assert not (sealed / "crds").exists()


def test_unknown_name_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"no custom resources 'kedda'.*use one of: .*keda"):
        crds.files("kedda", QUIET)


def test_apply_without_a_cluster_fetches_nothing(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["crds", "keda"]) == 1
    assert capsys.readouterr().err == "error: There is no cluster.\nremedy: Run `make up` first.\n"
    assert files_below(sealed) == set()


def test_definitions_are_applied_server_side_and_waited_for(
    with_dependency: GoGroup, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(with_dependency)
    paths.KUBECONFIG.parent.mkdir(parents=True)
    paths.KUBECONFIG.touch()
    calls = tmp_path / "calls"
    script = f'echo "$*" >>{calls}; case "$*" in *" apply "*) echo customresourcedefinition/things;; esac'
    kubectl = write_program(programs, "kubectl", script)
    monkeypatch.setattr(tools, "ensure", lambda *_: kubectl)
    assert crds.apply(["things"], QUIET) == ["customresourcedefinition/things"]
    apply, wait = calls.read_text(encoding="utf-8").splitlines()
    assert apply.startswith(f"--kubeconfig {paths.KUBECONFIG} apply --server-side"), (
        "some definitions are too long for client-side apply"
    )
    assert "--for=condition=Established" in wait
