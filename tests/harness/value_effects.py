"""What a value of a chart does: a table with an entry for each, and the test of one entry.

A table is a folder of YAML files, each a list of entries:

    - leaf: server.threads        # path of the value, [] for the first entry of a list
      given: {…}                  # other values without which it would have no effect
      set: 4                      # what it is set to
      with: {…}                   # what is set together with it, where it is refused alone
      in: ConfigMap               # the object it shows in; Kind/name where there is more than one of the kind
      at: data[config.yaml].threads   # where in it, see paths.py
      is: 4                       # what is there then; or `holds:` part of it; or `gone: true`
      also: [Deployment]          # other objects that change; all: each one does
      adds: [Ingress]             # objects that are there only then
      removes: [Pod]              # objects that are there only without it

Objects that are not named must stay as they are: an entry says how far a value reaches, and no value reaches further.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.harness.case import merged
from tests.harness.field_paths import MISSING, get_field, set_field
from tests.harness.frozen import canonical
from tests.harness.manifests import Manifests, parse
from tests.harness.schema_leaves import Leaf

Key = tuple[str, str]

_WORDS = {"leaf", "given", "set", "with", "in", "at", "is", "holds", "gone", "also", "adds", "removes"}
_EXAMPLE = """- leaf: {leaf}
  set: …            # a value that is not the default
  in: Deployment    # the object that shows it
  at: pod.…         # where
  is: …             # what is there then"""


@dataclass(frozen=True)
class ValueEffect:
    """One entry of the table."""

    entry: Mapping[str, Any]

    @property
    def leaf(self) -> str:
        """The path of the value that it is about."""
        return str(self.entry["leaf"])

    @property
    def given(self) -> Mapping[str, Any]:
        """The other values that it takes."""
        given: Mapping[str, Any] = self.entry.get("given", {})
        return given

    def values(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """`base`, which holds the given values, and the value set."""
        return set_field(merged(base, self.entry.get("with", {})), self.leaf, self.entry["set"])

    def __str__(self) -> str:
        return f"{self.leaf}={canonical(self.entry['set'])}"


def read(folder: Path) -> list[ValueEffect]:
    """All entries of a table; raises ValueError for one that says too little or too much."""
    value_effects = []
    for file in sorted(folder.glob("*.yaml")):
        for entry in parse(file.read_text(encoding="utf-8")):
            unknown = set(entry) - _WORDS
            shown = {"is", "holds", "gone"} & set(entry)
            if unknown or not {"leaf", "set"} <= set(entry) or len(shown) != len({"in", "at"} & set(entry)) / 2:
                raise ValueError(
                    f"{file.name}: {entry.get('leaf', entry)}: an entry has leaf, set, in, at and one of is, holds "
                    f"and gone; or leaf, set, and adds or removes. {f'It knows no {unknown}.' if unknown else ''}"
                )
            value_effects.append(ValueEffect(entry))
    return value_effects


def uncovered(
    leaves: Mapping[str, Leaf], value_effects: Iterable[ValueEffect], exceptions: Mapping[str, str]
) -> list[str]:
    """What the table and the schema do not agree on, with the remedy. Empty is good."""
    covered = {effect.leaf for effect in value_effects}
    lacking = [leaf for leaf in leaves if leaf not in covered and leaf not in exceptions]
    return [
        *(f"no entry shows what {leaf} does. Add one:\n{_EXAMPLE.format(leaf=leaf)}" for leaf in lacking),
        *(f"{leaf} is no value of the schema. Correct the entry or take it out." for leaf in covered - set(leaves)),
        *(f"{leaf} is an exception and no value of the schema." for leaf in set(exceptions) - set(leaves)),
        *(f"{leaf} is an exception and has an entry: keep one." for leaf in set(exceptions) & covered),
    ]


def problems(effect: ValueEffect, before: Manifests, after: Manifests) -> list[str]:
    """What is not as the entry says. Empty is good."""
    wrong = [] if "in" not in effect.entry else list(_shown(effect, before, after))
    reach = _reach(effect, before, after)
    for word, there in changes(before, after).items():
        said = reach[word]
        wrong += [f"{_name(key)} {_VERBS[word]}; the entry does not say so under {word}" for key in there - said]
        wrong += [f"{_name(key)} is listed under {word}, and nothing of the kind happens" for key in said - there]
    return sorted(wrong)


_VERBS = {"also": "changes", "adds": "appears", "removes": "disappears"}


def changes(before: Manifests, after: Manifests) -> dict[str, set[Key]]:
    """The objects that differ, by the entry's words."""
    both = before.keys & after.keys
    return {
        "also": {key for key in both if before.one(*key).body != after.one(*key).body},
        "adds": set(after.keys - before.keys),
        "removes": set(before.keys - after.keys),
    }


def _shown(effect: ValueEffect, before: Manifests, after: Manifests) -> Iterable[str]:
    where = f"{effect.entry['in']}: {effect.entry['at']}"
    now = _found(effect, after)
    if not _as_wanted(effect, now):
        wanted = {word: effect.entry[word] for word in ("is", "holds", "gone") if word in effect.entry}
        yield f"{where}: found {_text(now)}, wanted: {_text(wanted)}"
    elif _as_wanted(effect, _found(effect, before)) and _key(effect.entry["in"], before) is not None:
        yield f"{where}: is there without the value, too, so the entry shows nothing: set another value"


def _found(effect: ValueEffect, manifests: Manifests) -> Any:
    key = _key(effect.entry["in"], manifests)
    return MISSING if key is None else get_field(manifests.one(*key), effect.entry["at"])


def _as_wanted(effect: ValueEffect, now: Any) -> bool:
    if "gone" in effect.entry:
        return now is MISSING
    if now is MISSING:
        return False
    if "is" in effect.entry:
        # 1 is not true, and "1" is not 1.
        return canonical(now) == canonical(effect.entry["is"])
    part = effect.entry["holds"]
    if isinstance(now, Mapping):
        return part.items() <= now.items() if isinstance(part, Mapping) else part in now
    return part in now if isinstance(now, str | Sequence) else False


def _reach(effect: ValueEffect, before: Manifests, after: Manifests) -> dict[str, set[Key]]:
    there = before.keys | after.keys
    reach = {word: _keys(effect.entry.get(word, []), there) for word in ("also", "adds", "removes")}
    if effect.entry.get("also") == "all":
        reach |= changes(before, after) | {"also": set(before.keys & after.keys)}
    if "in" in effect.entry and not _keys([effect.entry["in"]], there) <= reach["adds"]:
        reach["also"] |= _keys([effect.entry["in"]], there)
    return reach


def _key(name: str, manifests: Manifests) -> Key | None:
    """The key of an object by Kind or Kind/name; None if it is not there."""
    found_keys = _keys([name], manifests.keys) & manifests.keys
    return next(iter(found_keys), None)


def _keys(names: Iterable[str], there: Iterable[Key]) -> set[Key]:
    keys = set()
    for name in names:
        kind, _, rest = name.partition("/")
        of_kind = {key for key in there if key[0] == kind}
        if not rest and len(of_kind) > 1:
            raise ValueError(f"{name} is one of {sorted(map(_name, of_kind))}: write Kind/name")
        keys |= {(kind, rest)} if rest else of_kind or {(kind, "?")}
    return keys


def _name(key: Key) -> str:
    return "/".join(key)


def _text(data: Any) -> str:
    if isinstance(data, str) and "\n" in data:
        return f"a text:\n{data}\n"
    return (
        "nothing"
        if data is MISSING
        else yaml.safe_dump(yaml.safe_load(canonical(data)), default_flow_style=True).strip()
    )
