"""``python -m cluster build``: the programs that it builds, and those that it leaves to a registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster import cli, lifecycle, tools
from cluster.console import Console
from cluster.tools import programs as provided
from tests.cluster.fakes import GoGroup, closed_port, http_server

QUIET = Console(quiet=True)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of tools and programs in the order in which they are requested."""
    names: list[str] = []
    monkeypatch.setattr(tools, "ensure", lambda name, _: names.append(name) or Path(name))  # type: ignore[func-returns-value]
    monkeypatch.setattr(provided, "build", lambda name, *_: names.append(name) or Path(name))  # type: ignore[func-returns-value]
    return names


def declare(group: GoGroup, address: str) -> None:
    """Add an image with a program to the catalog."""
    group.declare(extra=f'images: [{{name: "{address}/library/thing:1", recipe: thing, programs: [kind]}}]')


def test_programs_of_images_are_built_where_no_registry_answers(group: GoGroup, built: list[str]) -> None:
    declare(group, f"127.0.0.1:{closed_port()}")
    lifecycle.build(QUIET)
    assert built == ["kind", "kind"], "once as a tool, once for the image"


def test_programs_of_images_that_can_be_pulled_are_not_built(group: GoGroup, built: list[str]) -> None:
    with http_server(200) as address:
        declare(group, address)
        lifecycle.build(QUIET)
        assert built == ["kind"]
        lifecycle.build(QUIET, "build")
        assert built == ["kind", "kind", "kind"]


def test_tools_that_linters_need_come_last(built: list[str]) -> None:
    lifecycle.build(QUIET, "pull")
    assert set(built[-len(lifecycle.TOOLS) :]) == set(lifecycle.TOOLS)


@pytest.mark.usefixtures("built", "group")
def test_result_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build", "--json", "--quiet"]) == 0
    assert capsys.readouterr().out == '{"built": true}\n'
