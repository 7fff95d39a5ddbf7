"""Helm, as a program. The truth about what a chart renders to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Protocol

from cluster import tools
from tests.harness.case import Case

TIMEOUT_SECONDS = 60
# Neither plugins nor a cluster; and no garbage collection, which is half the time of so short a run.
ENVIRONMENT = {"HELM_NO_PLUGINS": "1", "KUBECONFIG": os.devnull, "GOGC": "off"}


class HelmError(Exception):
    """Helm refused; the text is what it said."""


class Backend(Protocol):
    """Something that renders charts."""

    def template(self, case: Case) -> str:
        """Render all manifests as a YAML stream; raises HelmError with the reason of a refusal."""

    def notes(self, case: Case) -> str:
        """Render the notes that are shown after an installation."""

    def lint(self, case: Case) -> str:
        """Answer the linter's report, strictly; raises HelmError if it finds something."""


@cache
def helm_binary() -> Path:
    """Find helm: what HELM names, else what the cluster's tools find on PATH or build."""
    named = os.environ.get("HELM", "")
    if named:
        path = shutil.which(named)
        if path is None:
            raise FileNotFoundError(f"HELM is {named!r}, which is no program. Remedy: correct or unset HELM.")
        return Path(path)
    return tools.ensure("helm")


class HelmCli:
    """Runs the program once per question, with values on stdin and without cluster or plugins."""

    def template(self, case: Case) -> str:
        options = ["--kube-version", case.kube_version]
        return self._run(case, ["template", case.release, str(case.chart), *options])

    def notes(self, case: Case) -> str:
        text = self._run(case, ["install", case.release, str(case.chart), "--dry-run=client"])
        return text.partition("\nNOTES:\n")[2]

    def lint(self, case: Case) -> str:
        return self._run(case, ["lint", str(case.chart), "--strict", "--kube-version", case.kube_version])

    def _run(self, case: Case, arguments: list[str]) -> str:
        command = [str(helm_binary()), *arguments, "--namespace", case.namespace, "--values", "-"]
        done = subprocess.run(
            command,
            input=case.values_json(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            env={**os.environ, **ENVIRONMENT},
        )
        if done.returncode:
            raise HelmError(re.sub(r"^Error: ", "", done.stderr.strip()) or done.stdout)
        return done.stdout
