"""The judges of rendered objects: the schemas and rules of the API server, and the programs that read the contents.

`judged` is the list of all judges, for the renderings of values files and for those of remedies. Tests that need only
some of the judges call those. Programs judge many renderings in one run; a chart's `judges.py` has the programs for its
own kinds of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.charts.chart_spec import ChartSpec
from tests.harness import Manifest, Manifests
from tests.harness.admission import violations
from tests.harness.objects import own
from tests.harness.policy import pod_security
from tests.harness.schemas import newest_version, problems, unwritten_defaults

# Renderings by what they are renderings of.
Renderings = Mapping[str, Manifests]
Findings = dict[str, list[str]]
Program = Callable[[Renderings, Path], Findings]


def judged(chart_spec: ChartSpec, renderings: Renderings, folder: Path, only_own_containers: bool = False) -> Findings:
    """Return what the judges find in each rendering; one without findings is missing."""
    found: Findings = {}
    for name, manifests in renderings.items():
        found[name] = [
            *(text for version in versions(chart_spec) for text in refused_by_schema(manifests, version)),
            *refused_by_rules(manifests),
            *unwritten(manifests),
            *insecure(chart_spec, manifests, only_own_containers),
        ]
    programs: list[Program] = chart_spec.attribute_of("judges", "PROGRAMS", [])
    for number, program in enumerate(programs):
        (folder / str(number)).mkdir()
        for name, texts in program(renderings, folder / str(number)).items():
            found[name] += texts
    return {name: texts for name, texts in found.items() if texts}


def versions(chart_spec: ChartSpec) -> tuple[str, str]:
    """Return the oldest and the newest version of Kubernetes whose schemas apply."""
    return chart_spec.oldest_kubernetes, newest_version()


def refused_by_schema(manifests: Manifests, version: str) -> list[str]:
    """Return what the schemas of a Kubernetes version, and of custom resources, refuse."""
    return [
        f"{manifest}: Kubernetes {version}: {text}"
        for manifest in manifests
        for text in problems(manifest.body, version)
    ]


def refused_by_rules(manifests: Manifests) -> list[str]:
    """Return what the API server refuses by rules that no schema holds."""
    return [f"{manifest}: {text}" for manifest in manifests for text in violations(manifest)]


def unwritten(manifests: Manifests) -> list[str]:
    """Return the unwritten defaults inside lists of custom resources, which Argo CD reports as differences."""
    return [f"{manifest}: {text}" for manifest in own(manifests) for text in unwritten_defaults(manifest.body)]


def insecure(chart_spec: ChartSpec, manifests: Manifests, only_own_containers: bool = False) -> list[str]:
    """Return what the "restricted" Pod Security Standard refuses, apart from the chart's exceptions."""
    return [
        f"{manifest}: {text}"
        for manifest, spec in manifests.pod_specs()
        for text in pod_security.violations(_with_own_containers(chart_spec, spec) if only_own_containers else spec)
        if text not in chart_spec.pod_security_exceptions.get(manifest.source, {})
    ]


def _with_own_containers(chart_spec: ChartSpec, spec: Mapping[str, Any]) -> dict[str, Any]:
    sections = ("initContainers", "containers")
    of_chart = {
        section: [each for each in spec.get(section, []) if each["name"] in chart_spec.containers]
        for section in sections
    }
    return {**spec, **of_chart}


def files_of(renderings: Renderings, key: str) -> Iterator[tuple[str, Manifest]]:
    """Yield each ConfigMap of a rendering that has a file of this name."""
    for name, manifests in renderings.items():
        for manifest in manifests.of_kind("ConfigMap"):
            if key in (manifest.body.get("data") or {}):
                yield name, manifest
