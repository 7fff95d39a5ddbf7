"""Rules that read the clause of a remedy and return the changes that it asks for, each an alternative."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.charts.remedies.changes import (
    Change,
    change_named,
    change_repeated,
    every,
    gone,
    located,
    remove_entry,
    remove_named,
    to,
)
from tests.charts.remedies.editor import Editor
from tests.charts.remedies.mistakes import Mistake
from tests.harness.manifests import parse

Alternatives = Sequence[Change]
_PATH = r"[\w.\[\]-]+"
_WORD = r"[A-Za-z][\w-]*(?:\[\d+\]|\.[\w-]+)*"
_ITEM = r'(?:"[^"]*"|\S+)'
_VALUES = rf"(?:at most |at least |less than |one of )?(?P<values>{_ITEM}(?:(?:, | or ){_ITEM})*?)"
_REST = r"(?: or more)?(?:,? (?:if|and) .+)?"


# Values that users can set in place of a part of the pod spec.
SAMPLES: dict[str, Any] = {
    "sidecars": [{"name": "own", "image": "own"}],
    "initContainers": [{"name": "own", "image": "own"}],
    "extraVolumes": [{"name": "own", "emptyDir": {"sizeLimit": "1Mi"}}],
    "terminationGracePeriodSeconds": 60,
    "drainSeconds": 10,
}


@dataclass(frozen=True)
class Reading:
    """A clause that a rule matches."""

    mistake: Mistake
    match: re.Match[str]

    def __getitem__(self, name: str) -> str:
        return self.match[name]


@dataclass(frozen=True)
class Rule:
    """The changes that clauses of a pattern ask for; `at` is a pattern for the key of the message."""

    clause: str
    change: Alternatives | Callable[[Reading], Alternatives]
    at: str = ".*"


@dataclass(frozen=True)
class Remedies:
    """A chart's own rules; and patterns of clauses that lead to further refusals, each with the reason."""

    rules: Sequence[Rule] = ()
    further: Mapping[str, str] = field(default_factory=dict)


def read(text: str) -> Any:
    """Return the value that a sentence gives, as YAML."""
    return parse(text)


def _set(match: Reading) -> Alternatives:
    values = re.findall(_ITEM, re.sub(r",? or |, ", " ", match["values"]))
    return [to(match["path"], read(value)) for value in values]


def _remove(match: Reading) -> Alternatives:
    return [gone(match["path"])]


def _switch_off(path: str) -> Change:
    return to(path, False) if path.endswith((".enabled", ".create")) else gone(path)


def _example(match: Reading) -> Alternatives:
    value = read(match["value"])

    def give(editor: Editor, mistake: Mistake) -> None:
        here = editor.get(mistake.key)
        is_entry = isinstance(here, list) and not isinstance(value, list)
        (editor.append if is_entry else editor.set)(mistake.key, value)

    return [give]


def _add_to(match: Reading) -> Alternatives:
    def add(editor: Editor, mistake: Mistake) -> None:
        lists = re.findall(r"which (\S+) does not allow", mistake.problem)
        editor.append(lists[-1] if lists else mistake.key, read(match["entry"]))

    return [add]


def _one_of(do: Callable[[str], Change]) -> Callable[[Reading], Alternatives]:
    """Return an alternative for each path that the key and the problem name and the values have."""

    def choices(match: Reading) -> Alternatives:
        mistake = match.mistake
        editor = mistake.editor()
        words = [mistake.key, *re.findall(_WORD, mistake.problem)]
        paths = [located(editor, mistake, word) for word in words]
        return [do(path) for path in dict.fromkeys(paths) if editor.is_set(path)]

    return choices


def _use_instead(match: Reading) -> Alternatives:
    path = match["path"]
    return [every(gone(), to(path, SAMPLES[path.rpartition(".")[2]]))]


def _correct_expression(editor: Editor, mistake: Mistake) -> None:
    editor.set(mistake.key, re.escape(editor.get(mistake.key)))


def _in_both_parents(editor: Editor, mistake: Mistake) -> None:
    other = re.search(r"the same parent as ([^,]+),", mistake.problem)
    assert other, f"name the other parent: {mistake.message}"
    for number, path in enumerate((other[1], mistake.key)):
        editor.set(f"{path}.sectionName", f"listener-{number}")


def _from_the_other(editor: Editor, mistake: Mistake) -> None:
    (path,) = re.findall(r"also a host of ([^,]+),", mistake.problem)
    hosts = [host for host in editor.get(f"{path}.hosts") if host not in mistake.things]
    editor.set(f"{path}.hosts", hosts)


RULES = [
    Rule("[Rr]emove (it|them)", [remove_named]),
    Rule("[Rr]emove the entry", [remove_entry]),
    Rule("Remove it from one of them", [remove_named, _from_the_other]),
    Rule(rf"[Rr]emove (?P<path>{_PATH})", _remove),
    Rule("(Enable|Set) only one of (them|the two)", _one_of(_switch_off)),
    Rule(rf"(?:[Ss]et )?(?P<path>{_PATH}) to {_VALUES}{_REST}", _set),
    Rule(rf"(?:[Ss]et )?(?P<path>{_PATH}) to .+, such as {_VALUES}", _set),
    Rule(r".+?, for example (?P<value>.+?)(?:; kubectl .+)?", _example),
    Rule(r"Add (?P<entry>\{.+\}) to it(?:, with .+)?", _add_to),
    Rule("[Cc]hange it", [change_repeated]),
    Rule(r"[Rr]ename (it|the \w+|one of them)", [change_named]),
    Rule(r"Choose another \w+|Mount the volume at another path|Change the \w+|Use another \w+", [change_named]),
    Rule(rf"Use (?:the value )?(?P<path>{_PATH}) instead", _use_instead, at=r".*podSpec\..*"),
    Rule("Set fullnameOverride to a valid name", [to("fullnameOverride", "valid")]),
    Rule(r'Correct it; special characters such as "\(" are literal only after a backslash', [_correct_expression]),
    Rule("Set sectionName in both", [_in_both_parents]),
    Rule("correct the name", [to("", "http")], at=r".*\.(targetPort|servicePort)"),
]


def alternatives(mistake: Mistake, own: Sequence[Rule]) -> Iterator[tuple[str, Alternatives]]:
    """Yield each clause of a remedy with the changes that it asks for, none if there is no rule for it."""
    whole = _changes(mistake, mistake.remedy, own)
    if whole:
        yield mistake.remedy, whole
        return
    for clause in mistake.clauses:
        yield clause, _changes(mistake, clause, own) or _changes(mistake, clause, RULES)


def rule_for(mistake: Mistake, clause: str, rules: Sequence[Rule]) -> Rule | None:
    """Return the first rule that matches a clause."""
    matching = (rule for rule in rules if re.fullmatch(rule.clause, clause) and re.fullmatch(rule.at, mistake.key))
    return next(matching, None)


def _changes(mistake: Mistake, clause: str, rules: Sequence[Rule]) -> Alternatives:
    rule = rule_for(mistake, clause, rules)
    match = re.fullmatch(rule.clause, clause) if rule else None
    if rule is None or match is None:
        return []
    return rule.change if isinstance(rule.change, Sequence) else rule.change(Reading(mistake, match))
