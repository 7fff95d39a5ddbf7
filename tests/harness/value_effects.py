"""Value effects: tables that describe what each value of a chart changes, and the check of one entry.

A table is a folder of YAML files, each a list of entries:

    - leaf: server.threads        # path of the value, [] for the first entry of a list
      given: {…}                  # other values that it needs to have an effect
      set: 4                      # the value to set
      with: {…}                   # values to set at the same time, if it is refused alone
      in: ConfigMap               # the object that shows it; Kind/name if there are several of the kind
      at: data[config.yaml].threads   # the field that shows it, see paths.py
      is: 4                       # the content of the field; or `holds:` a part of it; or `gone: true`
      also: [Deployment]          # other objects that change; `all` if every object does
      adds: [Ingress]             # objects that exist only with the value
      removes: [Pod]              # objects that exist only without the value

Objects that an entry does not name must not change, so an entry states the whole effect of a value.
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
  set: …            # a value other than the default
  in: Deployment    # the object that shows it
  at: pod.…         # the field that shows it
  is: …             # the content of the field"""


@dataclass(frozen=True)
class ValueEffect:
    """An entry of a table."""

    entry: Mapping[str, Any]

    @property
    def leaf(self) -> str:
        """The path of the value."""
        return str(self.entry["leaf"])

    @property
    def given(self) -> Mapping[str, Any]:
        """The other values that it needs to have an effect."""
        given: Mapping[str, Any] = self.entry.get("given", {})
        return given

    def values(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """Return `base`, which includes the given values, with the value set."""
        return set_field(merged(base, self.entry.get("with", {})), self.leaf, self.entry["set"])

    def __str__(self) -> str:
        return f"{self.leaf}={canonical(self.entry['set'])}"


def read(folder: Path) -> list[ValueEffect]:
    """Return all entries of a table; raises ValueError for an entry with missing or unknown keys."""
    value_effects = []
    for file in sorted(folder.glob("*.yaml")):
        for entry in parse(file.read_text(encoding="utf-8")):
            unknown = set(entry) - _WORDS
            shown = {"is", "holds", "gone"} & set(entry)
            if unknown or not {"leaf", "set"} <= set(entry) or len(shown) != len({"in", "at"} & set(entry)) / 2:
                raise ValueError(
                    f"{file.name}: {entry.get('leaf', entry)}: an entry must have leaf, set, in, at and one of is, "
                    f"holds and gone; or leaf, set, and adds or removes. "
                    f"{f'Unknown keys: {unknown}.' if unknown else ''}"
                )
            value_effects.append(ValueEffect(entry))
    return value_effects


def uncovered(
    leaves: Mapping[str, Leaf], value_effects: Iterable[ValueEffect], exceptions: Mapping[str, str]
) -> list[str]:
    """Return each mismatch between the table and the schema, with the remedy."""
    covered = {effect.leaf for effect in value_effects}
    lacking = [leaf for leaf in leaves if leaf not in covered and leaf not in exceptions]
    return [
        *(f"no entry describes the effect of {leaf}. Add one:\n{_EXAMPLE.format(leaf=leaf)}" for leaf in lacking),
        *(f"{leaf} is not a value of the schema. Correct or remove its entry." for leaf in covered - set(leaves)),
        *(
            f"{leaf} is an exception, but not a value of the schema. Remove it."
            for leaf in set(exceptions) - set(leaves)
        ),
        *(f"{leaf} is an exception and has an entry. Keep one of the two." for leaf in set(exceptions) & covered),
    ]


def problems(effect: ValueEffect, before: Manifests, after: Manifests) -> list[str]:
    """Return each difference between the two renderings and the entry."""
    wrong = [] if "in" not in effect.entry else list(_shown(effect, before, after))
    reach = _reach(effect, before, after)
    for word, found in changes(before, after).items():
        listed = reach[word]
        wrong += [f"{_name(key)} {_VERBS[word]}, but the entry does not list it under {word}" for key in found - listed]
        wrong += [
            f"{_name(key)} is listed under {word}, but it does not {_VERBS[word].removesuffix('s')}"
            for key in listed - found
        ]
    return sorted(wrong)


_VERBS = {"also": "changes", "adds": "appears", "removes": "disappears"}


def changes(before: Manifests, after: Manifests) -> dict[str, set[Key]]:
    """Return the objects that differ, by the keys of an entry."""
    both = before.keys & after.keys
    return {
        "also": {key for key in both if before.one(*key).body != after.one(*key).body},
        "adds": set(after.keys - before.keys),
        "removes": set(before.keys - after.keys),
    }


def _shown(effect: ValueEffect, before: Manifests, after: Manifests) -> Iterable[str]:
    where = f"{effect.entry['in']}: {effect.entry['at']}"
    wrong = difference(effect.entry, after)
    if wrong:
        yield wrong
    elif not difference(effect.entry, before) and _key(effect.entry["in"], before) is not None:
        yield f"{where}: has this content also without the value, so the entry proves nothing: set another value"


def difference(entry: Mapping[str, Any], manifests: Manifests) -> str:
    """Return how a field differs from what `entry` expects by in, at and one of is, holds and gone; or nothing."""
    key = _key(entry["in"], manifests)
    now = MISSING if key is None else get_field(manifests.one(*key), entry["at"])
    if _is_as_expected(entry, now):
        return ""
    expected = {word: entry[word] for word in ("is", "holds", "gone") if word in entry}
    return f"{entry['in']}: {entry['at']}: found {_text(now)}, expected: {_text(expected)}"


def _is_as_expected(entry: Mapping[str, Any], now: Any) -> bool:
    if "gone" in entry:
        return now is MISSING
    if now is MISSING:
        return False
    if "is" in entry:
        # Compared as JSON, because in Python 1 == True.
        return canonical(now) == canonical(entry["is"])
    part = entry["holds"]
    if isinstance(now, Mapping):
        return part.items() <= now.items() if isinstance(part, Mapping) else part in now
    return part in now if isinstance(now, str | Sequence) else False


def _reach(effect: ValueEffect, before: Manifests, after: Manifests) -> dict[str, set[Key]]:
    rendered = before.keys | after.keys
    reach = {word: _keys(effect.entry.get(word, []), rendered) for word in ("also", "adds", "removes")}
    if effect.entry.get("also") == "all":
        reach |= changes(before, after) | {"also": set(before.keys & after.keys)}
    if "in" in effect.entry and not _keys([effect.entry["in"]], rendered) <= reach["adds"]:
        reach["also"] |= _keys([effect.entry["in"]], rendered)
    return reach


def _key(name: str, manifests: Manifests) -> Key | None:
    """Return the key of an object by Kind or Kind/name, or None if it is not rendered."""
    found_keys = _keys([name], manifests.keys) & manifests.keys
    return next(iter(found_keys), None)


def _keys(names: Iterable[str], rendered: Iterable[Key]) -> set[Key]:
    keys = set()
    for name in names:
        kind, _, rest = name.partition("/")
        of_kind = {key for key in rendered if key[0] == kind}
        if not rest and len(of_kind) > 1:
            raise ValueError(f"{name} is ambiguous: write one of {sorted(map(_name, of_kind))}")
        keys |= {(kind, rest)} if rest else of_kind or {(kind, "?")}
    return keys


def _name(key: Key) -> str:
    return "/".join(key)


def _text(data: Any) -> str:
    if isinstance(data, str) and "\n" in data:
        return f"the text:\n{data}\n"
    return (
        "nothing"
        if data is MISSING
        else yaml.safe_dump(yaml.safe_load(canonical(data)), default_flow_style=True).strip()
    )
