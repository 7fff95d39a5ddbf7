"""The command line of the toolkit, and the layering of its modules."""

from __future__ import annotations

import ast
import pkgutil

import pytest

from devkit import cli, commands, paths

COMMANDS = [module.name for module in pkgutil.iter_modules(commands.__path__)]
OTHER_PACKAGES = {"benchmarks", "charttool", "cluster", "dashboards", "examples", "tests"}
LIBRARY = sorted(path for path in (paths.REPOSITORY / "devkit").glob("*.py"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_module_in_commands_adds_a_subcommand(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert f"python -m devkit {command}" in capsys.readouterr().out


def test_rejects_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["no-such-command"])
    assert ended.value.code == 2
    assert "no-such-command" in capsys.readouterr().err


@pytest.mark.parametrize("module", LIBRARY, ids=lambda path: path.stem)
def test_library_modules_import_no_other_package(module: object) -> None:
    text = module.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & OTHER_PACKAGES, "every package imports devkit, so this would be an import cycle"
