"""Rendering, once per case and process."""

from __future__ import annotations

from tests.harness.case import Case
from tests.harness.helm import Backend, HelmCli, HelmError
from tests.harness.manifests import Manifests

BACKEND: Backend = HelmCli()

_rendered: dict[str, Manifests | HelmError] = {}


def render(case: Case) -> Manifests:
    """Render a case, or answer what an equal case was rendered to. Raises HelmError if it is refused."""
    key = case.key()
    if key not in _rendered:
        try:
            _rendered[key] = Manifests(BACKEND.template(case))
        except HelmError as error:
            _rendered[key] = error
    result = _rendered[key]
    if isinstance(result, HelmError):
        raise HelmError(*result.args)
    return result


def render_anew(case: Case) -> Manifests:
    """Render a case without looking at what was rendered before."""
    return Manifests(BACKEND.template(case))


def notes(case: Case) -> str:
    """Render the notes of a case."""
    return BACKEND.notes(case)


def lint(case: Case) -> str:
    """Lint a chart with the values of a case."""
    return BACKEND.lint(case)
