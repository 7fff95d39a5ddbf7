"""A mistake in the values, with the parts of the message that refuses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import guards_of
from tests.charts.remedies.editor import Editor
from tests.harness import Case

_MESSAGE = re.compile(r"(?P<key>\S+): (?P<problem>.+?)\. (?P<remedy>[A-Z].*)\.", re.DOTALL)
_QUOTED = re.compile(r'"([^"]*)"|\b(\d+|[A-Z][A-Z_]{3,})\b')
_TOKEN = re.compile(r"[A-Za-z_$][\w-]*(?:\[\d+\]|\.[\w-]+)*")


@dataclass(frozen=True)
class Mistake:
    """Values that a guard refuses, and the message."""

    chart_spec: ChartSpec
    given: dict[str, Any]
    message: str
    key: str
    problem: str
    remedy: str

    @property
    def case(self) -> Case:
        """The case with the mistake."""
        return self.chart_spec.case(self.given)

    @property
    def clauses(self) -> list[str]:
        """The alternatives of the remedy."""
        return self.remedy.split(", or ")

    @property
    def things(self) -> list[str]:
        """The things that the problem quotes, such as the name of a label, the last first."""
        return [quoted or plain for quoted, plain in reversed(_QUOTED.findall(self.problem))]

    def editor(self) -> Editor:
        """Return the values with the mistake, to be changed."""
        return Editor(self.case.values, self.chart_spec.defaults)

    def names(self, path: str) -> bool:
        """Return whether the message names a path or what contains it, on its own or in relation to the key."""
        # A renamed key is next to the old one.
        if re.search("[Rr]ename|Use a name", self.remedy) and path.startswith(f"{self.key.rpartition('.')[0]}."):
            return True
        known = [*self.chart_spec.defaults]
        for token in [self.key, *_TOKEN.findall(self.message.partition(": ")[2])]:
            names = [token, *(f"{above}.{token}" for above in ancestors(self.key))]
            if path in names or any(name.startswith(f"{path}[") for name in names):
                return True
            # In the problem, a word such as `download` may not be a key.
            is_key = token in (*known, self.key) or re.search(r"[.A-Z_]", token) or token in self.remedy
            if is_key and any(path.startswith((f"{name}.", f"{name}[")) for name in names):
                return True
        return False


def ancestors(path: str) -> Iterator[str]:
    """Yield a path and everything above it, the longest first."""
    while path:
        yield path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]


def mistakes(chart_spec: ChartSpec) -> list[Mistake]:
    """Return the mistakes that the guards of a chart refuse."""
    return [mistake(chart_spec, given, message) for given, message in guards_of(chart_spec).refused]


def mistake(chart_spec: ChartSpec, given: dict[str, Any], message: str) -> Mistake:
    """Return a mistake with the parts of its message."""
    parts = _MESSAGE.fullmatch(message)
    assert parts, f"a message must be 'KEY: PROBLEM. REMEDY.': {message}"
    return Mistake(chart_spec, given, message, **parts.groupdict())
