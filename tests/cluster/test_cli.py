"""The command line: help, exit codes, errors on standard error, results on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cluster import engine, lifecycle
from cluster.cli import main
from cluster.console import Console
from devkit import paths, versions
from devkit.errors import UserError
from tests.cluster.fakes import files_below, link_go, write_program

COMMANDS = ("up", "build", "load", "crds", "istio", "status", "logs", "run", "env", "down", "clean")
CLEAN = lifecycle.clean
STATUS = lifecycle.Status(
    engine="managed",
    docker_host="unix:///run/engine.sock",
    nodes={"one": True, "two": False},
    ready=False,
    metrics=False,
    registry="localhost:5001",
    registry_running=True,
    kubeconfig="/clone/.build/kube/config",
    kubernetes_version="v1.2.3",
    cache="/cache",
    tools={"kubectl": "/bin/kubectl"},
)


@pytest.fixture(autouse=True)
def no_cluster_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prevent tests from creating or deleting a cluster; a test that runs such a command replaces it."""

    def refuse(*_: object) -> None:
        raise AssertionError("tests must not create or delete a cluster")

    for name in ("up", "down", "clean"):
        monkeypatch.setattr(lifecycle, name, refuse)


def answering_docker(programs: Path) -> None:
    """Write a `docker` whose engine has two nodes and no registry."""
    write_program(
        programs,
        "docker",
        """case "$1" in
--version) echo Docker version 29.0.0;;
ps) printf 'model-serving-control-plane running\\nmodel-serving-worker exited\\n';;
container|image) exit 1;;
esac""",
    )


def test_help_has_an_example_of_each_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cluster", "--help"], cwd=paths.REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    for command in COMMANDS:
        assert f"python -m cluster {command}" in done.stdout, f"the help has no example of `{command}`"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["upp"],
        ["load"],
        ["logs"],
        ["up", "--images", "sometimes"],
        ["status", "--jsn"],
        ["run", "minikube"],
        ["crds"],
        ["crds", "kedda"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "usage: python -m cluster" in captured.err


def test_errors_exit_with_1_and_print_cause_and_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise UserError("The moon is full.", "Wait a week.")

    monkeypatch.setattr(lifecycle, "up", fail)
    assert main(["up"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: The moon is full.\nremedy: Wait a week.\n"


def test_interrupts_exit_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lifecycle, "up", interrupted)
    assert main(["up"]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["load", "nginx:1"], ["istio"], ["logs", "somewhere"]], ids=lambda value: value[0]
)
def test_commands_that_need_a_cluster_report_that_there_is_none(
    programs: Path,
    tmp_path: Path,
    sealed: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    write_program(programs, "docker", '[ "$1" = --version ] && echo Docker version 29.0.0 || exit 1')
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: No container engine is running.\nremedy: Run `make up` first.\n"
    assert files_below(sealed.parent) == set(), "a rejected command must leave nothing behind"


def test_up_without_engine_and_root_is_an_error(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_program(programs, "docker", '[ "$1" = --version ] && echo Docker version 29.0.0 || exit 1')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(lifecycle, "up", lambda console, _: engine.ensure(console))
    assert main(["up"]) == 1
    error, remedy = capsys.readouterr().err.splitlines()
    assert error.startswith("error: No container engine is running")
    assert "or run as root" in remedy


def test_status_as_json_has_all_fields(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lifecycle, "status", lambda: STATUS)
    assert main(["status", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == STATUS.as_dictionary()
    assert captured.err == ""


def test_status_as_text_names_each_part(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lifecycle, "status", lambda: STATUS)
    assert main(["status"]) == 0
    lines = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines())
    assert lines["nodes"] == "one (running), two (stopped)"
    assert lines["ready"] == "no"
    assert lines["registry"] == "localhost:5001 (running)"
    assert lines["engine"] == "managed, DOCKER_HOST=unix:///run/engine.sock"


def test_status_without_a_cluster_succeeds_and_builds_nothing(
    programs: Path, sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link_go(programs)
    assert main(["status", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["engine"], status["nodes"], status["ready"]) == ("none", {}, False)
    assert status["registry_running"] is False
    assert status["tools"] == {}
    assert files_below(sealed) == set(), "`status` must not write to the cache"


def test_status_of_an_external_engine_lists_its_nodes(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link_go(programs)
    answering_docker(programs)
    assert main(["status", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["engine"] == "external"
    assert status["nodes"] == {"model-serving-control-plane": True, "model-serving-worker": False}
    assert status["tools"]["docker"] == str(programs / "docker")
    assert status["kubeconfig"] == str(paths.KUBECONFIG)


def test_load_prints_the_references_in_the_registry(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []

    def load(names: list[str], _: Console, policy: str) -> list[str]:
        asked.append((names, policy))
        return [f"localhost:5001/library/{name}" for name in names]

    monkeypatch.setattr(lifecycle, "load", load)
    assert main(["load", "a:1", "b:2", "--images", "build"]) == 0
    assert capsys.readouterr().out == "localhost:5001/library/a:1\nlocalhost:5001/library/b:2\n"
    assert main(["load", "a:1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"loaded": ["localhost:5001/library/a:1"]}
    assert asked == [(["a:1", "b:2"], "build"), (["a:1"], "auto")]


def test_run_passes_arguments_and_environment_to_the_tool(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[object, list[str], dict[str, str]]] = []
    kubectl = write_program(programs, "kubectl", f"echo Client Version: v{versions.get('kubernetes')}")
    monkeypatch.setattr(lifecycle, "environment", lambda _: {"KUBECONFIG": str(paths.KUBECONFIG)})
    monkeypatch.setattr(os, "execve", lambda *arguments: called.append(arguments))
    assert main(["run", "kubectl", "get", "pods", "-A", "--help"]) == 0
    ((program, arguments, environment),) = called
    assert program == kubectl
    assert arguments == ["kubectl", "get", "pods", "-A", "--help"]
    assert environment["KUBECONFIG"] == str(paths.KUBECONFIG)


def test_env_output_can_be_evaluated_by_a_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"KUBECONFIG": "/a clone/it's/config", "PATH": "/bin:/usr/bin"}
    monkeypatch.setattr(lifecycle, "environment", lambda _: environment)
    assert main(["env"]) == 0
    script = capsys.readouterr().out + 'printf %s "$KUBECONFIG"'
    assert (
        subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
        == environment["KUBECONFIG"]
    )
    assert main(["env", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == environment


def test_down_prints_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lifecycle, "down", lambda _: None)
    assert main(["down", "--json", "--quiet"]) == 0
    json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("reason", [PermissionError(13, "Permission denied", "/cache"), OSError(28, "No space left")])
def test_unwritable_cache_is_an_error_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reason: OSError
) -> None:
    def fail(*_: object) -> None:
        raise reason

    monkeypatch.setattr(lifecycle, "up", fail)
    assert main(["up"]) == 1
    assert "remedy:" in capsys.readouterr().err


def test_clean_keeps_other_files_in_the_cache_folder(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "down", lambda _: None)
    assert paths.cache() == sealed, "the test would remove a folder that is not its own"
    (sealed / "programs").mkdir(parents=True)
    (sealed / "thesis.tex").write_text("years of work", encoding="utf-8")
    CLEAN(Console(quiet=True))
    assert not (sealed / "programs").exists()
    assert (sealed / "thesis.tex").exists(), "MODEL_SERVING_CACHE may be a folder with other files"
