"""What the subcommands do, from a plan and the tools to the state that it ends in."""

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

from model_server.errors import ModelServerError
from modelctl.errors import ModelctlError
from modelctl.progress import Progress
from modelctl.rollout import takeover
from modelctl.rollout.analysis import Reading, VersionFigures, reference_of
from modelctl.rollout.clock import Clock
from modelctl.rollout.figures import PrometheusFigures
from modelctl.rollout.plan import Plan, check_plan
from modelctl.rollout.pods import PodsSeen, VersionPods
from modelctl.rollout.process import Program, find_program
from modelctl.rollout.prometheus import Prometheus
from modelctl.rollout.release import HelmRelease, ReleaseState, check_release, check_weight
from modelctl.rollout.run import Run, signed
from modelctl.rollout.state import State
from modelctl.rollout.store import ConfigMapStore, ConflictError, Held
from modelctl.rollout.world import Figures, Pods, World

# How far back the stable version's figures are looked for before the first step.
_BASELINE_SECONDS = 600.0


@dataclass(frozen=True)
class Tools:
    """What a command needs on this machine; none of it is kept in the cluster."""

    helm: str | None = None
    kubectl: str | None = None
    kubeconfig: str | None = None
    kube_context: str | None = None
    helm_timeout_seconds: float = 120.0
    token_file: Path | None = None
    ca_file: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How far a rollout is, and the weights of the release where they could be read."""

    state: State
    weights: str | None


def _with_plan(held: Held, plan: Plan) -> Held:
    return Held(dataclasses.replace(held.state, plan=plan), held.resource_version)


def _elsewhere(plan: Plan, chart: str | None, prometheus: str | None) -> Plan:
    """The plan as another machine has to carry it out, where a folder or a forwarded port is another."""
    return check_plan(dataclasses.replace(plan, chart=chart or plan.chart, prometheus=prometheus or plan.prometheus))


class Commands:
    """The subcommands for one release."""

    def __init__(self, tools: Tools, release: str, namespace: str, progress: Progress, time: Clock) -> None:
        self._tools = tools
        self._release = release
        self._namespace = namespace
        self._progress = progress
        self._time = time
        config = ("--kubeconfig", tools.kubeconfig) if tools.kubeconfig else ()
        context = tools.kube_context
        self._helm = Program(
            "helm", find_program("helm", tools.helm), (*config, *(("--kube-context", context) if context else ()))
        )
        self._kubectl = Program(
            "kubectl", find_program("kubectl", tools.kubectl), (*config, *(("--context", context) if context else ()))
        )
        self._store = ConfigMapStore(self._kubectl, release, namespace)
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"

    def check(self, plan: Plan) -> tuple[Held | None, World, ReleaseState, Reading]:
        """All that has to be so before weights are moved; changes nothing. Raises ModelctlError or TemporaryError."""
        # What is wrong with the call is said before the cluster is asked.
        prometheus = self._prometheus(plan)
        earlier = self._store.read()
        if earlier is not None and not earlier.state.ended:
            held_by = f" {earlier.state.holder} holds it." if earlier.state.holder else ""
            raise ModelctlError(
                f"a rollout of '{plan.release}' to version '{earlier.state.plan.target}' is under way.{held_by}",
                "go on with 'modelctl rollout resume', or go back with 'modelctl rollout abort'",
            )
        release = self._helm_release(plan)
        found = release.read()
        check_release(found, plan.source.name, plan.target.name)
        if not found.deployed:
            raise ModelctlError(
                f"the release is {found.status}, so it is not known what the cluster has.", "upgrade it once by hand"
            )
        check_weight(found, plan.source.name, plan.target.name, (0,))
        release.check_chart(found)
        world = self._world(plan, release, found, prometheus)
        seen = world.pods.look()
        if seen.ready == 0:
            raise ModelctlError(
                f"version '{plan.target}' has no ready pod ({seen.total} in all), so nothing is begun.",
                f"see 'kubectl get pods --namespace {found.model_namespace} --selector version={plan.target}'",
            )
        reading = world.figures.read(_BASELINE_SECONDS)
        for version, figures in ((plan.target, reading.canary), (plan.source, reading.stable)):
            if figures.requests is None:
                raise ModelctlError(
                    f"Prometheus knows no requests of version {version.model_version} of model '{plan.model}' "
                    f"in namespace '{found.model_namespace}', not even none.",
                    "see that its pods are scraped, that --model is the model's name, and that the names of versions "
                    "are its numbers, or give --model-version; a pod that has just begun is known a minute later",
                )
        return earlier, world, found, reading

    def start(self, plan: Plan) -> Outcome:
        """Begin a rollout and carry it to its end."""
        earlier, world, _, reading = self.check(plan)
        state = State(plan, reference=reference_of(reading.stable, VersionFigures(), plan.limits))
        with self._told_how_to_go_on():
            try:
                held = self._store.write(signed(state, self._holder, world), earlier)
            except ConflictError as error:
                raise ModelctlError(
                    "somebody else has begun a rollout of this release.", "see 'modelctl rollout status'"
                ) from error
            return self._carry_out(held, world)

    def resume(self, chart: str | None, prometheus: str | None) -> Outcome:
        """Go on with a plan whose run has ended early."""
        held = takeover.released(self._store, takeover.unfinished(self._store), self._time, self._progress)
        plan = _elsewhere(held.state.plan, chart, prometheus)
        held = _with_plan(held, plan)
        asked, release = self._prometheus(plan), self._helm_release(plan)
        world = self._world(plan, release, release.read(), asked)
        with self._told_how_to_go_on():
            return self._carry_out(takeover.taken(world, held, self._holder), world)

    def status(self) -> Outcome:
        """How far it is; changes nothing."""
        held = self._store.read()
        if held is None:
            raise ModelctlError(
                f"there is no rollout: no {self._store.shown}.", "begin one with 'modelctl rollout start'"
            )
        return self._outcome(held.state)

    def abort(self, chart: str | None, keep_weights: bool) -> Outcome:
        """Give all requests back to the stable version; or leave the weights, and forget the plan."""
        held = takeover.unfinished(self._store)
        if keep_weights:
            held = takeover.released(self._store, held, self._time, self._progress)
            forgotten = held.state.forgotten()
            world = self._world_to_return(forgotten.plan)
            return self._outcome(self._store.write(signed(forgotten, "", world), held).state)
        with self._told_how_to_go_on():
            held = takeover.aborted(self._store, held, self._time, self._progress)
            if held.state.ended:
                return self._outcome(held.state)
            held = _with_plan(held, _elsewhere(held.state.plan, chart, None))
            asked = Held(dataclasses.replace(held.state, abort_asked=True), held.resource_version)
            world = self._world_to_return(held.state.plan)
            return self._carry_out(takeover.taken(world, asked, self._holder), world)

    def _carry_out(self, held: Held, world: World) -> Outcome:
        run = Run(held, world, self._holder)
        try:
            return self._outcome(run.finish())
        except (KeyboardInterrupt, SystemExit, ModelServerError):
            run.let_go()
            raise

    @contextlib.contextmanager
    def _told_how_to_go_on(self) -> Iterator[None]:
        try:
            yield
        except (KeyboardInterrupt, SystemExit) as stop:
            self._progress.close()
            sys.stderr.write(
                "modelctl: stopped; the plan and the weights stay as they are. "
                f"Go on with 'modelctl rollout resume {self._release} --namespace {self._namespace}', "
                "or go back with 'abort' in the place of 'resume'\n"
            )
            raise SystemExit(stop.code if isinstance(stop, SystemExit) else 128 + signal.SIGINT) from None

    def _outcome(self, state: State) -> Outcome:
        self._progress.close()
        weights = None
        # What the state says is the answer; the weights are a courtesy.
        with contextlib.suppress(ModelctlError):
            weights = self._helm_release(state.plan).read().shown_weights
        return Outcome(state, weights)

    def _helm_release(self, plan: Plan) -> HelmRelease:
        return HelmRelease(self._helm, plan.release, plan.namespace, plan.chart, self._tools.helm_timeout_seconds)

    def _prometheus(self, plan: Plan) -> Prometheus:
        return Prometheus(
            plan.prometheus,
            allow_http=plan.allow_http,
            token_file=self._tools.token_file,
            ca_file=self._tools.ca_file,
        )

    def _world(self, plan: Plan, release: HelmRelease, found: ReleaseState, prometheus: Prometheus) -> World:
        return self._world_of(
            release,
            VersionPods(self._kubectl, found.model_namespace, found.service, plan.target.name),
            PrometheusFigures(prometheus, plan, found.model_namespace),
        )

    def _world_to_return(self, plan: Plan) -> World:
        return self._world_of(self._helm_release(plan), _Unasked(), _Unasked())

    def _world_of(self, release: HelmRelease, pods: Pods, figures: Figures) -> World:
        return World(self._store, release, pods, figures, self._time, self._progress)


class _Unasked:
    """In the place of what the way back needs nothing of."""

    def look(self) -> PodsSeen:
        """Not asked."""
        raise AssertionError("a run that goes back looks at no pods")

    def read(self, window_seconds: float) -> Reading:
        """Not asked."""
        raise AssertionError(f"a run that goes back judges nothing, and no {window_seconds} s")
