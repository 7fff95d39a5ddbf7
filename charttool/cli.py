"""The command line: ``python -m charttool generate | check | migrate-values | explain``.

Results go to standard output, messages to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from charttool import custom_resources, explain, migrate
from charttool.chart import Chart, charts, check
from charttool.problems import ChartError, Problem
from devkit import exits
from devkit.exits import EXIT_FAILURE, EXIT_OK

DESCRIPTION = "Generate and check the files of a chart that follow from its values.yaml."
EPILOG = """examples:
  python -m charttool generate                      write the schemas, tables and shared helpers of all charts
  python -m charttool check charts/model-server     report stale files, unused and undeclared values
  python -m charttool migrate-values charts/model-server my-values.yaml            print it with the current keys
  python -m charttool migrate-values charts/model-server my-values.yaml --write    rewrite the file
  python -m charttool migrate-values charts/model-server values.yaml --under iris  the values of an umbrella chart
  helm get values iris --output yaml | python -m charttool migrate-values charts/model-server -
  python -m charttool explain charts/model-server my-values.yaml     say why the chart refuses the values

exit codes:
  0    success; check: no problems; migrate-values: unknown keys are only reported; explain: the values are valid
  1    failure; standard error has the cause and the remedy
  2    usage error
  130  interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if getattr(options, "write", False) and str(options.file) == "-":
        parser.error("--write requires a file: standard input cannot be rewritten")
    return exits.run(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    try:
        problems = _COMMANDS[options.command](options)
    except ChartError as error:
        problems = list(error.problems)
    except OSError as error:
        problems = [Problem(Path(error.filename or "."), None, f"{error.strerror}.", "Check the path.")]
    for problem in problems:
        print(problem, file=sys.stderr)
    return EXIT_FAILURE if problems else EXIT_OK


def _generate(options: argparse.Namespace) -> list[Problem]:
    """Write the files that differ, chart by chart; an invalid chart does not prevent the others from being written."""
    written: list[str] = []
    problems: list[Problem] = []
    if custom_resources.update([part for chart in charts() for part in chart.custom_resources()]):
        written.append(str(custom_resources.STORE))
        print(f"wrote {custom_resources.STORE.name}", file=sys.stderr)
    for chart in options.chart or charts():
        try:
            # All files or none: a partial update would be inconsistent.
            for path, text in list(chart.generated()):
                if not path.is_file() or path.read_text(encoding="utf-8") != text:
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(text, encoding="utf-8")
                    written.append(str(path))
                    print(f"wrote {path}", file=sys.stderr)
        except ChartError as error:
            problems += error.problems
    if options.json:
        print(json.dumps({"written": written}))
    return problems


def _check(options: argparse.Namespace) -> list[Problem]:
    problems: list[Problem] = []
    for chart in options.chart or charts():
        try:
            problems += check(chart)
        except ChartError as error:
            problems += error.problems
    if options.json:
        print(json.dumps({"problems": [problem.as_dictionary() for problem in problems]}))
    return problems


def _migrate_values(options: argparse.Namespace) -> list[Problem]:
    values, renamed = options.chart.read()
    file, text = _read(options.file)
    result = migrate.migrate(text, file, values, renamed, options.under)
    for line in [f"moved {move}" for move in result.moves] or ["nothing to move"]:
        print(line, file=sys.stderr)
    for problem in result.unknown:
        print(problem, file=sys.stderr)
    if options.write and result.moves:
        migrate.write(options.file, result.text)
    if options.json:
        answer = {
            "moved": [move.as_dictionary() for move in result.moves],
            "unknown": [problem.as_dictionary() for problem in result.unknown],
            "written": bool(options.write and result.moves),
        }
        print(json.dumps(answer if options.write else {**answer, "values": result.text}, default=str))
    elif not options.write:
        sys.stdout.write(result.text)
    return []


def _explain(options: argparse.Namespace) -> list[Problem]:
    if [str(file) for file in options.file].count("-") > 1:
        raise ChartError([Problem(Path("-"), None, "standard input is named twice.", "Name it once.")])
    problems = explain.explain(options.chart.folder, [_read(file) for file in options.file], options.under)
    if options.json:
        print(json.dumps({"problems": [problem.as_dictionary() for problem in problems]}))
    elif not problems:
        print(f"{options.chart.folder} accepts the values", file=sys.stderr)
    return problems


def _read(name: Path) -> tuple[Path, str]:
    """Return the name for messages and the text of a file; ``-`` is standard input."""
    piped = str(name) == "-"
    file = Path("standard input") if piped else name
    content = sys.stdin.buffer.read() if piped else file.read_bytes()
    try:
        return file, content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ChartError([Problem(file, None, "not UTF-8 text.", "Use a values file.")]) from error


_COMMANDS: dict[str, Callable[[argparse.Namespace], list[Problem]]] = {
    "generate": _generate,
    "check": _check,
    "migrate-values": _migrate_values,
    "explain": _explain,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m charttool",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print the result as JSON")
    selection = argparse.ArgumentParser(add_help=False)
    selection.add_argument(
        "chart", nargs="*", type=_chart, metavar="CHART", help="directory of a chart; default: all below charts/"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("generate", parents=[shared, selection], help="write the generated files")
    commands.add_parser("check", parents=[shared, selection], help="report stale files, unused and undeclared values")
    migration = commands.add_parser(
        "migrate-values",
        parents=[shared],
        help="move renamed keys of a values file to their current names; comments, order and quotes stay",
    )
    explanation = commands.add_parser(
        "explain",
        parents=[shared],
        help="say why the chart refuses values, with line and remedy; also runs the chart's guards",
    )
    for command, number in ((migration, None), (explanation, "+")):
        command.add_argument("chart", type=_chart, metavar="CHART", help="directory of the chart")
        command.add_argument(
            "file", type=Path, nargs=number, metavar="FILE", help="values file; - reads standard input"
        )
        command.add_argument(
            "--under",
            default="",
            metavar="KEY",
            help="key of the chart in an umbrella chart's values",
        )
    migration.add_argument("--write", action="store_true", help="rewrite the file instead of printing it")
    return parser


def _chart(text: str) -> Chart:
    chart = Chart(Path(text))
    if not chart.values.is_file():
        raise argparse.ArgumentTypeError(f"not a chart directory: {text} has no values.yaml")
    return chart
