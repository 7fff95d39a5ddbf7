"""Write files from templates, and insert text into existing files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from devkit.errors import UserError

TEMPLATES: Final = Path(__file__).parent


def fill(template: Path, words: Mapping[str, str]) -> str:
    """Return a template with its placeholders replaced."""
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b")
    return pattern.sub(lambda found: words[found[1]], template.read_text(encoding="utf-8"))


def write_tree(templates: Path, target: Path, words: Mapping[str, str]) -> list[Path]:
    """Write every template below a folder to the same path below ``target``; raises UserError if that exists."""
    if target.exists():
        raise UserError(f"{target} exists.", "Choose another name, or remove it first.")
    written = []
    for template in sorted(templates.rglob("*.in")):
        path = target / template.relative_to(templates).with_suffix("")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fill(template, words), encoding="utf-8")
        written.append(path)
    return written


def write_new(path: Path, text: str) -> Path:
    """Write a file; raises UserError if it exists."""
    if path.exists():
        raise UserError(f"{path} exists.", "Choose another name, or remove it first.")
    path.write_text(text, encoding="utf-8")
    return path


def insert_after(path: Path, pattern: str, addition: str) -> Path:
    """Insert text after the last match of a multi-line pattern; raises UserError if there is none."""
    text = path.read_text(encoding="utf-8")
    matches = list(re.finditer(pattern, text, re.MULTILINE))
    if not matches:
        raise UserError(f"{path}: cannot find the place for the new lines.", f"Correct the pattern {pattern!r}.")
    end = matches[-1].end()
    path.write_text(text[:end] + addition + text[end:], encoding="utf-8")
    return path
