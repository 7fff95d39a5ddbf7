"""What every backend does."""

from __future__ import annotations

from typing import Protocol

from tests.harness.case import Case


class HelmError(Exception):
    """Helm refused; the text is what it said."""


class Backend(Protocol):
    """Something that renders charts. Answers and refusals are those of `helm template`, word for word."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    def version(self) -> str:
        """What tells it from another build of the same name: part of the key of all that is kept of it."""

    def template(self, case: Case) -> str:
        """Render all objects as a YAML stream, hooks included; raises HelmError with the reason of a refusal."""

    def notes(self, case: Case) -> str:
        """Render the notes that are shown after an installation."""
