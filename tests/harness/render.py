"""Rendering, cached: equal cases are rendered once."""

from __future__ import annotations

from typing import Any

from tests.harness import cache
from tests.harness.backends import HELM3, HELM4, SDK, Backend, HelmCli
from tests.harness.case import Case
from tests.harness.manifests import Manifests
from tests.harness.yaml_documents import Document, documents, from_parsed


def render(case: Case, backend: Backend = SDK) -> Manifests:
    """Render a case, or return the cached result. Raises HelmError if Helm refuses the case."""
    return cache.remember(case, backend, "template", lambda: _serialize(backend.template(case)), _deserialize)


def render_uncached(case: Case, backend: Backend = SDK) -> Manifests:
    """Render a case without the cache."""
    return Manifests(backend.template(case))


def argo(case: Case, helm: HelmCli = HELM3) -> Manifests:
    """Render a case as Argo CD does, which runs Helm 3."""
    return cache.remember(case, helm, "argo", lambda: _serialize(helm.argo(case)), _deserialize)


def notes(case: Case, backend: Backend = SDK) -> str:
    """Render the notes of a case."""
    return cache.remember(case, backend, "notes", lambda: backend.notes(case), str)


def lint(case: Case, helm: HelmCli = HELM4) -> str:
    """Lint a chart with the values of a case."""
    return cache.remember(case, helm, "lint", lambda: helm.lint(case), str)


def _serialize(stream: str) -> list[list[Any]]:
    """Return a rendering as JSON data."""
    return [[document.template, document.text, document.body] for document in documents(stream)]


def _deserialize(documents: list[list[Any]]) -> Manifests:
    return Manifests.of(Document(template, text, from_parsed(text, body)) for template, text, body in documents)
