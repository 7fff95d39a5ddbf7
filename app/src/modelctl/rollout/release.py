"""The Helm release of charts/istio-routing: read its weights, and change them with an upgrade."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from modelctl.errors import ModelctlError
from modelctl.rollout.process import Program, ProgramError
from modelctl.rollout.weights import canary_weight, check_pair, format_weights, weights_of, with_weight

READ_SECONDS = 60.0
# Helm's own timeout applies to each operation on the cluster, and an upgrade has several.
_UPGRADE_SLACK_SECONDS = 60.0


@dataclass(frozen=True)
class ReleaseState:
    """A release at one revision."""

    revision: int
    status: str
    chart_name: str
    chart_version: str
    # The namespace of the model's Service and pods.
    model_namespace: str
    service: str
    traffic_management: str
    versions: tuple[Mapping[str, Any], ...]

    @property
    def deployed(self) -> bool:
        """True if the cluster has these values."""
        return self.status == "deployed"

    @property
    def pending(self) -> bool:
        """True if a Helm operation is in progress, or was killed."""
        return self.status.startswith("pending")

    @property
    def shown_weights(self) -> str:
        """The weights as text, with the status unless they are also the cluster's."""
        shown = format_weights(weights_of(self.versions))
        return shown if self.deployed else f"{shown} (release status: {self.status})"


class HelmRelease:
    """A release, through the program Helm. Values are passed on its standard input."""

    def __init__(self, helm: Program, name: str, namespace: str, chart: str, upgrade_seconds: float) -> None:
        self._helm = helm
        self._name = name
        self._namespace = namespace
        self._chart = chart
        self._upgrade_seconds = upgrade_seconds

    @property
    def longest_upgrade_seconds(self) -> float:
        """The time after which an upgrade is killed."""
        return self._upgrade_seconds + _UPGRADE_SLACK_SECONDS

    def read(self) -> ReleaseState:
        """Read the newest revision. Raises ModelctlError or TemporaryError."""
        metadata = self._get("metadata")
        try:
            revision, status = metadata["revision"], metadata["status"]
            chart_name, chart_version = metadata["chart"], metadata["version"]
        except (TypeError, KeyError):
            self._fail_unexpected("metadata")
        # Of the same revision: an upgrade may happen in between.
        values = self._get("values", "--all", "--revision", str(int(revision)))
        if not isinstance(values, dict) or not isinstance(values.get("versions"), list):
            raise ModelctlError(
                f"the values of release '{self._name}' have no list 'versions'; its chart is {chart_name}.",
                "name the release of charts/istio-routing",
            )
        service = values.get("service")
        return ReleaseState(
            revision=int(revision),
            status=str(status),
            chart_name=str(chart_name),
            chart_version=str(chart_version),
            model_namespace=str(values.get("namespaceOverride") or self._namespace),
            service=str(service.get("name") or "") if isinstance(service, dict) else "",
            traffic_management=str(values.get("trafficManagement")),
            versions=tuple(values["versions"]),
        )

    def check_chart(self, state: ReleaseState) -> None:
        """Check that the chart is the release's own, because a step must change nothing but weights."""
        shown = self._helm.run("show", "chart", self._chart, "--version", state.chart_version, timeout=READ_SECONDS)
        found = _chart_fields(shown)
        if found != (state.chart_name, state.chart_version):
            raise ModelctlError(
                f"release '{self._name}' was installed from chart {state.chart_name} {state.chart_version}, but "
                f"{self._chart} is {' '.join(found)}.",
                "set --chart to the chart of the release, or upgrade the release to this chart first",
            )

    def set_weight(self, state: ReleaseState, stable: str, canary: str, weight: int) -> None:
        """Upgrade the release so that `canary` has `weight` and `stable` the rest. Raises ProgramError."""
        versions = with_weight(state.versions, stable, canary, weight)
        self._helm.run(
            "upgrade",
            self._name,
            self._chart,
            "--namespace",
            self._namespace,
            # Selects the version in a registry; ignored for a directory.
            "--version",
            state.chart_version,
            "--reset-then-reuse-values",
            "--values",
            "-",
            "--timeout",
            f"{self._upgrade_seconds:g}s",
            "--description",
            f"modelctl rollout: {canary} {weight} %, {stable} {100 - weight} %",
            timeout=self.longest_upgrade_seconds,
            stdin=json.dumps({"versions": versions}),
            finish=True,
        )

    def pending_remedy(self) -> str:
        """Return the command that ends an interrupted upgrade."""
        history = self._helm.document(
            "history", self._name, "--namespace", self._namespace, "-o", "json", timeout=READ_SECONDS
        )
        good = [
            entry["revision"]
            for entry in (history if isinstance(history, list) else [])
            if isinstance(entry, dict) and entry.get("status") in ("deployed", "superseded") and "revision" in entry
        ]
        revision = f" {max(good)}" if good else ""
        return f"helm rollback {self._name}{revision} --namespace {self._namespace}"

    def _get(self, what: str, *more: str) -> Any:
        try:
            return self._helm.document(
                "get", what, self._name, "--namespace", self._namespace, *more, "-o", "json", timeout=READ_SECONDS
            )
        except ProgramError as error:
            if "release: not found" in error.stderr:
                raise ModelctlError(
                    f"release '{self._name}' not found in namespace '{self._namespace}'.",
                    "list the releases with 'helm list --all-namespaces'",
                ) from error
            raise

    def _fail_unexpected(self, what: str) -> NoReturn:
        raise ModelctlError(f"'helm get {what}' did not print what Helm 4 prints.", "set --helm to Helm 4")


def check_release(state: ReleaseState, stable: str, canary: str) -> None:
    """Check that a rollout may change the weights of this release. Raises ModelctlError."""
    if state.traffic_management != "helm":
        raise ModelctlError(
            f"trafficManagement of the release is '{state.traffic_management}', so Helm does not manage its weights.",
            "use that controller, or set trafficManagement: helm",
        )
    if not state.service:
        raise ModelctlError("service.name of the release is empty, so its pods cannot be found.", "set service.name")
    check_pair(state.versions, stable, canary)


def check_weight(state: ReleaseState, stable: str, canary: str, expected: Sequence[int]) -> int:
    """Return the weight of `canary`. Raises ModelctlError unless it is one of those expected."""
    weight = canary_weight(state.versions, stable, canary)
    if weight is None or weight not in expected:
        wanted = " or ".join(f"{stable}: {100 - one} %, {canary}: {one} %" for one in dict.fromkeys(expected))
        raise ModelctlError(
            f"the weights of revision {state.revision} are {state.shown_weights}. They must be {wanted}, and 0 for "
            "all others; they were not changed.",
            "upgrade the release with these weights and retry; or abandon a rollout that is in progress with "
            "'modelctl rollout abort --keep-weights'",
        )
    return weight


def _chart_fields(chart_yaml: str) -> tuple[str, str]:
    import yaml

    try:
        document = yaml.safe_load(chart_yaml)
        return str(document["name"]), str(document["version"])
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise ModelctlError("'helm show chart' did not print a Chart.yaml.", "set --chart to a chart") from error
