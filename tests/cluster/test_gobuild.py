"""Building a Go program, with the real compiler on a module of a few lines."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import catalog, layout
from cluster.tools import gobuild, golang
from devkit import paths
from devkit.errors import UserError
from tests.cluster.fakes import DEPENDENCY, GoGroup, alive, closed_port, files_below, wait_until, write_program


def output_of(program: Path) -> str:
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout


def fake_go(programs: Path, build: str) -> None:
    """A `go` whose `build` does what the script says; ``$output`` is the file that it was asked for."""
    (programs / "go").unlink()
    write_program(
        programs,
        "go",
        f"""case "$1" in
version) echo go version go9.9.9 linux/amd64; exit;;
env) printf 'go9.9.9\\namd64\\n'; exit;;
esac
while [ $# -gt 0 ]; do [ "$1" = -o ] && output=$2; shift; done
{build}""",
    )
    golang.ensure.cache_clear()


@pytest.mark.usefixtures("group", "programs")
def test_a_program_is_compiled_once_and_found_the_next_time(capsys: pytest.CaptureFixture[str]) -> None:
    first = gobuild.build("kind")
    assert output_of(first) == "kind v0.40.0\n", "the catalog's ldflags did not reach the linker"
    assert "build kind (Go module group demo)" in capsys.readouterr().err
    changed = first.stat().st_mtime_ns
    assert gobuild.build("kind") == first
    assert first.stat().st_mtime_ns == changed, "the program was built again although nothing has changed"
    assert capsys.readouterr().err == "", "a build that is not needed says nothing"


@pytest.mark.usefixtures("group")
def test_a_build_leaves_only_the_program_and_its_log(sealed: Path) -> None:
    file = gobuild.build("kind")
    left = {name for name in files_below(sealed) if not name.startswith(("go-modules/", "go-build/"))}
    assert left == {str(file.relative_to(sealed)), "logs/go-kind.log"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda group: group.declare("-X main.version=v0.41.0"), id="ldflags"),
        pytest.param(lambda group: (group.folder / "go.sum").write_text("x v1.0.0 h1:y=\n"), id="go.sum"),
        pytest.param(lambda group: (group.folder / "hello" / "more.go").write_text("package main\n"), id="sources"),
    ],
)
def test_what_a_program_is_built_from_decides_where_it_lies(
    group: GoGroup, change: Callable[[GoGroup], object]
) -> None:
    before = gobuild.cached("kind")
    change(group)
    assert gobuild.cached("kind") != before, "a change of the input would be ignored"


def test_a_build_that_fails_leaves_no_program_and_names_the_compilers_words(group: GoGroup, sealed: Path) -> None:
    (group.folder / "hello" / "main.go").write_text("package main\n\nfunc main() { undefined() }\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        gobuild.build("kind")
    assert "undefined: undefined" in caught.value.cause
    assert "go-kind.log" in caught.value.remedy
    assert not gobuild.cached("kind").exists()
    assert not list((sealed / "scratch").iterdir()), "the scratch folder was left behind"


@pytest.mark.usefixtures("group")
def test_a_compiler_that_is_killed_half_way_leaves_no_program(programs: Path) -> None:
    fake_go(programs, 'echo half >"$output"; kill -KILL $$')
    with pytest.raises(UserError, match="kind"):
        gobuild.build("kind")
    assert not gobuild.cached("kind").exists()


@pytest.mark.usefixtures("group")
def test_a_run_that_is_killed_half_way_leaves_no_program_and_the_next_builds_it(programs: Path, tmp_path: Path) -> None:
    catalog_file = tmp_path / "catalog-0.yaml"
    assert catalog_file.exists()
    fake_go(programs, f'echo half >"$output"; echo $$ >{tmp_path}/compiling; exec sleep 60')
    script = f"""
from pathlib import Path
from cluster import catalog, layout
layout.GO_GROUPS = Path({str(layout.GO_GROUPS)!r})
loaded = catalog.load(Path({str(catalog_file)!r}))
catalog.load = lambda: loaded
from cluster.tools import gobuild
gobuild.build("kind")
"""
    run = subprocess.Popen([sys.executable, "-c", script], cwd=paths.REPOSITORY, start_new_session=True)
    try:
        # A file is there before it has a content, which the compiler, when it is killed, does not write any more.
        compiling = tmp_path / "compiling"
        wait_until(lambda: compiling.exists() and bool(compiling.read_text(encoding="utf-8")), "the compiler starts")
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    compiler = int(compiling.read_text(encoding="utf-8"))
    wait_until(lambda: not alive(compiler), "the compiler has ended")
    assert not gobuild.cached("kind").exists()
    fake_go(programs, 'echo whole >"$output"')
    assert gobuild.build("kind").read_text(encoding="utf-8") == "whole\n"


@pytest.mark.usefixtures("with_dependency")
def test_modules_are_fetched_as_the_lock_says() -> None:
    assert gobuild.build("kind").exists()


@pytest.mark.usefixtures("with_dependency")
def test_files_of_a_module_are_found_where_go_keeps_them() -> None:
    folder = gobuild.module_folder("demo", DEPENDENCY)
    assert (folder / "files" / "etc" / "unit").read_text(encoding="utf-8") == "[Unit]\n"


def test_a_module_that_differs_from_the_lock_is_refused(with_dependency: GoGroup) -> None:
    lock = with_dependency.folder / "go.sum"
    wrong = hashlib.sha256(b"other").hexdigest()[:43]
    lines = [f"{line.rpartition(':')[0]}:{wrong}=" for line in lock.read_text(encoding="utf-8").splitlines()]
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"checksum mismatch|SECURITY ERROR"):
        gobuild.build("kind")
    assert not gobuild.cached("kind").exists()


def test_a_module_that_the_lock_does_not_name_is_refused(with_dependency: GoGroup) -> None:
    (with_dependency.folder / "go.sum").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match=r"missing go\.sum entry"):
        gobuild.build("kind")
    assert (with_dependency.folder / "go.sum").read_text(encoding="utf-8") == "", "a build must not write the lock"


def declare_patched(group: GoGroup, folder: str = "patch") -> None:
    """Have the program print what its dependency lacks, and let a folder of the group be laid over the dependency."""
    source = group.folder / "hello" / "main.go"
    text = source.read_text(encoding="utf-8").replace(f'_ "{DEPENDENCY}"', f'"{DEPENDENCY}"')
    source.write_text(text.replace('"kind " + version', "dependency.Text()"), encoding="utf-8")
    (group.folder / "patch").mkdir(exist_ok=True)
    laid_over = 'package dependency\n\nfunc Text() string { return "patched" }\n'
    (group.folder / "patch" / "text.go").write_text(laid_over, encoding="utf-8")
    group.use_catalog(
        f"""
groups:
  demo:
    programs:
      kind: {{package: ./hello, patches: {{{DEPENDENCY}: {folder}}}}}
tools:
  kind: {{version: [version], minimum: 0.30.0}}
images: []
"""
    )


def test_files_of_the_group_are_laid_over_a_module_that_lacks_them(with_dependency: GoGroup, sealed: Path) -> None:
    lock = (with_dependency.folder / "go.mod").read_text(encoding="utf-8")
    declare_patched(with_dependency)
    assert output_of(gobuild.build("kind")) == "patched\n"
    assert (with_dependency.folder / "go.mod").read_text(encoding="utf-8") == lock, "a build must not write the lock"
    fetched = {name.rpartition("/")[2] for name in files_below(sealed / "go-modules") if f"{DEPENDENCY}@" in name}
    assert "text.go" not in fetched, "Go's own copy of the module was changed, which every other build uses"


def test_a_patch_decides_where_a_program_lies(with_dependency: GoGroup) -> None:
    declare_patched(with_dependency)
    first = gobuild.cached("kind")
    declare_patched(with_dependency, "other")
    assert gobuild.cached("kind") != first, "a change of `patches` in the catalog would be ignored"


def test_a_patched_module_that_differs_from_the_lock_is_refused(with_dependency: GoGroup) -> None:
    declare_patched(with_dependency)
    lock = with_dependency.folder / "go.sum"
    wrong = hashlib.sha256(b"other").hexdigest()[:43]
    lines = [f"{line.rpartition(':')[0]}:{wrong}=" for line in lock.read_text(encoding="utf-8").splitlines()]
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"checksum mismatch|SECURITY ERROR"):
        gobuild.build("kind")


def test_a_patch_that_is_not_there_is_named(with_dependency: GoGroup) -> None:
    declare_patched(with_dependency, "no-such-folder")
    with pytest.raises(UserError, match="no-such-folder") as caught:
        gobuild.build("kind")
    assert "patches" in caught.value.remedy


@pytest.mark.usefixtures("with_dependency")
def test_without_network_the_message_names_the_module_and_what_was_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(UserError) as caught:
        gobuild.build("kind")
    assert DEPENDENCY in caught.value.cause
    assert "connection refused" in caught.value.cause


@pytest.mark.usefixtures("with_dependency")
def test_without_network_the_remedy_is_about_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(UserError) as caught:
        gobuild.build("kind")
    assert "GOPROXY" in caught.value.remedy, f"the remedy does not say what to do: {caught.value.remedy}"


def test_a_program_that_the_catalog_does_not_name_is_refused() -> None:
    with pytest.raises(UserError, match="no-such-program"):
        gobuild.build("no-such-program")


def test_settings_of_the_users_own_go_do_not_change_what_is_built(
    group: GoGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gobuild.cached("kind")
    monkeypatch.setenv("GOFLAGS", "-tags=surprise")
    monkeypatch.setenv("GOWORK", str(group.folder / "no-such.work"))
    assert gobuild.cached("kind") == before
    assert output_of(gobuild.build("kind")) == "kind v0.40.0\n"


def test_each_program_of_the_catalog_has_a_key_of_its_own() -> None:
    names = list(catalog.load().programs)
    keys = {gobuild.key(catalog.load().program(name)) for name in ("bridge", "loopback", "ptp")}
    assert len(keys) == 3
    assert len(names) == len(set(names))
