"""Relative links in Markdown lead to files and headings that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devkit import paths
from tests.harness.markdown import documents

DOCUMENTS = documents(paths.REPOSITORY)
_CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ (.+?) *$", re.MULTILINE)


def base(document: Path) -> Path:
    """The folder that a document's links are relative to: news fragments become a part of the changelog."""
    fragment = document.parent.name == "changes" and document.name != "README.md"
    return paths.REPOSITORY if fragment else document.parent


def links(document: Path) -> list[str]:
    """The targets of a document's links that are not URLs."""
    found = _LINK.findall(_CODE.sub("", document.read_text(encoding="utf-8")))
    return [target for target in found if "://" not in target and not target.startswith("mailto:")]


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts derive them."""
    text = re.sub(r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(paths.REPOSITORY)))
def test_links_resolve(document: Path) -> None:
    broken = []
    for target in links(document):
        name, _, anchor = target.partition("#")
        file = (base(document) / name).resolve() if name else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert not broken, f"correct these links, or the files and headings that they name: {broken}"


def test_every_page_of_the_documentation_is_reachable_from_its_index() -> None:
    index = paths.DOCS / "README.md"
    reached, queue = {index}, [index]
    while queue:
        document = queue.pop()
        for target in links(document):
            file = (document.parent / target.partition("#")[0]).resolve()
            if file.suffix == ".md" and file.exists() and file not in reached:
                reached.add(file)
                queue.append(file)
    lost = [str(page.relative_to(paths.DOCS)) for page in sorted(paths.DOCS.rglob("*.md")) if page not in reached]
    assert not lost, f"link to these pages from docs/README.md or a page that it links to: {lost}"
