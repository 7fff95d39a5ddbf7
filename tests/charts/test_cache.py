"""The cache of renderings returns nothing that depends on changed input, and nothing incomplete."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.charts.sample_charts import CONFIG_MAP, config_map, write_chart
from tests.harness import Case, HelmError, cache, chart_files, render, render_stats


class CountingBackend:
    """A backend that counts its calls and returns the same text for all values."""

    name = "counting"

    def __init__(self) -> None:
        self.calls = 0
        self.build = "1"
        self.fails = False
        self.text = f"---\n# Source: sample/templates/a.yaml\n{CONFIG_MAP % 1}"
        self.during_call: Callable[[], Any] = lambda: None

    def version(self) -> str:
        return self.build

    def template(self, case: Case) -> str:
        self.calls += 1
        self.during_call()
        if self.fails:
            raise HelmError(f"{case.release} cannot work")
        return self.text

    def notes(self, case: Case) -> str:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, with counts that are not part of the run's summary."""
    monkeypatch.setattr(cache, "FOLDER", tmp_path / "renders")
    monkeypatch.setattr(cache, "_in_memory", {})
    monkeypatch.setattr(render_stats, "_stats", {})
    return tmp_path / "renders"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return write_chart(tmp_path / "sample", {"templates/a.yaml": config_map("1")})


@pytest.fixture
def backend() -> CountingBackend:
    return CountingBackend()


@pytest.fixture
def as_another_process(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A function that forgets what this process holds in memory."""

    def forget() -> None:
        for module, name in ((cache, "_in_memory"), (chart_files, "_states")):
            monkeypatch.setattr(module, name, {})

    return forget


def test_a_case_is_rendered_once(chart: Path, backend: CountingBackend) -> None:
    assert render(Case(chart), backend) is render(Case(chart), backend)
    assert backend.calls == 1


def test_processes_share_results(chart: Path, backend: CountingBackend, as_another_process: Callable[[], None]) -> None:
    first = render(Case(chart), backend)
    as_another_process()
    second = render(Case(chart), backend)
    assert backend.calls == 1
    assert second is not first
    assert second.text == first.text
    assert [(item.template, item.body) for item in second] == [(item.template, item.body) for item in first]
    with pytest.raises(TypeError, match="change a copy"):
        second.one("ConfigMap").body["data"]["value"] = "changed"


def test_errors_are_cached(chart: Path, backend: CountingBackend, as_another_process: Callable[[], None]) -> None:
    backend.fails = True
    for _ in range(2):
        with pytest.raises(HelmError, match=r"^demo cannot work$"):
            render(Case(chart), backend)
        as_another_process()
    assert backend.calls == 1


@pytest.mark.parametrize(
    "change",
    [
        {"values": {"a": 1}},
        {"values": {"a": "1"}},
        {"release": "other"},
        {"namespace": "other"},
        {"kube_version": "1.36.0"},
        {"api_versions": ("a/v1",)},
    ],
    ids=str,
)
def test_a_case_that_differs_is_rendered(chart: Path, backend: CountingBackend, change: dict[str, Any]) -> None:
    case = Case(chart, {"a": True})
    render(case, backend)
    render(replace(case, **change), backend)
    assert backend.calls == 2


def test_another_build_of_the_backend_renders_again(chart: Path, backend: CountingBackend) -> None:
    render(Case(chart), backend)
    backend.build = "2"
    render(Case(chart), backend)
    assert backend.calls == 2


@pytest.mark.parametrize("path", ["templates/a.yaml", "templates/deep/b.yaml", "files/new", "Chart.yaml"])
def test_a_changed_file_renders_again(chart: Path, backend: CountingBackend, path: str) -> None:
    render(Case(chart), backend)
    (chart / path).parent.mkdir(parents=True, exist_ok=True)
    (chart / path).write_text("{name: sample, version: 2.0.0}", encoding="utf-8")
    render(Case(chart), backend)
    assert backend.calls == 2


def test_a_linked_subchart_is_part_of_the_chart(chart: Path, backend: CountingBackend, tmp_path: Path) -> None:
    parent = write_chart(tmp_path / "parent", {"charts/readme": ""})
    (parent / "charts" / "sample").symlink_to(chart)
    render(Case(parent), backend)
    (chart / "values.yaml").write_text("{other: 1}", encoding="utf-8")
    render(Case(parent), backend)
    assert backend.calls == 2


def test_an_equal_chart_in_another_folder_is_cached(chart: Path, backend: CountingBackend, tmp_path: Path) -> None:
    same = write_chart(tmp_path / "elsewhere" / "sample", {"templates/a.yaml": config_map("1")})
    render(Case(chart), backend)
    render(Case(same), backend)
    assert backend.calls == 1


def test_a_damaged_file_is_rendered_again(
    chart: Path, backend: CountingBackend, folder: Path, as_another_process: Callable[[], None]
) -> None:
    render(Case(chart), backend)
    (stored,) = folder.glob("*/*")
    stored.write_bytes(stored.read_bytes()[:20])
    as_another_process()
    render(Case(chart), backend)
    assert backend.calls == 2
    as_another_process()
    render(Case(chart), backend)
    assert backend.calls == 2


def test_a_change_during_rendering_discards_the_result(chart: Path, backend: CountingBackend, folder: Path) -> None:
    backend.during_call = lambda: (chart / "values.yaml").write_text("{other: 1}", encoding="utf-8")
    render(Case(chart), backend)
    assert not list(folder.glob("*/*"))


def test_unreadable_manifests_are_not_cached(chart: Path, backend: CountingBackend, folder: Path) -> None:
    backend.text = "---\na: 1\na: 2\n"
    with pytest.raises(ValueError, match="duplicate key 'a'"):
        render(Case(chart), backend)
    assert not list(folder.glob("*/*"))


@pytest.fixture
def states(folder: Path) -> Path:
    """A cache with the states "a" to "d": "a" was used at second 1004, each of the others a second before the last."""
    for age, name in enumerate("abcd"):
        (folder / name).mkdir(parents=True)
        (folder / name / "result").write_bytes(b"0" * 40_000)
        os.utime(folder / name, (1004 - age, 1004 - age))
    return folder


def test_pruning_deletes_the_least_recently_used_states(states: Path) -> None:
    cache.prune(used_since=2000, max_bytes=90_000)
    assert sorted(path.name for path in states.iterdir()) == ["a", "b"]


def test_pruning_keeps_every_state_that_this_run_used(states: Path) -> None:
    cache.prune(used_since=1002, max_bytes=0)
    assert sorted(path.name for path in states.iterdir()) == ["a", "b", "c"]


def test_pruning_keeps_everything_within_the_limit(states: Path) -> None:
    cache.prune(used_since=2000)
    assert len(list(states.iterdir())) == 4


def test_a_cached_result_marks_its_state_as_used(
    chart: Path, backend: CountingBackend, folder: Path, as_another_process: Callable[[], None]
) -> None:
    render(Case(chart), backend)
    (state,) = folder.iterdir()
    os.utime(state, (1000, 1000))
    as_another_process()
    cache._touch.cache_clear()
    render(Case(chart), backend)
    assert state.stat().st_mtime > 1000


def test_a_case_counts_once_for_all_workers(chart: Path, backend: CountingBackend) -> None:
    assert not render_stats.any_rendered()
    for release in ("one", "two"):
        render(Case(chart, release=release), backend)
        render(Case(chart, release=release), backend)
    first = render_stats.dump()
    render_stats.load(first)
    (line,) = render_stats.summary()
    assert line.startswith("counting: 2 cases, 0 from the cache, ")
    assert line.endswith(" ms for each other one")
    assert render_stats.any_rendered()


def test_cached_cases_are_counted_separately(
    chart: Path, backend: CountingBackend, as_another_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    render(Case(chart), backend)
    as_another_process()
    monkeypatch.setattr(render_stats, "_stats", {})
    render(Case(chart), backend)
    assert render_stats.summary() == ["counting: 1 cases, 1 from the cache"]
    assert not render_stats.any_rendered()
