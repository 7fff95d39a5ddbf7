"""Copy the template helpers that charts share from ``helpers/`` into each chart that uses them.

A helper is one paragraph of a source file: an optional comment and a define. ``CHART`` is the placeholder for the name
of the chart. Each folder of sources becomes one file ``_shared.tpl`` in the same folder of the templates, with the
helpers that the chart includes and those that they include; a name that a template computes is not detected. A chart
that needs a different helper of the same name defines it and gives the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from charttool.problems import ChartError, Problem

SOURCES = Path(__file__).with_name("helpers")
# The same path relative to the repository, for messages.
SOURCE_PATH = Path("charttool/helpers")
FILE_NAME = "_shared.tpl"
OVERRIDE_MARKER = "In place of the shared one:"
HEADING = f"""\
{{{{/*
Shared helpers that this chart uses. Generated from {SOURCE_PATH}: change them there,
and run `python -m charttool generate`.
*/}}}}
"""

FORM = 'Write `{{- define "CHART.name" -}}` and `{{- end -}}` on lines of their own, with no empty line up to the end.'
_HELPER = re.compile(
    r'(\{\{/\*\n(?:(?!\*/).)*\*/\}\}\n)?\{\{- define "CHART\.(\w+)" -\}\}\n.*\n\{\{- end -\}\}', re.DOTALL
)
_DEFINE = re.compile(r'\{\{-?\s*define\s+"([^"]+)"')


@dataclass(frozen=True)
class Helper:
    """A helper of a source file, whose path is relative to the folder of sources."""

    name: str
    text: str
    source: Path

    def render_for(self, chart: str) -> str:
        """Return the helper with the name of a chart."""
        return re.sub(r"\bCHART\.", f"{chart}.", self.text)


@dataclass(frozen=True)
class _Define:
    """A define of the chart itself, with its paragraph."""

    name: str
    paragraph: str
    file: Path
    line: int

    @property
    def is_override(self) -> bool:
        return OVERRIDE_MARKER in " ".join(self.paragraph.split())


def read(sources: Path = SOURCES) -> dict[str, Helper]:
    """Read every helper by name, in the order of the sources; raises ChartError with all problems."""
    found: dict[str, Helper] = {}
    problems: list[Problem] = []
    for file in sorted(sources.rglob("*.tpl")):
        source = file.relative_to(sources)
        for line, paragraph in _paragraphs(file.read_text(encoding="utf-8")):
            match = _HELPER.fullmatch(paragraph)
            if match is None or len(_DEFINE.findall(paragraph)) > 1:
                problems.append(Problem(SOURCE_PATH / source, line, "this paragraph is not a helper.", FORM))
            elif match[2] in found:
                there = f"{match[2]} is also defined in {SOURCE_PATH / found[match[2]].source}."
                problems.append(Problem(SOURCE_PATH / source, line, there, "Keep one of them."))
            else:
                found[match[2]] = Helper(match[2], paragraph, source)
    if problems:
        raise ChartError(problems)
    return found


def generated(chart: Path, sources: Path = SOURCES) -> Iterator[tuple[Path, str]]:
    """Yield the files with a chart's shared helpers; raises ChartError if a define of the chart clashes with one."""
    helpers = read(sources)
    texts = dict(_own_texts(chart))
    own = [define for file, text in texts.items() for define in _defines(chart.name, file, text)]
    if problems := list(_clashes(own, helpers)):
        raise ChartError(problems)
    shared = {name: helper for name, helper in helpers.items() if name not in {define.name for define in own}}
    used = _used(chart.name, texts.values(), shared)
    for folder in sorted({helper.source.parent for helper in helpers.values()}):
        path = chart / "templates" / folder / FILE_NAME
        here = [
            shared[name].render_for(chart.name)
            for name in shared
            if name in used and shared[name].source.parent == folder
        ]
        # Also if no helper is used any more: the old file must be emptied.
        if here or path.is_file():
            yield path, "\n".join([HEADING, *(f"{text}\n" for text in here)])


def _used(chart: str, texts: Iterable[str], helpers: Mapping[str, Helper]) -> set[str]:
    """Return the helpers that the texts of a chart name, and transitively those that they name."""
    named = re.compile(rf'"{re.escape(chart)}\.(\w+)"')
    used: set[str] = set()
    new = {name for text in texts for name in named.findall(text)} & helpers.keys()
    while new:
        used |= new
        new = {name for each in new for name in named.findall(helpers[each].render_for(chart))} & helpers.keys() - used
    return used


def _clashes(own: Iterable[_Define], helpers: Mapping[str, Helper]) -> Iterator[Problem]:
    for define in own:
        shared = helpers.get(define.name)
        if shared and not define.is_override:
            remedy = f"Remove it; if it has to differ, give the reason in its comment: `{OVERRIDE_MARKER} …`."
            there = f"{define.name} is a shared helper of {SOURCE_PATH / shared.source}."
            yield Problem(define.file, define.line, there, remedy)
        elif define.is_override and not shared:
            remedy = "Remove the marker from its comment."
            yield Problem(define.file, define.line, f"no shared helper has the name {define.name}.", remedy)


def _own_texts(chart: Path) -> Iterator[tuple[Path, str]]:
    """Yield the chart's templates and the files that they may render, without the generated ones."""
    for part in ("templates", "files"):
        for path in sorted((chart / part).rglob("*")):
            if path.is_file() and not (part == "templates" and path.name == FILE_NAME):
                yield path, path.read_text(encoding="utf-8", errors="replace")


def _defines(chart: str, file: Path, text: str) -> Iterator[_Define]:
    for line, paragraph in _paragraphs(text):
        for match in _DEFINE.finditer(paragraph):
            if match[1].startswith(f"{chart}."):
                at = line + paragraph.count("\n", 0, match.start())
                yield _Define(match[1].removeprefix(f"{chart}."), paragraph, file, at)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of a text, each with its first line number."""
    for match in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text):
        yield text.count("\n", 0, match.start()) + 1, match[0]
