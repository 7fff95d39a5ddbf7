"""The import graph of app/src: no cycles, and nothing heavy where it does not belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from devkit import paths
from tests.app.process import environment

SOURCE = paths.REPOSITORY / "app/src"


def module_name(path: Path, source: Path) -> str:
    """Return the dotted name of a file below `source`."""
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph(source: Path) -> dict[str, set[str]]:
    """Return the modules that each module imports, those in functions and in TYPE_CHECKING blocks included."""
    modules = {module_name(path, source): path for path in source.rglob("*.py")}
    return {name: set(_imported(path, modules)) - {name} for name, path in modules.items()}


def _imported(path: Path, modules: Mapping[str, Path]) -> Iterable[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else node.module for name in inside]
        yield from (name for name in names if name in modules)


def package_graph(graph: Mapping[str, Iterable[str]], packages: set[str]) -> dict[str, set[str]]:
    """Contract a graph of modules to packages; a module directly below the top is a node of its own."""

    def package(name: str) -> str:
        parent = name.rpartition(".")[0]
        return name if name in packages or "." not in parent else parent

    contracted: dict[str, set[str]] = {}
    for name, imported in graph.items():
        contracted.setdefault(package(name), set()).update(package(one) for one in imported)
    return {name: imported - {name} for name, imported in contracted.items()}


def cycle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return one cycle of the graph, empty if it has none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_modules_have_no_import_cycle() -> None:
    found = cycle(import_graph(SOURCE))
    assert not found, f"import cycle: {' <- '.join(found)}; move what both need into a module of its own"


def test_packages_have_no_import_cycle() -> None:
    packages = {module_name(path, SOURCE) for path in SOURCE.rglob("__init__.py")}
    found = cycle(package_graph(import_graph(SOURCE), packages))
    assert not found, f"import cycle of packages: {' <- '.join(found)}; move one of the imports to a higher layer"


def test_a_cycle_is_found_in_functions_and_across_packages(tmp_path: Path) -> None:
    files = {
        "top/__init__.py": "",
        "top/a/__init__.py": "",
        "top/b/__init__.py": "",
        "top/a/one.py": "def late():\n    from top.b.one import x\n",
        "top/b/one.py": "",
        "top/b/two.py": "from top.a import two\n",
        "top/a/two.py": "import json\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    graph = import_graph(tmp_path)
    assert not cycle(graph)
    assert set(cycle(package_graph(graph, {"top", "top.a", "top.b"}))) == {"top.a", "top.b"}
    (tmp_path / "top/b/one.py").write_text("import top.a.one\n", encoding="utf-8")
    assert set(cycle(import_graph(tmp_path))) == {"top.a.one", "top.b.one"}


@pytest.mark.parametrize(
    "module", ["model_server.http.server", "model_server.http.worker", "model_server.runtimes.registry"]
)
def test_the_arbiter_imports_no_numerical_library(module: str) -> None:
    heavy = ("numpy", "sklearn", "joblib", "h5py", "keras", "tensorflow", "flask", "opentelemetry")
    script = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", script], env=environment(), check=True, capture_output=True)
    assert loaded.stdout == b"[]\n", f"{module} is part of the arbiter and must not import {loaded.stdout.decode()}"
