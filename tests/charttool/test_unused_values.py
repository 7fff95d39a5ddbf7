"""Unused values, and reads of undeclared values."""

from __future__ import annotations

from pathlib import Path

import pytest

from charttool import comments, unused_values
from charttool.go_template import TemplateError, parse
from charttool.renames import Rename
from tests.charttool.sample import chart

VALUES = """\
# A.
a: 1
# B.
b:
  # C.
  c: 1
  # D.
  d: 2
# Open.
# @schema {additionalProperties: true}
open: {}
# List.
# @schema {items: {sections: [b], properties: {name: {description: N., type: string}}}}
list: []
"""
ALL = {"a", "b.c", "b.d", "open", "list"}


def found(folder: Path, template: str, **files: str) -> list[str]:
    path = chart(folder / "sample", VALUES, templates__a_yaml=template, **files)
    values = comments.read(path / "values.yaml")
    old = Rename("old", "a", "0.2.0", "Why.", path / "renames.yaml", 1)
    return [str(problem).replace(f"{path}/", "") for problem in unused_values.problems(path, values, [old])]


def unread(folder: Path, template: str, **files: str) -> set[str]:
    problems = found(folder, template, **files)
    assert all("no template reads" in problem for problem in problems), problems
    return {problem.partition("no template reads ")[2].partition(".\n")[0] for problem in problems}


@pytest.mark.parametrize(
    ("template", "read"),
    [
        ("", set()),
        ("{{ .Values.a }}", {"a"}),
        ("{{- $.Values.a -}}", {"a"}),
        ("{{ if and .Values.a (not .Values.b.c) }}x{{ end }}", {"a", "b.c"}),
        ("{{ .Values.b }}", set()),
        ("{{ if .Values.b }}x{{ end }}", set()),
        ("{{ with .Values.b }}{{ .c }}{{ end }}", {"b.c"}),
        ("{{ with .Values.open }}x{{ else }}{{ .Values.a }}{{ end }}", {"open", "a"}),
        ("{{ with $b := .Values.b }}{{ $b.c }}{{ $.Values.a }}{{ end }}", {"b.c", "a"}),
        ("{{ $b := .Values.b }}{{ range .Values.list }}{{ $b.d }}{{ end }}", {"b.d", "list"}),
        (
            "{{ if 1 }}{{ else if .Values.a }}{{ else with .Values.b }}{{ .c }}{{ else }}{{ .Values.list }}{{ end }}",
            {"a", "b.c", "list"},
        ),
        ('{{ (.Values.b).c }}{{ (index .Values "open").x }}', {"b.c", "open"}),
        ("{{ range $key, $value := .Values.b }}{{ $key }}{{ $value }}{{ end }}", {"b.c", "b.d"}),
        ('{{ range list "a" "open" }}{{ index $.Values . }}{{ end }}', {"a", "open"}),
        ('{{ get .Values.b "c" }}', {"b.c"}),
        ("{{ toYaml .Values.b }}", {"b.c", "b.d"}),
        ("{{ toJson .Values.b | sha256sum }}", set()),
        ("{{ toYaml .Values | sha256sum }}{{ toYaml .Values }}", set()),
        ("{{ .Values.b | toYaml | nindent 2 }}", {"b.c", "b.d"}),
        ("{{ range $name := keys .Values }}{{ get $.Values $name }}{{ end }}", set()),
        ("{{ ternary .Values.a .Values.b.c true }}{{ default .Values.b .Values.open }}", {"a", "b.c", "open"}),
        ("{{ $x := ternary .Values.b .Values.open true }}{{ $x.c }}", {"b.c", "open"}),
        ('{{/* .Values.a */}}{{- /* .Values.a */ -}}{{ ".Values.a }}" }}{{ `{{ .Values.a` }}', set()),
        ('{{ define "x" }}{{ .c }}{{ end }}{{ include "x" .Values.b }}', {"b.c"}),
        ('{{ define "x" }}{{ .Values.a }}{{ end }}', set()),
        ('{{ define "x" }}{{ .Values.a }}{{ end }}{{ template "x" . }}', {"a"}),
        ('{{ block "x" .Values.b }}{{ .d }}{{ end }}', {"b.d"}),
        (
            '{{ define "xY" }}{{ .Values.a }}{{ end }}'
            '{{ range list "X" "Y" }}{{ include (printf "x%s" .) $ }}{{ end }}',
            {"a"},
        ),
        (
            '{{ define "x" }}{{ .in.root.Values.a }}{{ .v.d }}{{ end }}'
            '{{ include "x" (dict "in" (dict "root" .) "v" .Values.b) }}',
            {"a", "b.d"},
        ),
        (
            '{{ define "x" }}{{ $_ := set .into "all" (append (list) .b) }}{{ end }}'
            '{{ $i := dict }}{{ include "x" (dict "into" $i "b" .Values.b) }}{{ range $i.all }}{{ .c }}{{ end }}',
            {"b.c"},
        ),
        (
            "{{ $v := mergeOverwrite (deepCopy .Values) (first .Values.list) }}"
            '{{ $c := dict "Values" $v }}{{ with $c }}{{ .Values.b.c }}{{ end }}',
            {"b.c", "list"},
        ),
        ("{{ $m := dict }}{{ $_ := merge $m .Values.b }}{{ $m.c }}", {"b.c", "b.d"}),
        ('{{ $s := pick . "Chart" }}{{ $_ := set $s "Values" .Values }}{{ $s.Values.a }}', {"a"}),
        ("{{ range concat .Values.list (list .Values.b) }}{{ .c }}{{ end }}", {"list", "b.c"}),
        ("{{ $x := 1 }}{{ if true }}{{ $x = .Values.b }}{{ end }}{{ $x.c }}", {"b.c"}),
    ],
)
def test_finds_reads_of_values(tmp_path: Path, template: str, read: set[str]) -> None:
    assert unread(tmp_path, template) == ALL - read


def test_files_rendered_by_tpl_are_templates(tmp_path: Path) -> None:
    template = '{{ tpl (.Files.Get "files/a.conf") . }}{{ .Files.Get "files/b.conf" }}'
    files = {"files__a_conf": "{{ .Values.a }}", "files__b_conf": "{{ .Values.b.c }}"}
    assert unread(tmp_path, template, **files) == ALL - {"a"}


def test_unused_value_is_reported_with_line_and_remedy(tmp_path: Path) -> None:
    template = "{{ .Values.a }}{{ .Values.b.c }}{{ .Values.open }}{{ .Values.list }}"
    assert found(tmp_path, template) == [
        "values.yaml:8: no template reads b.d.\n"
        "  remedy: Remove it; or list it in unused.yaml if the analysis cannot detect the read."
    ]


READ_ALL = "{{ .Values.a }}{{ toYaml .Values.b }}{{ .Values.open.x }}{{ range .Values.list }}{{ .name }}{{ end }}\n"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{{ .Values.z }}", "z"),
        ("{{ with .Values.b }}{{ .z.y }}{{ end }}", "b.z"),
        ('{{ index .Values.b "z" }}', "b.z"),
        ('{{ define "x" }}{{ .z }}{{ end }}{{ include "x" .Values.b }}', "b.z"),
    ],
)
def test_undeclared_read_is_reported_with_its_line(tmp_path: Path, template: str, name: str) -> None:
    assert found(tmp_path, READ_ALL + template) == [
        f"templates/a.yaml:2: the template reads {name}, which values.yaml does not declare.\n"
        "  remedy: Correct the name, or add the key."
    ]


@pytest.mark.parametrize(
    "template",
    [
        "{{ .Values.enabled }}{{ .Values.old }}{{ .Release.Name }}{{ .Chart.z }}",
        '{{ hasKey .Values "z" }}{{ dig "z" 1 .Values.b }}',
        '{{ define "x" }}{{ .c }}{{ end }}{{ include "x" .Values.b }}{{ include "x" (dict "c" 1) }}',
        '{{ define "x" }}{{ .z }}{{ end }}{{ include "x" .Values.open }}{{ include "x" (dict "a" 1) }}',
        '{{ $_ := set .Values.b "z" 1 }}{{ .Values.b.z }}',
        '{{ $x := .Values.b | toYaml | fromYaml }}{{ $x.c }}{{ $y := fromYaml "a" }}{{ $y.z }}',
    ],
)
def test_accepts_reads_that_may_exist(tmp_path: Path, template: str) -> None:
    assert found(tmp_path, READ_ALL + template) == []


def test_accepts_an_exception_with_a_reason(tmp_path: Path) -> None:
    template = READ_ALL.replace("{{ .Values.a }}", "")
    assert found(tmp_path, template, unused_yaml="- {value: a, why: Read by a person.}\n") == []


@pytest.mark.parametrize(
    ("exception", "message"),
    [
        ("{value: a, why: Why.}", "unused.yaml: a template reads a.\n  remedy: Remove the exception."),
        ("{value: z, why: Why.}", "unused.yaml: values.yaml has no value z.\n  remedy: Remove the exception."),
        ("{value: b, why: Why.}", "unused.yaml: values.yaml has no value b.\n  remedy: Remove the exception."),
        (
            "{value: a}",
            'unused.yaml: {"value": "a"} is not a valid exception.\n  remedy: Write {value: a.b, why: A sentence.}',
        ),
    ],
)
def test_rejects_an_invalid_exception(tmp_path: Path, exception: str, message: str) -> None:
    assert found(tmp_path, READ_ALL, unused_yaml=f"- {exception}\n") == [message]


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("\n{{ if .a }}\n", 3, "the last if is not closed"),
        ("\n{{ end }}", 2, "end without a block"),
        ("{{ else }}", 1, "else without if, with or range"),
        ("\n{{ .a ", 2, "unterminated action"),
    ],
)
def test_template_syntax_error_has_its_line(tmp_path: Path, text: str, line: int, cause: str) -> None:
    with pytest.raises(TemplateError, match=f"^{cause}$") as caught:
        parse(text)
    assert caught.value.line == line
    assert found(tmp_path, text) == [
        f"templates/a.yaml:{line}: template syntax: {cause}.\n  remedy: Correct the template."
    ]
