"""Why a chart refuses values: line, cause and remedy of each error."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from charttool import cli
from tests.charttool.sample import VALUES, chart

MORE = """\
# Labels.
# @schema {$ref: labels}
labels: {}
# Type of the Service.
# @schema {enum: [ClusterIP, NodePort]}
type: ClusterIP
# Threads, or a share.
# @schema {$ref: intOrPercent}
threads: 2
"""
GUARD = """\
{{ if eq .Values.type "NodePort" }}{{ fail "\\n- hosts[0].host: is unreachable. Set type to ClusterIP." }}{{ end }}
"""


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = chart(tmp_path / "sample", VALUES + MORE, templates__guard_yaml=GUARD).relative_to(tmp_path)
    assert cli.main(["generate", str(folder)]) == 0
    return folder


def explained(sample: Path, capsys: pytest.CaptureFixture[str], *texts: str) -> str:
    """Return what the command prints for values files mine-0.yaml and so on."""
    files = []
    for number, text in enumerate(texts):
        files.append(f"mine-{number}.yaml")
        Path(files[-1]).write_text(text, encoding="utf-8")
    capsys.readouterr()
    code = cli.main(["explain", str(sample), *files])
    output = capsys.readouterr()
    assert (code, output.out) == (0 if output.err == "sample accepts the values\n" else 1, "")
    return output.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "image:\n  tag: 1.10\n",
            "mine-0.yaml:2: image.tag is the number 1.1 (written 1.10), but must be a string.\n"
            '  remedy: Write it in quotes: tag: "1.10". On the command line, use --set-string.\n',
        ),
        (
            "labels: {a: on}\n",
            "mine-0.yaml:1: labels.a is the boolean true (written on), but must be a string.\n"
            '  remedy: Write it in quotes: a: "on". On the command line, use --set-string.\n',
        ),
        (
            "replicas: '3'\n",
            'mine-0.yaml:1: replicas is the string "3", but must be a whole number.\n'
            "  remedy: Write a whole number without quotes. On the command line, use --set, not --set-string.\n",
        ),
        (
            "hosts: a.example.org\n",
            'mine-0.yaml:1: hosts is the string "a.example.org", but must be a list.\n'
            "  remedy: Write a list: hosts: [{host: VALUE}], or [] for none.\n",
        ),
        (
            "labels: [a]\n",
            "mine-0.yaml:1: labels is a list, but must be a mapping.\n"
            "  remedy: Write a mapping: labels: {KEY: VALUE}, or {} for none.\n",
        ),
        (
            "type: nodeport\n",
            'mine-0.yaml:1: type is the string "nodeport".\n'
            "  remedy: Did you mean NodePort? Write one of ClusterIP, NodePort.\n",
        ),
        (
            "replica: 3\n",
            "mine-0.yaml:1: replica is not a value of the chart.\n  remedy: Did you mean replicas?\n",
        ),
        (
            "tag: a\n",
            "mine-0.yaml:1: tag is not a value of the chart.\n"
            "  remedy: There is a value image.tag: check the indentation.\n",
        ),
        (
            "versions:\n- name: a\n- {name: b, image: {tag: 2}}\n",
            "mine-0.yaml:3: versions[1].image.tag is the number 2, but must be a string.\n"
            '  remedy: Write it in quotes: tag: "2". On the command line, use --set-string.\n',
        ),
        (
            "hosts: [{name: a}]\n",
            "mine-0.yaml:1: hosts[0] lacks the key host.\n  remedy: Add host.\n"
            "mine-0.yaml:1: hosts[0].name is not a value of the chart.\n"
            "  remedy: Remove it, or use one of host.\n",
        ),
        (
            "hosts: [{host: 'a b'}]\n",
            'mine-0.yaml:1: hosts[0].host is invalid: "a b" does not match '
            '"^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$".\n'
            '  remedy: Expected: Host name; its first label may be "*".\n',
        ),
        (
            "threads: [1]\n",
            "mine-0.yaml:1: threads is a list, but must be a whole number or a string.\n"
            "  remedy: Write a whole number or a string.\n",
        ),
        (
            "type: NodePort\nhosts:\n- host: a.example.org\n",
            "mine-0.yaml:3: hosts[0].host: is unreachable.\n  remedy: Set type to ClusterIP.\n",
        ),
        ("type: [\n", None),
        ("- a\n", None),
        ("replicas: 5\nhosts: [{host: a.example.org}]\n", "sample accepts the values\n"),
        ("", "sample accepts the values\n"),
    ],
)
def test_names_line_cause_and_remedy(
    sample: Path, capsys: pytest.CaptureFixture[str], text: str, message: str | None
) -> None:
    output = explained(sample, capsys, text)
    if message is None:
        assert "invalid YAML" in output
        assert "remedy: Correct the line" in output
    else:
        assert output == message


def test_a_later_file_overrides_an_earlier_one(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(sample, capsys, "replicas: x\n", "replicas: 2\n") == "sample accepts the values\n"
    assert "mine-1.yaml:2: image.tag" in explained(sample, capsys, "image: {tag: a}\n", "image:\n  tag: 2\n")


def test_reads_the_values_of_an_umbrella_chart(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("umbrella.yaml").write_text("other: 1\niris:\n  replicas: x\n", encoding="utf-8")
    assert cli.main(["explain", str(sample), "umbrella.yaml", "--under", "iris"]) == 1
    assert 'umbrella.yaml:3: replicas is the string "x"' in capsys.readouterr().err


def test_prints_json(sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"replica: 3\n")))
    assert cli.main(["explain", str(sample), "-", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "problems": [
            {
                "file": "standard input",
                "line": 1,
                "cause": "replica is not a value of the chart.",
                "remedy": "Did you mean replicas?",
            }
        ]
    }


def test_standard_input_is_read_once(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", str(sample), "-", "-"]) == 1
    assert "standard input is named twice.\n  remedy: Name it once." in capsys.readouterr().err
