"""The `helm` program: the reference for what a chart renders to."""

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
# No plugins, no cluster, and no garbage collection, which would take half the time of such a short process.
ENVIRONMENT = {"HELM_NO_PLUGINS": "1", "KUBECONFIG": os.devnull, "GOGC": "off"}

# Text that Helm adds around the reason of an error. It depends on the command; the reason does not.
_BEFORE = ("Error: ", "INSTALLATION FAILED: ")
_AFTER = "\n\nUse --debug flag to render out invalid YAML"


@dataclass(frozen=True)
class HelmCli:
    """Runs the program once per request, with the values on standard input."""

    tool: str
    variable: str

    @property
    def name(self) -> str:
        return self.tool

    def version(self) -> str:
        # `helm version` would take as long as a rendering.
        file = self.binary().resolve()
        status = file.stat()
        return f"{file} {status.st_size} {status.st_mtime_ns}"

    def binary(self) -> Path:
        """Return the program that the environment variable names, else the one that cluster.tools finds or builds."""
        return _binary(self.tool, os.environ.get(self.variable, ""), self.variable)

    def template(self, case: Case) -> str:
        return self._ask(case, ["template", case.release, str(case.chart), *_capabilities(case)])

    def notes(self, case: Case) -> str:
        """Render the notes. Helm 4 only: Helm 3 shows no notes without a cluster."""
        text = self._ask(case, ["install", case.release, str(case.chart), "--dry-run=client"])
        return text.partition("\nNOTES:\n")[2]

    def lint(self, case: Case) -> str:
        """Return the report of `helm lint --strict`; raises HelmError if there are findings."""
        return self._ask(case, ["lint", str(case.chart), "--strict", "--kube-version", case.kube_version])

    def argo(self, case: Case) -> str:
        """Render with the arguments and the working directory that Argo CD uses."""
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


def _reason(stderr: str) -> str:
    """Return the reason of an error, without the log lines before it."""
    lines = stderr.splitlines(keepends=True)
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
        raise FileNotFoundError(f"{variable} is {named!r}: program not found. Remedy: correct or unset {variable}.")
    return Path(path)


HELM4 = HelmCli("helm", "HELM")
HELM3 = HelmCli("helm3", "HELM3")
