"""Helm, as a program. The truth about what a chart renders to."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cluster import tools
from tests.harness.backends.protocol import HelmError
from tests.harness.backends.schema_errors import sort_schema_errors
from tests.harness.case import Case

TIMEOUT_SECONDS = 60
# Neither plugins nor a cluster; and no garbage collection, which is half the time of so short a run.
ENVIRONMENT = {"HELM_NO_PLUGINS": "1", "KUBECONFIG": os.devnull, "GOGC": "off"}

# What Helm puts around the reason of a refusal: it depends on the command, the reason does not.
_BEFORE = ("Error: ", "INSTALLATION FAILED: ")
_AFTER = "\n\nUse --debug flag to render out invalid YAML"


@dataclass(frozen=True)
class HelmCli:
    """Runs the program once per question, with values on stdin and without cluster or plugins."""

    tool: str
    variable: str

    @property
    def name(self) -> str:
        return self.tool

    def version(self) -> str:
        # Asking the program would take as long as a rendering.
        file = self.binary().resolve()
        status = file.stat()
        return f"{file} {status.st_size} {status.st_mtime_ns}"

    def binary(self) -> Path:
        """The program that the variable names, else what the cluster's tools find on PATH or build."""
        return _binary(self.tool, os.environ.get(self.variable, ""), self.variable)

    def template(self, case: Case) -> str:
        return self._ask(case, ["template", case.release, str(case.chart), *_capabilities(case)])

    def notes(self, case: Case) -> str:
        """Of Helm 4 alone: Helm 3 shows no notes without a cluster."""
        text = self._ask(case, ["install", case.release, str(case.chart), "--dry-run=client"])
        return text.partition("\nNOTES:\n")[2]

    def lint(self, case: Case) -> str:
        """Answer the linter's report, strictly; raises HelmError if it finds something."""
        return self._ask(case, ["lint", str(case.chart), "--strict", "--kube-version", case.kube_version])

    def argo(self, case: Case) -> str:
        """Render with the arguments, and from the folder, that Argo CD uses."""
        with tempfile.NamedTemporaryFile("w", prefix="values-", suffix=".yaml", encoding="utf-8") as values:
            values.write(case.values_json())
            values.flush()
            name = ["--name-template", case.release, "--namespace", case.namespace]
            arguments = ["template", ".", *name, *_capabilities(case), "--values", values.name, "--include-crds"]
            return self._run(arguments, folder=case.chart)

    def _ask(self, case: Case, arguments: list[str]) -> str:
        return self._run([*arguments, "--namespace", case.namespace, "--values", "-"], values=case.values_json())

    def _run(self, arguments: list[str], values: str = "", folder: Path | None = None) -> str:
        done = subprocess.run(
            [str(self.binary()), *arguments],
            input=values,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            cwd=folder,
            env={**os.environ, **ENVIRONMENT},
        )
        if done.returncode:
            raise HelmError(_reason(done.stderr) or done.stdout)
        return done.stdout


def _capabilities(case: Case) -> list[str]:
    served = [argument for version in case.api_versions for argument in ("--api-versions", version)]
    return ["--kube-version", case.kube_version, *served]


def _reason(complaint: str) -> str:
    """The reason alone; what Helm logs before it is not part of it."""
    lines = complaint.splitlines(keepends=True)
    first = next((index for index, line in enumerate(lines) if line.startswith(_BEFORE[0])), 0)
    reason = "".join(lines[first:]).strip()
    for words in _BEFORE:
        reason = reason.removeprefix(words)
    return sort_schema_errors(reason.removesuffix(_AFTER).strip())


@cache
def _binary(tool: str, named: str, variable: str) -> Path:
    if not named:
        return tools.ensure(tool)
    path = shutil.which(named)
    if path is None:
        raise FileNotFoundError(f"{variable} is {named!r}, which is no program. Remedy: correct or unset {variable}.")
    return Path(path)


HELM4 = HelmCli("helm", "HELM")
HELM3 = HelmCli("helm3", "HELM3")
