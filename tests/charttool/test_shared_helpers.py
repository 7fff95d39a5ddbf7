"""Shared template helpers: one source, and a copy of what each chart uses."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from charttool import cli, modes, shared_helpers
from charttool.chart import charts
from charttool.problems import ChartError
from tests.charttool.sample import TEMPLATE, chart, message_of, rendered

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
    """Return the names of the helpers in each generated file."""
    return {
        path.relative_to(folder / "templates").as_posix(): re.findall('define "(.*)"', text)
        for path, text in shared_helpers.generated(folder, sources)
    }


def refused(folder: Path, sources: Path) -> str:
    with pytest.raises(ChartError) as caught:
        list(shared_helpers.generated(folder, sources))
    return message_of(caught.value, folder)


def test_copies_helpers_and_their_dependencies(tmp_path: Path, sources: Path) -> None:
    folder = chart(tmp_path / "sample", templates__a_yaml='{{ include "sample.name" . }}')
    assert written(folder, sources) == {"_shared.tpl": ["sample.short", "sample.name"]}


def test_keeps_the_folder_of_a_helper(tmp_path: Path, sources: Path) -> None:
    folder = chart(tmp_path / "sample", templates__a_yaml='{{ include "sample.guard" . }}')
    assert written(folder, sources) == {
        "_shared.tpl": ["sample.short"],
        "guards/_shared.tpl": ["sample.guard"],
    }


def test_files_rendered_by_tpl_may_use_helpers(tmp_path: Path, sources: Path) -> None:
    files = {"files__a_conf": '{{ include "sample.short" "abcd" }}'}
    assert written(chart(tmp_path / "sample", **files), sources) == {"_shared.tpl": ["sample.short"]}


def test_copies_comments_below_a_heading_with_the_source(tmp_path: Path, sources: Path) -> None:
    folder = chart(tmp_path / "sample", templates__a_yaml='{{ include "sample.short" "abcd" }}')
    (text,) = (text for _, text in shared_helpers.generated(folder, sources))
    heading, comment, define = text.partition("{{/*\nsample.short: a short name. Takes the name.\n*/}}\n")
    assert "Generated from charttool/helpers" in heading
    assert "python -m charttool generate" in heading
    assert comment
    assert define == '{{- define "sample.short" -}}\n{{- trunc 3 . -}}\n{{- end -}}\n'


def test_writes_no_file_without_helpers(tmp_path: Path, sources: Path) -> None:
    assert written(chart(tmp_path / "sample"), sources) == {}


def test_removes_unused_helpers(tmp_path: Path, sources: Path) -> None:
    old = '{{- define "sample.short" -}}\n{{- include "sample.name" . -}}\n{{- end -}}\n'
    folder = chart(tmp_path / "sample", templates___shared_tpl=old)
    assert list(shared_helpers.generated(folder, sources)) == [
        (folder / "templates/_shared.tpl", shared_helpers.HEADING)
    ]


def test_rejects_a_redefined_helper(tmp_path: Path, sources: Path) -> None:
    own = 'a: b\n\n{{- define "sample.short" -}}\n{{ . }}\n{{- end -}}\n'
    assert refused(chart(tmp_path / "sample", templates___names_tpl=own), sources) == (
        "templates/_names.tpl:3: short is a shared helper of charttool/helpers/names.tpl.\n"
        "  remedy: Remove it; if it has to differ, give the reason in its comment: `In place of the shared one: …`."
    )


def test_a_helper_that_has_to_differ_says_why_and_takes_the_place_of_the_shared_one(
    tmp_path: Path, sources: Path
) -> None:
    comment = "{{/*\nsample.short: a name. In place of the\nshared one: it is long.\n*/}}\n"
    own = comment + '{{- define "sample.short" }}{{ . }}{{ end -}}\n'
    files = {"templates__a_yaml": '{{ include "sample.name" . }}', "templates___names_tpl": own}
    assert written(chart(tmp_path / "sample", **files), sources) == {"_shared.tpl": ["sample.name"]}


def test_rejects_an_override_of_an_unknown_helper(tmp_path: Path, sources: Path) -> None:
    own = '{{/*\nIn place of the shared one: it is long.\n*/}}\n{{- define "sample.long" }}{{ . }}{{ end -}}\n'
    assert refused(chart(tmp_path / "sample", templates___names_tpl=own), sources) == (
        "templates/_names.tpl:4: no shared helper has the name long.\n  remedy: Remove the marker from its comment."
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
def test_rejects_a_paragraph_that_is_not_a_helper(tmp_path: Path, sources: Path, text: str, line: int) -> None:
    (sources / "wrong.tpl").write_text(text, encoding="utf-8")
    first = refused(chart(tmp_path / "sample"), sources).splitlines()[:2]
    assert first == [
        f"charttool/helpers/wrong.tpl:{line}: this paragraph is not a helper.",
        f"  remedy: {shared_helpers.FORM}",
    ]


def test_rejects_a_helper_with_two_sources(tmp_path: Path, sources: Path) -> None:
    (sources / "z.tpl").write_text(GUARDS, encoding="utf-8")
    assert refused(chart(tmp_path / "sample"), sources) == (
        "charttool/helpers/z.tpl:1: guard is also defined in charttool/helpers/guards/guards.tpl.\n"
        "  remedy: Keep one of them."
    )


def test_commands_generate_and_check_shared_helpers(
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
    assert re.fullmatch(r"sample/templates/_shared.tpl:\d+: not up to date.\n  remedy: Run .*\n", found), found


def test_every_shared_helper_has_at_least_two_users() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for each in charts():
        for _, text in shared_helpers.generated(each.folder):
            for name in re.findall(r'define "[^."]+\.(\w+)"', text):
                users[name].add(each.folder.name)
    alone = {name for name in shared_helpers.read() if len(users[name]) < 2}
    assert not alone, (
        f"move these into the charts that use them, or take them out of {shared_helpers.SOURCE_PATH}: {sorted(alone)}"
    )


def test_no_two_charts_define_the_same_helper() -> None:
    bodies: dict[str, set[str]] = defaultdict(set)
    for each in charts():
        name = each.folder.name
        for file in sorted((each.folder / "templates").rglob("*.tpl")):
            if file.name not in {shared_helpers.FILE_NAME, modes.FILE_NAME}:
                text = file.read_text(encoding="utf-8")
                for defined, body in re.findall(r'define "([^"]+)" -?\}\}(.*?)(?=\n\n|\Z)', text, re.DOTALL):
                    bodies[body.strip().replace(f"{name}.", "CHART.")].add(defined)
    copies = [sorted(names) for names in bodies.values() if len(names) > 1]
    assert bodies
    assert not copies, f"move these into {shared_helpers.SOURCE_PATH}: {copies}"
