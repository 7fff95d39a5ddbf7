"""The operations on the rollout of one release: start, resume, status and abort."""

import contextlib
import dataclasses
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from model_server.errors import ModelServerError
from modelctl.errors import ModelctlError
from modelctl.progress import Progress
from modelctl.rollout import lease
from modelctl.rollout.analysis import Measurement, VersionMetrics, update_baseline
from modelctl.rollout.clock import SystemClock
from modelctl.rollout.executor import Executor
from modelctl.rollout.machine import Event, RolloutState, transition
from modelctl.rollout.metrics import PrometheusMetrics
from modelctl.rollout.plan import Plan, check_plan
from modelctl.rollout.pods import VersionPods
from modelctl.rollout.ports import Dependencies, MetricsSource, Pods
from modelctl.rollout.process import Program, find_program
from modelctl.rollout.prometheus import Prometheus
from modelctl.rollout.release import HelmRelease, ReleaseState, check_release, check_weight
from modelctl.rollout.store import ConfigMapStore, ConflictError, StoredState

# The window of the stable version's metrics before the first step.
_BASELINE_SECONDS = 600.0


@dataclass(frozen=True)
class LocalSettings:
    """The settings that belong to this machine; none of them is stored in the cluster."""

    helm: str | None = None
    kubectl: str | None = None
    kubeconfig: str | None = None
    kube_context: str | None = None
    helm_timeout_seconds: float = 120.0
    token_file: Path | None = None
    ca_file: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The state of a rollout, and the weights of the release; None if they could not be read."""

    state: RolloutState
    weights: str | None


class Operations:
    """The operations on one release."""

    def __init__(
        self, settings: LocalSettings, release: str, namespace: str, progress: Progress, clock: SystemClock
    ) -> None:
        self._settings = settings
        self._release = release
        self._namespace = namespace
        self._progress = progress
        self._clock = clock
        config = ("--kubeconfig", settings.kubeconfig) if settings.kubeconfig else ()
        context = settings.kube_context
        self._helm = Program(
            "helm", find_program("helm", settings.helm), (*config, *(("--kube-context", context) if context else ()))
        )
        self._kubectl = Program(
            "kubectl",
            find_program("kubectl", settings.kubectl),
            (*config, *(("--context", context) if context else ())),
        )
        self._store = ConfigMapStore(self._kubectl, release, namespace)
        self._holder_identity = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"

    def check(self, plan: Plan) -> tuple[StoredState | None, Dependencies, ReleaseState, Measurement]:
        """Check every precondition of a rollout without changing anything. Raises ModelctlError or TemporaryError."""
        # Errors of the command line come before the first request to the cluster.
        prometheus = self._prometheus(plan)
        previous = self._store.read()
        if previous is not None and not previous.state.ended:
            holder = previous.state.holder_identity
            raise ModelctlError(
                f"a rollout of '{plan.release}' to version '{previous.state.plan.canary}' is in progress."
                + (f" {holder} holds its lease." if holder else ""),
                "continue it with 'modelctl rollout resume', or roll it back with 'modelctl rollout abort'",
            )
        release = self._helm_release(plan)
        found = release.read()
        check_release(found, plan.stable.name, plan.canary.name)
        if not found.deployed:
            raise ModelctlError(
                f"the status of the release is '{found.status}', so its weights may differ from the cluster's.",
                "upgrade the release successfully first",
            )
        check_weight(found, plan.stable.name, plan.canary.name, (0,))
        release.check_chart(found)
        dependencies = self._dependencies(plan, release, found, prometheus)
        pods = dependencies.pods.read()
        if pods.ready == 0:
            raise ModelctlError(
                f"cannot start: version '{plan.canary}' has no ready pod ({pods.total} in total).",
                f"see 'kubectl get pods --namespace {found.model_namespace} --selector version={plan.canary}'",
            )
        measurement = dependencies.metrics.read(_BASELINE_SECONDS)
        for version, metrics in ((plan.canary, measurement.canary), (plan.stable, measurement.stable)):
            if metrics.requests is None:
                raise ModelctlError(
                    f"Prometheus has no model_server_requests_total series for version {version.model_version} of "
                    f"model '{plan.model}' in namespace '{found.model_namespace}' (not even at 0).",
                    "check that its pods are scraped, that --model is the model's name, and that the versions are "
                    "named by their numbers, else add --model-version; a new pod appears after about a minute",
                )
        return previous, dependencies, found, measurement

    def start(self, plan: Plan) -> Outcome:
        """Start a rollout and execute it to its end."""
        previous, dependencies, _, measurement = self.check(plan)
        state = RolloutState(plan, baseline=update_baseline(VersionMetrics(), measurement.stable, plan.limits))
        with self._print_resume_hint():
            try:
                stored = self._store.write(lease.renewed(state, self._holder_identity, dependencies), previous)
            except ConflictError as error:
                raise ModelctlError(
                    "another process has started a rollout of this release at the same time.",
                    "see 'modelctl rollout status'",
                ) from error
            return self._execute(stored, dependencies)

    def resume(self, chart: str | None, prometheus: str | None) -> Outcome:
        """Continue a rollout whose process has ended early."""
        stored = lease.wait_until_expired(self._store, lease.read_active(self._store), self._clock, self._progress)
        plan = _with_local_overrides(stored.state.plan, chart, prometheus)
        stored = _with_plan(stored, plan)
        client, release = self._prometheus(plan), self._helm_release(plan)
        dependencies = self._dependencies(plan, release, release.read(), client)
        with self._print_resume_hint():
            return self._execute(lease.acquire(dependencies, stored, self._holder_identity), dependencies)

    def status(self) -> Outcome:
        """Read the state without changing anything."""
        stored = self._store.read()
        if stored is None:
            raise ModelctlError(
                f"no rollout found: there is no {self._store.description}.",
                "start one with 'modelctl rollout start'",
            )
        return self._outcome(stored.state)

    def abort(self, chart: str | None, keep_weights: bool) -> Outcome:
        """Return all requests to the stable version; or keep the weights, and abandon the plan."""
        stored = lease.read_active(self._store)
        if keep_weights:
            stored = lease.wait_until_expired(self._store, stored, self._clock, self._progress)
            abandoned = transition(stored.state, Event.ABANDON)
            dependencies = self._rollback_dependencies(abandoned.plan)
            return self._outcome(self._store.write(lease.renewed(abandoned, "", dependencies), stored).state)
        with self._print_resume_hint():
            stored = lease.request_abort(self._store, stored, self._clock, self._progress)
            if stored.state.ended:
                return self._outcome(stored.state)
            stored = _with_plan(stored, _with_local_overrides(stored.state.plan, chart, None))
            requested = StoredState(dataclasses.replace(stored.state, abort_requested=True), stored.resource_version)
            dependencies = self._rollback_dependencies(stored.state.plan)
            return self._execute(lease.acquire(dependencies, requested, self._holder_identity), dependencies)

    def _execute(self, stored: StoredState, dependencies: Dependencies) -> Outcome:
        executor = Executor(stored, dependencies, self._holder_identity)
        try:
            return self._outcome(executor.run())
        except (KeyboardInterrupt, SystemExit, ModelServerError):
            executor.release()
            raise

    @contextlib.contextmanager
    def _print_resume_hint(self) -> Iterator[None]:
        try:
            yield
        except (KeyboardInterrupt, SystemExit) as stop:
            self._progress.close()
            sys.stderr.write(
                "modelctl: interrupted; the plan and the weights stay as they are. "
                f"Continue with 'modelctl rollout resume {self._release} --namespace {self._namespace}', "
                "or roll back with 'abort' instead of 'resume'\n"
            )
            raise SystemExit(stop.code if isinstance(stop, SystemExit) else 128 + signal.SIGINT) from None

    def _outcome(self, state: RolloutState) -> Outcome:
        self._progress.close()
        weights = None
        # The state is the answer; a failure to read the weights does not change it.
        with contextlib.suppress(ModelctlError):
            weights = self._helm_release(state.plan).read().shown_weights
        return Outcome(state, weights)

    def _helm_release(self, plan: Plan) -> HelmRelease:
        return HelmRelease(self._helm, plan.release, plan.namespace, plan.chart, self._settings.helm_timeout_seconds)

    def _prometheus(self, plan: Plan) -> Prometheus:
        return Prometheus(
            plan.prometheus,
            allow_http=plan.allow_http,
            token_file=self._settings.token_file,
            ca_file=self._settings.ca_file,
        )

    def _dependencies(
        self, plan: Plan, release: HelmRelease, found: ReleaseState, prometheus: Prometheus
    ) -> Dependencies:
        return self._all_dependencies(
            release,
            VersionPods(self._kubectl, found.model_namespace, found.service, plan.canary.name),
            PrometheusMetrics(prometheus, plan, found.model_namespace),
        )

    def _rollback_dependencies(self, plan: Plan) -> Dependencies:
        return self._all_dependencies(self._helm_release(plan), _NotUsed(), _NotUsed())

    def _all_dependencies(self, release: HelmRelease, pods: Pods, metrics: MetricsSource) -> Dependencies:
        return Dependencies(self._store, release, pods, metrics, self._clock, self._progress)


def _with_plan(stored: StoredState, plan: Plan) -> StoredState:
    return StoredState(dataclasses.replace(stored.state, plan=plan), stored.resource_version)


def _with_local_overrides(plan: Plan, chart: str | None, prometheus: str | None) -> Plan:
    """Return the plan with the chart's folder and the forwarded port of this machine."""
    return check_plan(dataclasses.replace(plan, chart=chart or plan.chart, prometheus=prometheus or plan.prometheus))


class _NotUsed:
    """The pods and metrics of a rollback, which reads neither."""

    def read(self, window_seconds: float = 0.0) -> NoReturn:
        raise AssertionError(f"a rollback reads no pods and no metrics ({window_seconds:g} s)")
