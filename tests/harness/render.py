"""Rendering: each case is asked for once, whatever asks and however often."""

from __future__ import annotations

from typing import Any

from tests.harness import cache
from tests.harness.backends import HELM3, HELM4, SDK, Backend, HelmCli
from tests.harness.case import Case
from tests.harness.manifests import Manifests
from tests.harness.yaml_documents import Document, documents, known


def render(case: Case, backend: Backend = SDK) -> Manifests:
    """Render a case, or answer what an equal case was rendered to. Raises HelmError if it is refused."""
    return cache.remember(case, backend, "template", lambda: _serialize(backend.template(case)), _deserialize)


def render_uncached(case: Case, backend: Backend = SDK) -> Manifests:
    """Render a case without looking at what was rendered before."""
    return Manifests(backend.template(case))


def argo(case: Case, helm: HelmCli = HELM3) -> Manifests:
    """Render a case as Argo CD does, which calls Helm 3."""
    return cache.remember(case, helm, "argo", lambda: _serialize(helm.argo(case)), _deserialize)


def notes(case: Case, backend: Backend = SDK) -> str:
    """Render the notes of a case."""
    return cache.remember(case, backend, "notes", lambda: backend.notes(case), str)


def lint(case: Case, helm: HelmCli = HELM4) -> str:
    """Lint a chart with the values of a case."""
    return cache.remember(case, helm, "lint", lambda: helm.lint(case), str)


def _serialize(stream: str) -> list[list[Any]]:
    """A rendering as JSON."""
    return [[document.template, document.text, document.body] for document in documents(stream)]


def _deserialize(documents: list[list[Any]]) -> Manifests:
    return Manifests.of(Document(template, text, known(text, body)) for template, text, body in documents)
