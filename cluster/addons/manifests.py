"""The add-ons' manifests, as one stream."""

from __future__ import annotations

from cluster import paths

FOLDER = paths.PACKAGE / "addons"


def text() -> str:
    """All manifests in this folder."""
    return "\n---\n".join(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.yaml")))
