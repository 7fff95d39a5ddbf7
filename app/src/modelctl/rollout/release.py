"""The Helm release of charts/istio-routing: what it says, and new weights for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from modelctl.errors import ModelctlError
from modelctl.rollout.process import Program, ProgramError
from modelctl.rollout.weights import canary_weight, check_pair, describe, moved, weights_of

LOOK_SECONDS = 60.0
# Helm's own timeout is for each operation on the cluster, of which an upgrade has several.
_UPGRADE_SLACK_SECONDS = 60.0


@dataclass(frozen=True)
class ReleaseState:
    """A release at one revision."""

    revision: int
    status: str
    chart_name: str
    chart_version: str
    # Where the model's Service and pods are.
    model_namespace: str
    service: str
    traffic_management: str
    versions: tuple[Mapping[str, Any], ...]

    @property
    def deployed(self) -> bool:
        """Whether the cluster is as these values say."""
        return self.status == "deployed"

    @property
    def pending(self) -> bool:
        """Whether Helm is at work on it, or was killed while it was."""
        return self.status.startswith("pending")

    @property
    def shown_weights(self) -> str:
        """Weights for people. Those of an upgrade that has not ended may not be the cluster's."""
        shown = describe(weights_of(self.versions))
        return shown if self.deployed else f"{shown} (the release is {self.status})"


class HelmRelease:
    """A release by the program Helm. Values go to it by its standard input."""

    def __init__(self, helm: Program, name: str, namespace: str, chart: str, upgrade_seconds: float) -> None:
        self._helm = helm
        self._name = name
        self._namespace = namespace
        self._chart = chart
        self._upgrade_seconds = upgrade_seconds

    @property
    def longest_upgrade_seconds(self) -> float:
        """After this an upgrade is broken off."""
        return self._upgrade_seconds + _UPGRADE_SLACK_SECONDS

    def read(self) -> ReleaseState:
        """What the newest revision says. Raises ModelctlError or TemporaryError."""
        metadata = self._get("metadata")
        try:
            revision, status = metadata["revision"], metadata["status"]
            chart_name, chart_version = metadata["chart"], metadata["version"]
        except (TypeError, KeyError):
            self._not_understood("metadata")
        # Of that revision: another upgrade may come in between.
        values = self._get("values", "--all", "--revision", str(int(revision)))
        if not isinstance(values, dict) or not isinstance(values.get("versions"), list):
            raise ModelctlError(
                f"release '{self._name}' has no list 'versions' in its values; its chart is {chart_name}.",
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
        """The chart must be the one that the release was made from: a step changes weights, nothing else."""
        shown = self._helm.run("show", "chart", self._chart, "--version", state.chart_version, timeout=LOOK_SECONDS)
        found = _chart_fields(shown)
        if found != (state.chart_name, state.chart_version):
            raise ModelctlError(
                f"release '{self._name}' is of the chart {state.chart_name} {state.chart_version}, "
                f"{self._chart} is {' '.join(found)}.",
                "name the chart of the release with --chart, or upgrade the release to this one first",
            )

    def set_weight(self, state: ReleaseState, source: str, target: str, weight: int) -> None:
        """Upgrade the release so that `target` has `weight` and `source` the rest. Raises ProgramError."""
        versions = moved(state.versions, source, target, weight)
        self._helm.run(
            "upgrade",
            self._name,
            self._chart,
            "--namespace",
            self._namespace,
            # For a chart that is in a registry; a folder is what it is.
            "--version",
            state.chart_version,
            "--reset-then-reuse-values",
            "--values",
            "-",
            "--timeout",
            f"{self._upgrade_seconds:g}s",
            "--description",
            f"modelctl rollout: {target} {weight} %, {source} {100 - weight} %",
            timeout=self.longest_upgrade_seconds,
            given=json.dumps({"versions": versions}),
            finish=True,
        )

    def way_out_of_pending(self) -> str:
        """The command that ends an upgrade which nobody goes on with."""
        history = self._helm.document(
            "history", self._name, "--namespace", self._namespace, "-o", "json", timeout=LOOK_SECONDS
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
                "get", what, self._name, "--namespace", self._namespace, *more, "-o", "json", timeout=LOOK_SECONDS
            )
        except ProgramError as error:
            if "release: not found" in error.said:
                raise ModelctlError(
                    f"there is no release '{self._name}' in namespace '{self._namespace}'.",
                    "see 'helm list --all-namespaces'",
                ) from error
            raise

    def _not_understood(self, what: str) -> NoReturn:
        raise ModelctlError(f"'helm get {what}' gives something else than Helm 4 would.", "name Helm 4 with --helm")


def check_release(state: ReleaseState, source: str, target: str) -> None:
    """Whether a rollout may move the weights of this release at all. Raises ModelctlError."""
    if state.traffic_management != "helm":
        raise ModelctlError(
            f"trafficManagement of the release is '{state.traffic_management}', so its weights are not Helm's.",
            "let that controller roll out, or set trafficManagement: helm",
        )
    if not state.service:
        raise ModelctlError("the release has no service.name, so its pods cannot be found.", "set service.name")
    check_pair(state.versions, source, target)


def check_weight(state: ReleaseState, source: str, target: str, expected: Sequence[int]) -> int:
    """Weight of `target`, which must be one of those expected. Else raises ModelctlError, and changes nothing."""
    weight = canary_weight(state.versions, source, target)
    if weight is None or weight not in expected:
        wanted = " or ".join(f"{source}: {100 - one} %, {target}: {one} %" for one in dict.fromkeys(expected))
        raise ModelctlError(
            f"the weights of revision {state.revision} are {state.shown_weights}. They have to be {wanted}, and 0 for "
            "all others; they stay as they are.",
            "set them so by an upgrade of the release, and call again; a plan that is under way is given up with "
            "'modelctl rollout abort --keep-weights'",
        )
    return weight


def _chart_fields(chart_yaml: str) -> tuple[str, str]:
    import yaml

    try:
        document = yaml.safe_load(chart_yaml)
        return str(document["name"]), str(document["version"])
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise ModelctlError("'helm show chart' gives no Chart.yaml.", "name a chart with --chart") from error
