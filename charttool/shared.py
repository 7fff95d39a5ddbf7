"""Writes the helpers that charts have in common: one source, ``helpers/``, and a copy in each chart that uses them.

A helper is a paragraph of a source: its comment, if it has one, and its define. ``CHART`` stands for the chart's name.
Each folder of sources becomes one file of that folder of the templates, with those helpers that the chart includes and
what these include in turn; a name that a template puts together is not seen. A chart that needs another helper under
such a name defines it, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from charttool.problems import ContractError, Problem

SOURCES = Path(__file__).with_name("helpers")
# Where that is, for people.
PLACE = Path("charttool/helpers")
WRITTEN = "_shared.tpl"
OWN = "In place of the shared one:"
HEADING = f"""\
{{{{/*
Helpers that charts have in common, those that this one uses. Generated from {PLACE}: change them there,
and call `python -m charttool generate`.
*/}}}}
"""

FORM = 'Write `{{- define "CHART.name" -}}` and `{{- end -}}` on lines of their own, with no empty line up to the end.'
_HELPER = re.compile(
    r'(\{\{/\*\n(?:(?!\*/).)*\*/\}\}\n)?\{\{- define "CHART\.(\w+)" -\}\}\n.*\n\{\{- end -\}\}', re.DOTALL
)
_DEFINE = re.compile(r'\{\{-?\s*define\s+"([^"]+)"')


@dataclass(frozen=True)
class Helper:
    """A helper as its source, a file below the folder of sources, has it."""

    name: str
    text: str
    source: Path

    def of(self, chart: str) -> str:
        """The helper of a chart."""
        return re.sub(r"\bCHART\.", f"{chart}.", self.text)


@dataclass(frozen=True)
class _Define:
    """A define of a chart's own, with the paragraph that it is in."""

    name: str
    paragraph: str
    file: Path
    line: int

    @property
    def is_said_to_differ(self) -> bool:
        return OWN in " ".join(self.paragraph.split())


def read(sources: Path = SOURCES) -> dict[str, Helper]:
    """Every helper by its name, in the order of the sources; raises ContractError with all that is wrong with them."""
    found: dict[str, Helper] = {}
    problems: list[Problem] = []
    for file in sorted(sources.rglob("*.tpl")):
        source = file.relative_to(sources)
        for line, paragraph in _paragraphs(file.read_text(encoding="utf-8")):
            match = _HELPER.fullmatch(paragraph)
            if match is None or len(_DEFINE.findall(paragraph)) > 1:
                problems.append(Problem(PLACE / source, line, "this paragraph is no helper.", FORM))
            elif match[2] in found:
                there = f"{match[2]} is in {PLACE / found[match[2]].source}, too."
                problems.append(Problem(PLACE / source, line, there, "Keep one of the two."))
            else:
                found[match[2]] = Helper(match[2], paragraph, source)
    if problems:
        raise ContractError(problems)
    return found


def generated(chart: Path, sources: Path = SOURCES) -> Iterator[tuple[Path, str]]:
    """The files of a chart that hold its shared helpers; raises ContractError where its own have their names."""
    helpers = read(sources)
    texts = dict(_own_texts(chart))
    own = [define for file, text in texts.items() for define in _defines(chart.name, file, text)]
    if problems := list(_clashes(own, helpers)):
        raise ContractError(problems)
    shared = {name: helper for name, helper in helpers.items() if name not in {define.name for define in own}}
    used = _used(chart.name, texts.values(), shared)
    for folder in sorted({helper.source.parent for helper in helpers.values()}):
        path = chart / "templates" / folder / WRITTEN
        here = [shared[name].of(chart.name) for name in shared if name in used and shared[name].source.parent == folder]
        # Where none is used any more, what was written must not stay.
        if here or path.is_file():
            yield path, "\n".join([HEADING, *(f"{text}\n" for text in here)])


def _used(chart: str, texts: Iterable[str], helpers: Mapping[str, Helper]) -> set[str]:
    """The helpers that texts of a chart name, with all that these name."""
    named = re.compile(rf'"{re.escape(chart)}\.(\w+)"')
    used: set[str] = set()
    new = {name for text in texts for name in named.findall(text)} & helpers.keys()
    while new:
        used |= new
        new = {name for each in new for name in named.findall(helpers[each].of(chart))} & helpers.keys() - used
    return used


def _clashes(own: Iterable[_Define], helpers: Mapping[str, Helper]) -> Iterator[Problem]:
    for define in own:
        shared = helpers.get(define.name)
        if shared and not define.is_said_to_differ:
            remedy = f"Take it out here; if it has to differ, say why in its comment: `{OWN} …`."
            there = f"{define.name} is in {PLACE / shared.source}, for all charts."
            yield Problem(define.file, define.line, there, remedy)
        elif define.is_said_to_differ and not shared:
            remedy = "Take that out of its comment."
            yield Problem(define.file, define.line, f"no shared helper has the name {define.name}.", remedy)


def _own_texts(chart: Path) -> Iterator[tuple[Path, str]]:
    """What a chart's templates, and the files that they may render, say themselves."""
    for part in ("templates", "files"):
        for path in sorted((chart / part).rglob("*")):
            if path.is_file() and not (part == "templates" and path.name == WRITTEN):
                yield path, path.read_text(encoding="utf-8", errors="replace")


def _defines(chart: str, file: Path, text: str) -> Iterator[_Define]:
    for line, paragraph in _paragraphs(text):
        for match in _DEFINE.finditer(paragraph):
            if match[1].startswith(f"{chart}."):
                at = line + paragraph.count("\n", 0, match.start())
                yield _Define(match[1].removeprefix(f"{chart}."), paragraph, file, at)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """The parts of a text between empty lines, each with the line that it begins at."""
    for match in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text):
        yield text.count("\n", 0, match.start()) + 1, match[0]
