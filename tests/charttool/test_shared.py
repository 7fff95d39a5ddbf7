"""Helpers that charts have in common: one source, and in each chart what it uses of it."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from charttool import cli, shared
from charttool.chart import charts
from charttool.problems import ContractError
from tests.charttool.sample import TEMPLATE, chart, rendered, said

NAMES = """\
{{/*
CHART.short: a short name. Takes the name.
*/}}
{{- define "CHART.short" -}}
{{- trunc 3 . -}}
{{- end -}}

{{/*
CHART.name: the chart's.
*/}}
{{- define "CHART.name" -}}
{{- include "CHART.short" .Chart.Name -}}
{{- end -}}

{{- define "CHART.unused" -}}
x
{{- end -}}
"""
GUARDS = """\
{{- define "CHART.guard" -}}
{{- include "CHART.short" "guard" -}}
{{- end -}}
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "helpers"
    (folder / "guards").mkdir(parents=True)
    (folder / "names.tpl").write_text(NAMES, encoding="utf-8")
    (folder / "guards" / "guards.tpl").write_text(GUARDS, encoding="utf-8")
    return folder


def written(folder: Path, sources: Path) -> dict[str, list[str]]:
    """The helpers in each file that a chart gets."""
    return {
        path.relative_to(folder / "templates").as_posix(): re.findall('define "(.*)"', text)
        for path, text in shared.generated(folder, sources)
    }


def refused(folder: Path, sources: Path) -> str:
    with pytest.raises(ContractError) as caught:
        list(shared.generated(folder, sources))
    return said(caught.value, folder)


def test_a_chart_gets_what_it_includes_and_what_that_includes(tmp_path: Path, sources: Path) -> None:
    folder = chart(tmp_path / "sample", templates__a_yaml='{{ include "sample.name" . }}')
    assert written(folder, sources) == {"_shared.tpl": ["sample.short", "sample.name"]}


def test_helpers_of_a_folder_come_into_that_folder(tmp_path: Path, sources: Path) -> None:
    folder = chart(tmp_path / "sample", templates__a_yaml='{{ include "sample.guard" . }}')
    assert written(folder, sources) == {"_shared.tpl": ["sample.short"], "guards/_shared.tpl": ["sample.guard"]}


def test_files_that_a_template_renders_may_use_helpers_too(tmp_path: Path, sources: Path) -> None:
    files = {"files__a_conf": '{{ include "sample.short" "abcd" }}'}
    assert written(chart(tmp_path / "sample", **files), sources) == {"_shared.tpl": ["sample.short"]}


def test_a_helper_comes_with_its_comment_under_a_heading_that_names_the_source(tmp_path: Path, sources: Path) -> None:
    folder = chart(tmp_path / "sample", templates__a_yaml='{{ include "sample.short" "abcd" }}')
    (text,) = (text for _, text in shared.generated(folder, sources))
    heading, comment, define = text.partition("{{/*\nsample.short: a short name. Takes the name.\n*/}}\n")
    assert "Generated from charttool/helpers" in heading
    assert "python -m charttool generate" in heading
    assert comment
    assert define == '{{- define "sample.short" -}}\n{{- trunc 3 . -}}\n{{- end -}}\n'


def test_a_chart_that_uses_none_gets_no_file(tmp_path: Path, sources: Path) -> None:
    assert written(chart(tmp_path / "sample"), sources) == {}


def test_what_is_used_no_more_is_taken_out(tmp_path: Path, sources: Path) -> None:
    old = '{{- define "sample.short" -}}\n{{- include "sample.name" . -}}\n{{- end -}}\n'
    folder = chart(tmp_path / "sample", templates___shared_tpl=old)
    assert list(shared.generated(folder, sources)) == [(folder / "templates/_shared.tpl", shared.HEADING)]


def test_a_helper_that_a_chart_defines_itself_is_refused(tmp_path: Path, sources: Path) -> None:
    own = 'a: b\n\n{{- define "sample.short" -}}\n{{ . }}\n{{- end -}}\n'
    assert refused(chart(tmp_path / "sample", templates___names_tpl=own), sources) == (
        "templates/_names.tpl:3: short is in charttool/helpers/names.tpl, for all charts.\n"
        "  remedy: Take it out here; if it has to differ, say why in its comment: `In place of the shared one: …`."
    )


def test_a_helper_that_has_to_differ_says_why_and_takes_the_place_of_the_shared_one(
    tmp_path: Path, sources: Path
) -> None:
    comment = "{{/*\nsample.short: a name. In place of the\nshared one: it is long.\n*/}}\n"
    own = comment + '{{- define "sample.short" }}{{ . }}{{ end -}}\n'
    files = {"templates__a_yaml": '{{ include "sample.name" . }}', "templates___names_tpl": own}
    assert written(chart(tmp_path / "sample", **files), sources) == {"_shared.tpl": ["sample.name"]}


def test_what_takes_the_place_of_nothing_is_refused(tmp_path: Path, sources: Path) -> None:
    own = '{{/*\nIn place of the shared one: it is long.\n*/}}\n{{- define "sample.long" }}{{ . }}{{ end -}}\n'
    assert refused(chart(tmp_path / "sample", templates___names_tpl=own), sources) == (
        "templates/_names.tpl:4: no shared helper has the name long.\n  remedy: Take that out of its comment."
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{{- define "CHART.a" -}}\n{{- 1 -}}\n\n{{- end -}}\n', 1),
        ('\n\n{{- define "CHART.a" -}}\n1\n{{- end -}}\n{{- define "CHART.b" -}}\n2\n{{- end -}}\n', 3),
        ('{{- define "sample.a" -}}\n1\n{{- end -}}\n', 1),
        ("{{/*\nCHART.a: no define.\n*/}}\n", 1),
    ],
    ids=["an empty line", "two in one paragraph", "a chart's own name", "a comment alone"],
)
def test_a_paragraph_of_a_source_that_is_no_helper_is_refused(
    tmp_path: Path, sources: Path, text: str, line: int
) -> None:
    (sources / "wrong.tpl").write_text(text, encoding="utf-8")
    first = refused(chart(tmp_path / "sample"), sources).splitlines()[:2]
    assert first == [f"charttool/helpers/wrong.tpl:{line}: this paragraph is no helper.", f"  remedy: {shared.FORM}"]


def test_a_helper_has_one_source(tmp_path: Path, sources: Path) -> None:
    (sources / "z.tpl").write_text(GUARDS, encoding="utf-8")
    assert refused(chart(tmp_path / "sample"), sources) == (
        "charttool/helpers/z.tpl:1: guard is in charttool/helpers/guards/guards.tpl, too.\n"
        "  remedy: Keep one of the two."
    )


def test_the_commands_write_and_compare_what_a_chart_has_of_the_shared_helpers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = chart(Path("sample"), templates__a_yaml=TEMPLATE + 'name: {{ include "sample.truncate63" "abc" }}\n')
    assert cli.main(["generate", "sample"]) == 0
    assert "wrote sample/templates/_shared.tpl\n" in capsys.readouterr().err
    assert "name: abc\n" in rendered(folder, {})
    assert cli.main(["check", "sample"]) == 0
    own = folder / "templates/_shared.tpl"
    own.write_text(own.read_text(encoding="utf-8").replace(" 63)", " 64)"), encoding="utf-8")
    assert cli.main(["check", "sample"]) == 1
    found = capsys.readouterr().err
    assert re.fullmatch(r"sample/templates/_shared.tpl:\d+: not as its source says.\n  remedy: Call .*\n", found), found


def test_a_shared_helper_is_used_by_two_charts_at_least() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for each in charts():
        for _, text in shared.generated(each.folder):
            for name in re.findall(r'define "[^."]+\.(\w+)"', text):
                users[name].add(each.folder.name)
    alone = {name for name in shared.read() if len(users[name]) < 2}
    assert not alone, f"move these into the charts that use them, or take them out of {shared.PLACE}: {sorted(alone)}"


def test_no_two_charts_define_the_same_helper() -> None:
    bodies: dict[str, set[str]] = defaultdict(set)
    for each in charts():
        name = each.folder.name
        for file in sorted((each.folder / "templates").rglob("*.tpl")):
            if file.name != shared.WRITTEN:
                text = file.read_text(encoding="utf-8")
                for defined, body in re.findall(r'define "([^"]+)" -?\}\}(.*?)(?=\n\n|\Z)', text, re.DOTALL):
                    bodies[body.strip().replace(f"{name}.", "CHART.")].add(defined)
    copies = [sorted(names) for names in bodies.values() if len(names) > 1]
    assert bodies
    assert not copies, f"move these into {shared.PLACE}: {copies}"
