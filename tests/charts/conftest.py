"""The charts, and the values files that stand for all that each can be told, rendered once each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.charts.subject import Subject
from tests.charts.subjects import SUBJECTS
from tests.harness import Case, Manifests, render
from tests.harness.charts import ValuesFile, all_values_files

# The longest name that Helm lets a release have: every name and label that is made of it must be cut.
RELEASE = "r" * 53


@pytest.fixture(params=SUBJECTS.values(), ids=str, scope="module")
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each chart."""
    subject: Subject = request.param
    return subject


@pytest.fixture(params=all_values_files(), ids=str)
def file(request: pytest.FixtureRequest) -> ValuesFile:
    """Each values file of each chart."""
    file: ValuesFile = request.param
    return file


@pytest.fixture
def given(file: ValuesFile) -> Case:
    """The case of each values file."""
    return file.case()


@pytest.fixture
def manifests(given: Case) -> Manifests:
    """What each values file renders to, in a release with a long name, where parts of one may lose each other."""
    return render(replace(given, release=RELEASE))
