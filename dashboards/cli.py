"""The command line: ``python -m dashboards generate | check | preview``.

Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from dashboards import catalog
from dashboards.lint import problems_of_all
from dashboards.queries import Window
from dashboards.reading import Dashboard, read
from devkit import exits
from devkit.errors import UserError
from devkit.exits import EXIT_FAILURE, EXIT_OK

DESCRIPTION = "The dashboards of charts/monitoring: write them, check them, look at them."
EPILOG = """examples:
  python -m dashboards generate                       write charts/monitoring/files/dashboards
  python -m dashboards check                          the rules, and whether the files are as they would be written
  python -m dashboards preview --prometheus http://127.0.0.1:9090 --out .build/dashboards
  python -m dashboards preview --prometheus http://127.0.0.1:9090 --out .build/dashboards \\
      --dashboard model-serving-model --variable namespace=default --variable model=iris --minutes 15

exit codes:
  0    done; check: nothing is wrong; preview: every panel has data
  1    something that the messages name is wrong
  2    the call itself is wrong
  130  interrupted
"""
POINTS: Final = 120
REMEDY: Final = "Call `python -m dashboards generate`."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    options = _parser().parse_args(arguments)
    return exits.run(lambda: _COMMANDS[options.command](options))


def _generate(options: argparse.Namespace) -> int:
    written: list[str] = []
    wanted = dict(catalog.generated(options.folder))
    options.folder.mkdir(parents=True, exist_ok=True)
    for path, text in wanted.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            written.append(str(path))
            print(f"wrote {path}", file=sys.stderr)
    removed = [path for path in sorted(options.folder.glob("*.json")) if path not in wanted]
    for path in removed:
        path.unlink()
        print(f"removed {path}, of which there is no module", file=sys.stderr)
    if options.json:
        print(json.dumps({"written": written, "removed": [str(path) for path in removed]}))
    return EXIT_OK


def _check(options: argparse.Namespace) -> int:
    wanted = dict(catalog.generated(options.folder))
    found = problems_of_all([read(path) for path in wanted if path.is_file()])
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    foreign = [path for path in sorted(options.folder.glob("*.json")) if path not in wanted]
    for problem in found:
        print(problem, file=sys.stderr)
    for path in stale:
        print(f"{path}: not as its module says.\n  remedy: {REMEDY}", file=sys.stderr)
    for path in foreign:
        print(f"{path}: no module writes it.\n  remedy: {REMEDY}", file=sys.stderr)
    if options.json:
        files = {"stale": [str(path) for path in stale], "foreign": [str(path) for path in foreign]}
        print(json.dumps({"problems": [problem.as_dictionary() for problem in found], **files}))
    return EXIT_FAILURE if found or stale or foreign else EXIT_OK


def _preview(options: argparse.Namespace) -> int:
    # The plotting library takes half a second to import, and only this command needs it.
    from dashboards.preview import render
    from devkit.prometheus import Prometheus

    prometheus = Prometheus(options.prometheus)
    # As many points as a panel has room for, and no more than there are scrapes.
    step = max(options.scrape_interval, options.minutes * 60 // POINTS)
    window = Window(options.minutes * 60, step, options.scrape_interval)
    pictures = []
    for dashboard in _chosen(options):
        names = {variable.name for variable in dashboard.variables}
        chosen = {name: value for name, value in options.variable if name in names}
        picture = render(dashboard, prometheus, options.out, variables=chosen, window=window)
        pictures.append(picture)
        print(f"drew {picture.path}", file=sys.stderr)
        for title, error in picture.errors.items():
            print(f"error: {dashboard.uid}, panel {title!r}: {error}\nremedy: Mend the query.", file=sys.stderr)
        for title in picture.empty:
            print(
                f"{'note' if options.allow_empty else 'error'}: {dashboard.uid}, panel {title!r} has no data.",
                file=sys.stderr,
            )
    wrong = any(picture.errors or (picture.empty and not options.allow_empty) for picture in pictures)
    if any(picture.empty for picture in pictures) and not options.allow_empty:
        print("remedy: Send requests for some minutes, or allow it: --allow-empty.", file=sys.stderr)
    if options.json:
        answer = [
            {"picture": str(one.path), "panels": len(one.panels), "empty": one.empty, "errors": dict(one.errors)}
            for one in pictures
        ]
        print(json.dumps(answer))
    return EXIT_FAILURE if wrong else EXIT_OK


def _chosen(options: argparse.Namespace) -> list[Dashboard]:
    dashboards = [read(path) for path, _ in catalog.generated(options.folder)]
    uids = {dashboard.uid for dashboard in dashboards}
    for uid in options.dashboard:
        if uid not in uids:
            raise UserError(f"there is no dashboard {uid}.", f"There are {', '.join(sorted(uids))}.")
    chosen = [dashboard for dashboard in dashboards if not options.dashboard or dashboard.uid in options.dashboard]
    names = {variable.name for dashboard in chosen for variable in dashboard.variables}
    for name, _ in options.variable:
        if name not in names:
            raise UserError(f"no dashboard has a variable {name}.", f"There are {', '.join(sorted(names))}.")
    return chosen


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "generate": _generate,
    "check": _check,
    "preview": _preview,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dashboards",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print the result as JSON")
    shared.add_argument(
        "--folder", type=Path, default=_relative(catalog.FOLDER), metavar="DIR", help="where the JSON files are"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("generate", parents=[shared], help="write the dashboards")
    commands.add_parser("check", parents=[shared], help="say what is wrong with them")
    preview = commands.add_parser("preview", parents=[shared], help="draw them from a running Prometheus")
    preview.add_argument("--prometheus", required=True, metavar="URL", help="its address; may hold user and password")
    preview.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the pictures go")
    preview.add_argument("--dashboard", action="append", default=[], metavar="UID", help="only this one; repeatable")
    preview.add_argument(
        "--variable",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="a value for a variable; without, all values; repeatable",
    )
    preview.add_argument("--minutes", type=_positive, default=60, metavar="N", help="how far to look back (60)")
    preview.add_argument(
        "--scrape-interval", type=_positive, default=15, metavar="SECONDS", help="that of Prometheus (15)"
    )
    preview.add_argument("--allow-empty", action="store_true", help="exit with 0 even if panels have no data")
    return parser


def _relative(path: Path) -> Path:
    """Relative where that is possible: the paths of messages are read by people."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)
