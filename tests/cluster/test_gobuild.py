"""Building Go programs, with the real compiler and a module of a few lines."""

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
    """Write a `go` whose `build` runs a script; ``$output`` is the requested file."""
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
def test_programs_are_compiled_once(capsys: pytest.CaptureFixture[str]) -> None:
    first = gobuild.build("kind")
    assert output_of(first) == "kind v0.40.0\n", "the linker must get the ldflags of the catalog"
    assert "build kind (Go module group demo)" in capsys.readouterr().err
    changed = first.stat().st_mtime_ns
    assert gobuild.build("kind") == first
    assert first.stat().st_mtime_ns == changed, "the program was rebuilt without a change"
    assert capsys.readouterr().err == "", "a cached program must not be a step"


@pytest.mark.usefixtures("group")
def test_build_leaves_only_the_program_and_its_log(sealed: Path) -> None:
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
def test_cached_path_depends_on_the_inputs(group: GoGroup, change: Callable[[GoGroup], object]) -> None:
    before = gobuild.cached("kind")
    change(group)
    assert gobuild.cached("kind") != before, "a change of the inputs would be ignored"


def test_failed_build_leaves_no_program_and_reports_compiler_output(group: GoGroup, sealed: Path) -> None:
    (group.folder / "hello" / "main.go").write_text("package main\n\nfunc main() { undefined() }\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        gobuild.build("kind")
    assert "undefined: undefined" in caught.value.cause
    assert "go-kind.log" in caught.value.remedy
    assert not gobuild.cached("kind").exists()
    assert not list((sealed / "scratch").iterdir()), "the scratch folder was left behind"


@pytest.mark.usefixtures("group")
def test_killed_compiler_leaves_no_program(programs: Path) -> None:
    fake_go(programs, 'echo half >"$output"; kill -KILL $$')
    with pytest.raises(UserError, match="kind"):
        gobuild.build("kind")
    assert not gobuild.cached("kind").exists()


@pytest.mark.usefixtures("group")
def test_killed_run_leaves_no_program_and_the_next_run_builds_it(programs: Path, tmp_path: Path) -> None:
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
        # The file exists before the script has written to it.
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
def test_modules_are_downloaded_by_the_lock() -> None:
    assert gobuild.build("kind").exists()


@pytest.mark.usefixtures("with_dependency")
def test_module_folder_is_in_the_module_cache() -> None:
    folder = gobuild.module_folder("demo", DEPENDENCY)
    assert (folder / "files" / "etc" / "unit").read_text(encoding="utf-8") == "[Unit]\n"


def test_module_with_another_digest_is_rejected(with_dependency: GoGroup) -> None:
    lock = with_dependency.folder / "go.sum"
    wrong = hashlib.sha256(b"other").hexdigest()[:43]
    lines = [f"{line.rpartition(':')[0]}:{wrong}=" for line in lock.read_text(encoding="utf-8").splitlines()]
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"checksum mismatch|SECURITY ERROR"):
        gobuild.build("kind")
    assert not gobuild.cached("kind").exists()


def test_module_missing_from_the_lock_is_rejected(with_dependency: GoGroup) -> None:
    (with_dependency.folder / "go.sum").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match=r"missing go\.sum entry"):
        gobuild.build("kind")
    assert (with_dependency.folder / "go.sum").read_text(encoding="utf-8") == "", "a build must not write the lock"


def declare_patched(group: GoGroup, folder: str = "patch") -> None:
    """Make the program call a function that its dependency lacks, and add it by a patch of the group."""
    source = group.folder / "hello" / "main.go"
    text = source.read_text(encoding="utf-8").replace(f'_ "{DEPENDENCY}"', f'"{DEPENDENCY}"')
    source.write_text(text.replace('"kind " + version', "dependency.Text()"), encoding="utf-8")
    (group.folder / "patch").mkdir(exist_ok=True)
    patched = 'package dependency\n\nfunc Text() string { return "patched" }\n'
    (group.folder / "patch" / "text.go").write_text(patched, encoding="utf-8")
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


def test_patches_replace_files_of_a_module(with_dependency: GoGroup, sealed: Path) -> None:
    lock = (with_dependency.folder / "go.mod").read_text(encoding="utf-8")
    declare_patched(with_dependency)
    assert output_of(gobuild.build("kind")) == "patched\n"
    assert (with_dependency.folder / "go.mod").read_text(encoding="utf-8") == lock, "a build must not write the lock"
    fetched = {name.rpartition("/")[2] for name in files_below(sealed / "go-modules") if f"{DEPENDENCY}@" in name}
    assert "text.go" not in fetched, "the copy in the module cache, which other builds use, has changed"


def test_cached_path_depends_on_the_patches(with_dependency: GoGroup) -> None:
    declare_patched(with_dependency)
    first = gobuild.cached("kind")
    declare_patched(with_dependency, "other")
    assert gobuild.cached("kind") != first, "a change of `patches` in the catalog would be ignored"


def test_patched_module_with_another_digest_is_rejected(with_dependency: GoGroup) -> None:
    declare_patched(with_dependency)
    lock = with_dependency.folder / "go.sum"
    wrong = hashlib.sha256(b"other").hexdigest()[:43]
    lines = [f"{line.rpartition(':')[0]}:{wrong}=" for line in lock.read_text(encoding="utf-8").splitlines()]
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"checksum mismatch|SECURITY ERROR"):
        gobuild.build("kind")


def test_missing_patch_is_reported(with_dependency: GoGroup) -> None:
    declare_patched(with_dependency, "no-such-folder")
    with pytest.raises(UserError, match="no-such-folder") as caught:
        gobuild.build("kind")
    assert "patches" in caught.value.remedy


@pytest.mark.usefixtures("with_dependency")
def test_network_errors_name_the_module(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(UserError) as caught:
        gobuild.build("kind")
    assert DEPENDENCY in caught.value.cause
    assert "connection refused" in caught.value.cause


@pytest.mark.usefixtures("with_dependency")
def test_network_errors_have_a_remedy_about_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(UserError) as caught:
        gobuild.build("kind")
    assert "GOPROXY" in caught.value.remedy, f"the remedy must mention GOPROXY: {caught.value.remedy}"


def test_unknown_program_is_rejected() -> None:
    with pytest.raises(UserError, match="no-such-program"):
        gobuild.build("no-such-program")


def test_go_settings_of_the_user_have_no_effect(group: GoGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    before = gobuild.cached("kind")
    monkeypatch.setenv("GOFLAGS", "-tags=surprise")
    monkeypatch.setenv("GOWORK", str(group.folder / "no-such.work"))
    assert gobuild.cached("kind") == before
    assert output_of(gobuild.build("kind")) == "kind v0.40.0\n"


def test_programs_have_different_keys() -> None:
    names = list(catalog.load().programs)
    keys = {gobuild.key(catalog.load().program(name)) for name in ("bridge", "loopback", "ptp")}
    assert len(keys) == 3
    assert len(names) == len(set(names))
