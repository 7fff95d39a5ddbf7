"""The interface of a backend."""

from __future__ import annotations

from typing import Protocol

from tests.harness.case import Case


class HelmError(Exception):
    """Helm failed; the text is Helm's message."""


class Backend(Protocol):
    """Renders charts. Results and error messages equal those of `helm template`."""

    @property
    def name(self) -> str:
        """The name of the backend in reports."""

    def version(self) -> str:
        """Return a text that identifies the build; it is part of every cache key."""

    def template(self, case: Case) -> str:
        """Render all objects, hooks included, as a YAML stream; raises HelmError with the reason."""

    def notes(self, case: Case) -> str:
        """Render the notes that `helm install` prints."""
