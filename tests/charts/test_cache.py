"""What is kept of renderings: nothing that depends on something else than before, and nothing half."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.charts.sample_charts import CONFIG_MAP, config_map, write_chart
from tests.harness import Case, HelmError, cache, chart_files, render, render_stats


class Asked:
    """A backend that counts what it is asked, and answers like a chart that does not look at its values."""

    name = "asked"

    def __init__(self) -> None:
        self.times = 0
        self.build = "1"
        self.refuses = False
        self.answer = f"---\n# Source: toy/templates/a.yaml\n{CONFIG_MAP % 1}"
        self.meanwhile: Callable[[], Any] = lambda: None

    def version(self) -> str:
        return self.build

    def template(self, case: Case) -> str:
        self.times += 1
        self.meanwhile()
        if self.refuses:
            raise HelmError(f"{case.release} cannot work")
        return self.answer

    def notes(self, case: Case) -> str:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and counts that nobody else sees."""
    monkeypatch.setattr(cache, "FOLDER", tmp_path / "renders")
    monkeypatch.setattr(cache, "_known", {})
    monkeypatch.setattr(render_stats, "_stats", {})
    return tmp_path / "renders"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return write_chart(tmp_path / "toy", {"templates/a.yaml": config_map("1")})


@pytest.fixture
def backend() -> Asked:
    return Asked()


@pytest.fixture
def as_another_process(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Forgets what this process holds in its memory."""

    def forget() -> None:
        for module, name in ((cache, "_known"), (chart_files, "_states")):
            monkeypatch.setattr(module, name, {})

    return forget


def test_a_case_is_asked_once(chart: Path, backend: Asked) -> None:
    assert render(Case(chart), backend) is render(Case(chart), backend)
    assert backend.times == 1


def test_what_another_process_asked_is_known(
    chart: Path, backend: Asked, as_another_process: Callable[[], None]
) -> None:
    first = render(Case(chart), backend)
    as_another_process()
    second = render(Case(chart), backend)
    assert backend.times == 1
    assert second is not first
    assert second.text == first.text
    assert [(item.template, item.body) for item in second] == [(item.template, item.body) for item in first]
    with pytest.raises(TypeError, match="change a copy"):
        second.one("ConfigMap").body["data"]["said"] = "changed"


def test_a_refusal_is_known_too(chart: Path, backend: Asked, as_another_process: Callable[[], None]) -> None:
    backend.refuses = True
    for _ in range(2):
        with pytest.raises(HelmError, match=r"^demo cannot work$"):
            render(Case(chart), backend)
        as_another_process()
    assert backend.times == 1


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
def test_a_case_that_differs_in_anything_is_asked(chart: Path, backend: Asked, change: dict[str, Any]) -> None:
    case = Case(chart, {"a": True})
    render(case, backend)
    render(replace(case, **change), backend)
    assert backend.times == 2


def test_another_build_of_the_backend_is_asked(chart: Path, backend: Asked) -> None:
    render(Case(chart), backend)
    backend.build = "2"
    render(Case(chart), backend)
    assert backend.times == 2


@pytest.mark.parametrize("path", ["templates/a.yaml", "templates/deep/b.yaml", "files/new", "Chart.yaml"])
def test_a_chart_with_a_changed_file_is_asked(chart: Path, backend: Asked, path: str) -> None:
    render(Case(chart), backend)
    (chart / path).parent.mkdir(parents=True, exist_ok=True)
    (chart / path).write_text("{name: toy, version: 2.0.0}", encoding="utf-8")
    render(Case(chart), backend)
    assert backend.times == 2


def test_a_subchart_behind_a_link_is_part_of_the_chart(chart: Path, backend: Asked, tmp_path: Path) -> None:
    above = write_chart(tmp_path / "above", {"charts/readme": ""})
    (above / "charts" / "toy").symlink_to(chart)
    render(Case(above), backend)
    (chart / "values.yaml").write_text("{other: 1}", encoding="utf-8")
    render(Case(above), backend)
    assert backend.times == 2


def test_an_equal_chart_elsewhere_is_known(chart: Path, backend: Asked, tmp_path: Path) -> None:
    same = write_chart(tmp_path / "elsewhere" / "toy", {"templates/a.yaml": config_map("1")})
    render(Case(chart), backend)
    render(Case(same), backend)
    assert backend.times == 1


def test_a_damaged_file_is_asked_again(
    chart: Path, backend: Asked, folder: Path, as_another_process: Callable[[], None]
) -> None:
    render(Case(chart), backend)
    (kept,) = folder.glob("*/*")
    kept.write_bytes(kept.read_bytes()[:20])
    as_another_process()
    render(Case(chart), backend)
    assert backend.times == 2
    as_another_process()
    render(Case(chart), backend)
    assert backend.times == 2


def test_an_answer_about_files_that_changed_meanwhile_is_not_kept(chart: Path, backend: Asked, folder: Path) -> None:
    backend.meanwhile = lambda: (chart / "values.yaml").write_text("{other: 1}", encoding="utf-8")
    render(Case(chart), backend)
    assert not list(folder.glob("*/*"))


def test_a_chart_that_cannot_be_read_is_no_answer(chart: Path, backend: Asked, folder: Path) -> None:
    backend.answer = "---\na: 1\na: 2\n"
    with pytest.raises(ValueError, match="the key 'a' is there twice"):
        render(Case(chart), backend)
    assert not list(folder.glob("*/*"))


def test_the_states_of_charts_that_were_used_last_are_kept(folder: Path) -> None:
    for age, name in enumerate("abcd"):
        (folder / name).mkdir(parents=True)
        (folder / name / "answer").touch()
        os.utime(folder / name, (1000 - age, 1000 - age))
    cache.prune(kept=2)
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b"]


def test_cases_are_counted_once_whatever_workers_met_them(chart: Path, backend: Asked) -> None:
    for release in ("one", "two"):
        render(Case(chart, release=release), backend)
        render(Case(chart, release=release), backend)
    first = render_stats.dump()
    render_stats.load(first)
    (line,) = render_stats.summary()
    assert line.startswith("asked: 2 cases, 0 from the cache, ")
    assert line.endswith(" ms for a fresh one")


def test_cases_of_the_cache_are_told_apart(
    chart: Path, backend: Asked, as_another_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    render(Case(chart), backend)
    as_another_process()
    monkeypatch.setattr(render_stats, "_stats", {})
    render(Case(chart), backend)
    assert render_stats.summary() == ["asked: 1 cases, 1 from the cache"]
