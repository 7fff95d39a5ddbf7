"""Changes of values, from which remedies are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.charts.remedies.editor import Editor
from tests.charts.remedies.mistakes import Mistake, ancestors

Change = Callable[[Editor, Mistake], None]

# A label or annotation that no chart reserves, and an address that no case uses.
OWN = "example.org/own"
ADDRESS = "192.0.2.99"


def to(path: str, value: Any) -> Change:
    """Set a value; `.name` is next to the key of the message, and an empty path the key itself."""
    return lambda editor, mistake: editor.set(located(editor, mistake, path), value)


def gone(path: str = "") -> Change:
    """Remove a value."""
    return lambda editor, mistake: editor.remove(located(editor, mistake, path))


def with_entry(path: str, entry: Any) -> Change:
    """Add an entry to a list."""
    return lambda editor, mistake: editor.append(located(editor, mistake, path), entry)


def every(*changes: Change) -> Change:
    """Do one change after another."""

    def do(editor: Editor, mistake: Mistake) -> None:
        for change in changes:
            change(editor, mistake)

    return do


def located(editor: Editor, mistake: Mistake, name: str) -> str:
    """Return the path that a message means by a name: below, next to or above its key, or from the top."""
    if name in ("", "it", "them"):
        return mistake.key
    if name.startswith("."):
        return f"{mistake.key.rpartition('.')[0]}{name}"
    near = [f"{above}.{name}" for above in ancestors(mistake.key)]
    return next((path for path in [name, *near] if editor.get(path) is not None), name)


def different(value: Any) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, int):
        return value + 1000
    if re.fullmatch(r"[0-9.]+", value):
        return ADDRESS if "." in value else str(int(value) + 1000)
    return "/elsewhere" if value.startswith("/") else f"{value}2"


def change_named(editor: Editor, mistake: Mistake) -> None:
    """Change the last thing at the key that the problem quotes: a name, a path, a port or the key of a label."""
    for thing in mistake.things:
        path = _last(editor.get(mistake.key), thing, mistake.key)
        if path and thing in (editor.get(mistake.key) if isinstance(editor.get(mistake.key), dict) else {}):
            return editor.rename(path, OWN)
        if path:
            return editor.set(path, different(editor.get(path)))
    return editor.set(mistake.key, different(editor.get(mistake.key)))


def remove_named(editor: Editor, mistake: Mistake) -> None:
    """Remove what the problem quotes from the map or list at the key, and otherwise the key."""
    here = editor.get(mistake.key)
    for thing in mistake.things if isinstance(here, (dict, list)) else ():
        if isinstance(here, dict) and thing in here:
            return editor.remove(f"{mistake.key}.{thing}")
        for index, entry in enumerate(here) if isinstance(here, list) else ():
            if thing in (str(entry), entry.get("name") if isinstance(entry, dict) else None):
                return editor.remove(f"{mistake.key}[{index}]")
    return editor.remove(mistake.key)


def remove_entry(editor: Editor, mistake: Mistake) -> None:
    """Remove the entry of a list that the key is, or is in."""
    editor.remove(mistake.key[: mistake.key.rindex("]") + 1])


def change_repeated(editor: Editor, mistake: Mistake) -> None:
    """Change the field that two entries have in common."""
    fields = re.search(r"has the same (\w+)(?: and \w+)? as ", mistake.problem)
    assert fields, f"name the field: has the same FIELD as …: {mistake.message}"
    path = f"{mistake.key}.{fields[1]}"
    editor.set(path, different(editor.get(path)))


def _last(data: Any, thing: str, path: str) -> str:
    """Return the path of the last value or key that is `thing`, or nothing."""
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in reversed(list(below)):
        at = f"{path}[{key}]" if isinstance(data, list) else f"{path}.{key}"
        found = _last(value, thing, at) or (at if str(value) == thing else "")
        if found:
            return found
    return f"{path}.{thing}" if isinstance(data, dict) and thing in data else ""
