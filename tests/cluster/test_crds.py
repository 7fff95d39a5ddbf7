"""Definitions of custom resources: fetched once, as the lock says, and applied so that the cluster serves them."""

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


def test_the_files_are_fetched_into_the_cache(with_dependency: GoGroup, sealed: Path) -> None:
    declare(with_dependency)
    (file,) = crds.files("things", QUIET)
    assert file.read_text(encoding="utf-8") == "[Unit]\n"
    assert file.is_relative_to(sealed / "crds" / "things")
    assert not list((sealed / "scratch").iterdir()), "the scratch folder was left behind"


def test_what_was_fetched_needs_neither_network_nor_go_again(
    with_dependency: GoGroup, monkeypatch: pytest.MonkeyPatch, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(with_dependency)
    before = crds.files("things", QUIET)
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{closed_port()}")
    (programs / "go").unlink()
    assert crds.files("things") == before
    assert capsys.readouterr().err == "", "what is there is no step"


def test_another_lock_is_another_place(with_dependency: GoGroup) -> None:
    declare(with_dependency)
    before = crds.files("things", QUIET)
    with (with_dependency.folder / "go.mod").open("a", encoding="utf-8") as file:
        file.write("\n// newer\n")
    assert crds.files("things", QUIET) != before


def test_a_pattern_that_matches_nothing_is_an_error_and_not_an_empty_list(
    with_dependency: GoGroup, sealed: Path
) -> None:
    declare(with_dependency, "*.yml")
    with pytest.raises(UserError, match=r"no file files/etc/\*\.yml"):
        crds.files("things", QUIET)
    assert not (sealed / "crds").exists()


def test_a_name_that_the_catalog_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(UserError, match=r"no custom resources 'kedda'.*use one of: .*keda"):
        crds.files("kedda", QUIET)


def test_applying_where_there_is_no_cluster_fetches_nothing(sealed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["crds", "keda"]) == 1
    assert capsys.readouterr().err == "error: There is no cluster.\nremedy: Run `make up` first.\n"
    assert files_below(sealed) == set()


def test_they_are_applied_on_the_servers_side_and_waited_for(
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
    assert apply.startswith(f"--kubeconfig {paths.KUBECONFIG} apply --server-side"), "client-side, some are too long"
    assert "--for=condition=Established" in wait
