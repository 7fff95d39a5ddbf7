"""Execute a plan: observe, raise the event, store the new state, act. A process may be killed between any two."""

import contextlib
import dataclasses

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.rollout.analysis import Decision, analyze, update_baseline
from modelctl.rollout.lease import ABORT_REASON, released, renewed
from modelctl.rollout.machine import Event, Phase, RolloutState, transition
from modelctl.rollout.ports import Dependencies
from modelctl.rollout.process import ProgramError
from modelctl.rollout.release import ReleaseState, check_release, check_weight
from modelctl.rollout.store import ConflictError, StoredState

# Before an upgrade, a lease that was renewed longer ago is renewed again.
_FRESH_SECONDS = 5.0


class StuckReleaseError(TemporaryError):
    """A Helm process was killed during an upgrade, and the release accepts no other until an operator ends it."""


class Executor:
    """A process that holds the lease, until the rollout ends or it releases the lease."""

    def __init__(self, stored: StoredState, dependencies: Dependencies, holder_identity: str) -> None:
        self._stored = stored
        self._deps = dependencies
        self._holder_identity = holder_identity
        # Start of the step, as this process has seen it: requests from before that are not analyzed.
        self._step_started = self._renewed_at = dependencies.clock.monotonic()
        self._pending_since: float | None = None
        self._initial_restarts: dict[str, int] | None = None
        self._last_problem = ""

    @property
    def state(self) -> RolloutState:
        """The last stored state."""
        return self._stored.state

    def run(self) -> RolloutState:
        """Execute the plan to its end. Raises ModelctlError or TemporaryError; the state is stored then."""
        while not self.state.ended:
            self.advance()
        return self.state

    def advance(self) -> None:
        """Do the work of the current phase once: raise one event, or wait for one interval."""
        match self.state.phase:
            case Phase.SHIFTING:
                self._shift()
            case Phase.ANALYZING:
                self._analyze()
            case Phase.ROLLING_BACK:
                self._roll_back()

    def release(self) -> None:
        """Release the lease, so that another process need not wait until it expires. Best effort."""
        with contextlib.suppress(ModelctlError):
            for _ in range(2):
                try:
                    self._stored = self._deps.store.write(released(self.state), self._stored)
                    return
                except ConflictError:
                    if not self._adopt_own(self._deps.store.read()):
                        return

    def _shift(self) -> None:
        state = self.state
        release = self._healthy_release()
        if release is None:
            return
        if self._weight(release) != state.weight or not release.deployed:
            if not self._renew_before_upgrade():
                return
            try:
                self._set_weight(release, state.weight)
            except ProgramError as error:
                self._fail(Event.UPGRADE_FAILED, f"the upgrade to {state.weight} % failed: {error.cause}")
                return
        self._deps.reporter.step(
            f"step {state.step + 1} of {len(state.plan.steps)}: "
            f"version {state.plan.canary} receives {state.weight} % of the requests"
        )
        self._store(transition(state, Event.WEIGHTS_SET))

    def _analyze(self) -> None:
        state, plan = self.state, self.state.plan
        self._store(state)
        if self.state.phase is not Phase.ANALYZING:
            return
        elapsed = self._elapsed()
        release = self._healthy_release()
        if release is None:
            return
        self._weight(release)
        try:
            measurement = self._deps.metrics.read(elapsed)
        except ModelctlError as error:
            self._wait_for_observation(error)
            return
        self._last_problem = ""
        baseline = update_baseline(state.baseline, measurement.stable, plan.limits)
        result = analyze(measurement, baseline, plan.limits)
        if result.decision is Decision.ROLLBACK:
            self._fail(Event.ANALYSIS_FAILED, result.text)
        elif result.decision is Decision.PROMOTE and elapsed >= plan.timing.min_step_seconds:
            self._deps.reporter.step(f"analysis passed at {state.weight} %: {result.text}")
            event = Event.COMPLETE if plan.is_last(state.step) else Event.PROMOTE
            self._store(transition(dataclasses.replace(state, baseline=baseline), event, result.text))
        elif elapsed >= plan.timing.progress_deadline_seconds:
            self._fail(Event.DEADLINE_EXCEEDED, f"the analysis was inconclusive after {elapsed:.0f} s: {result.text}")
        else:
            self._deps.reporter.waiting(f"{state.weight} % for {elapsed:.0f} s: {result.text}")
            self._sleep()

    def _roll_back(self) -> None:
        state = self.state
        try:
            release = self._settled_release()
            if release is None:
                return
            if self._weight(release) != 0 or not release.deployed:
                if not self._renew_before_upgrade():
                    return
                self._set_weight(release, 0)
        except TemporaryError as error:
            if isinstance(error, StuckReleaseError) or self._deadline_exceeded():
                raise
            self._report_problem(f"cannot restore the weights yet: {error.cause}")
            self._sleep()
            return
        self._deps.reporter.step(f"version {state.plan.stable} receives all requests again")
        self._store(transition(state, Event.STABLE_RESTORED))

    def _fail(self, event: Event, reason: str) -> None:
        self._deps.reporter.step(f"rolling back: {reason}")
        self._store(transition(self.state, event, reason))

    def _healthy_release(self) -> ReleaseState | None:
        """Return the release if the canary is healthy and Helm is idle; else handle that and return None."""
        try:
            problem = self._canary_problem()
            release = self._settled_release()
        except ModelctlError as error:
            self._wait_for_observation(error)
            return None
        if problem:
            self._fail(Event.CANARY_UNHEALTHY, problem)
            return None
        return release

    def _canary_problem(self) -> str:
        """Return the problem of the canary's pods, or an empty string."""
        status = self._deps.pods.read()
        if status.ready == 0:
            return f"the canary has no ready pod ({status.total} in total)"
        if self._initial_restarts is None:
            # Restarts from before this process are not the rollout's.
            self._initial_restarts = status.restarts
        restarts = sum(max(0, count - self._initial_restarts.get(pod, 0)) for pod, count in status.restarts.items())
        limit = self.state.plan.limits.max_restarts
        if restarts > limit:
            return f"the canary's containers restarted {restarts} times, limit {limit}"
        return ""

    def _settled_release(self) -> ReleaseState | None:
        """Return the release unless Helm is changing it: then wait and return None, or raise StuckReleaseError."""
        release = self._deps.release.read()
        now = self._deps.clock.monotonic()
        if not release.pending:
            self._pending_since = None
            return release
        if self._pending_since is None:
            self._pending_since = now
        if now - self._pending_since < self._deps.release.longest_upgrade_seconds:
            self._report_problem(f"the release is {release.status}: waiting for another Helm operation to finish")
            self._sleep()
            return None
        raise StuckReleaseError(
            f"the release has been {release.status} for {now - self._pending_since:.0f} s: a Helm process was probably "
            "killed during an upgrade.",
            f"make sure that no Helm process is running, then run '{self._deps.release.pending_remedy()}', "
            "then 'modelctl rollout resume'",
        )

    def _weight(self, release: ReleaseState) -> int:
        plan = self.state.plan
        check_release(release, plan.stable.name, plan.canary.name)
        return check_weight(release, plan.stable.name, plan.canary.name, self.state.expected_weights)

    def _set_weight(self, release: ReleaseState, weight: int) -> None:
        self._deps.release.set_weight(release, self.state.plan.stable.name, self.state.plan.canary.name, weight)

    def _wait_for_observation(self, error: ModelctlError) -> None:
        """Wait for what cannot be observed, but do not leave a canary unobserved for longer than the deadline."""
        if isinstance(error, StuckReleaseError):
            raise error
        self._report_problem(error.cause)
        if self._deadline_exceeded():
            self._fail(
                Event.DEADLINE_EXCEEDED, f"the analysis was impossible for {self._elapsed():.0f} s: {error.cause}"
            )
        else:
            self._sleep()

    def _report_problem(self, text: str) -> None:
        if text != self._last_problem:
            self._deps.reporter.step(text)
        self._last_problem = text

    def _renew_before_upgrade(self) -> bool:
        """Make sure that the lease covers an upgrade. Returns False if an abort has changed the phase."""
        phase = self.state.phase
        if self._deps.clock.monotonic() - self._renewed_at > _FRESH_SECONDS:
            self._store(self.state)
        return self.state.phase is phase

    def _store(self, state: RolloutState) -> None:
        """Store the state and renew the lease. An abort that was requested in the meantime takes precedence."""
        before = (self.state.phase, self.state.step)
        deadline = self._deps.clock.monotonic() + state.plan.timing.progress_deadline_seconds
        while True:
            try:
                if self._try_to_store(renewed(state, self._holder_identity, self._deps)):
                    break
            except TemporaryError as error:
                if self._deps.clock.monotonic() >= deadline:
                    raise
                self._report_problem(error.cause)
                self._sleep()
            if self.state.abort_requested and state.phase in (Phase.SHIFTING, Phase.ANALYZING, Phase.DONE):
                self._deps.reporter.step(f"rolling back: {ABORT_REASON}")
                # From the stored phase: `state` was never stored.
                state = transition(self.state, Event.ABORT, ABORT_REASON)
        self._renewed_at = self._deps.clock.monotonic()
        if (self.state.phase, self.state.step) != before:
            self._step_started = self._renewed_at

    def _try_to_store(self, state: RolloutState) -> bool:
        """Write once. Returns False if the write must be repeated on top of what was read as `self.state`."""
        try:
            self._stored = self._deps.store.write(state, self._stored)
            return True
        except ConflictError as error:
            found = self._deps.store.read()
            if found is not None and dataclasses.replace(found.state, renew_time=state.renew_time) == state:
                # An earlier attempt was stored, and only its response was lost.
                self._stored = found
                return True
            if not self._adopt_own(found):
                raise ModelctlError(
                    f"this process no longer holds the lease on the rollout: {error.cause}",
                    "see 'modelctl rollout status'",
                ) from error
            return False

    def _adopt_own(self, found: StoredState | None) -> bool:
        """Continue from `found`. Returns False if another process holds the lease."""
        if found is None or found.state.holder_identity != self._holder_identity:
            return False
        self._stored = found
        return True

    def _elapsed(self) -> float:
        return self._deps.clock.monotonic() - self._step_started

    def _deadline_exceeded(self) -> bool:
        return self._elapsed() >= self.state.plan.timing.progress_deadline_seconds

    def _sleep(self) -> None:
        self._deps.clock.sleep(self.state.plan.timing.interval_seconds)
