"""Carries a plan out. Every change of weights is announced in the state first, so that a run may end at any point."""

import contextlib
import dataclasses

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.rollout.analysis import Decision, judge, reference_of
from modelctl.rollout.process import ProgramError
from modelctl.rollout.release import ReleaseState, check_release, check_weight
from modelctl.rollout.state import EXIT_NO_TRAFFIC, EXIT_ROLLED_BACK, Phase, State
from modelctl.rollout.store import ConflictError, Held
from modelctl.rollout.world import World

ABORTED = "abort was asked for"
# A run that judges writes at every look. That it is taken for dead too early does no harm: it finds that out by its
# next writing, which comes before any change of weights.
_LEAST_HOLD_SECONDS = 30.0
# What comes between a writing and the upgrade that it announces.
_BEFORE_UPGRADE_SECONDS = 30.0
# A writing that is older is repeated before an upgrade.
_FRESH_SECONDS = 5.0


class Run:
    """One process that holds the plan, until it ends or lets go."""

    def __init__(self, held: Held, world: World, holder: str) -> None:
        self._held = held
        self._world = world
        self._holder = holder
        self._begun = self._written_at = world.time.monotonic()
        self._pending_since: float | None = None
        self._restarts: dict[str, int] | None = None
        self._last_trouble = ""

    @property
    def state(self) -> State:
        """How far it is."""
        return self._held.state

    def finish(self) -> State:
        """Go on until the plan has come to an end. Raises ModelctlError or TemporaryError; the state stays then."""
        while not self.state.ended:
            self.advance()
        return self.state

    def advance(self) -> None:
        """Take the next step, small or large."""
        match self.state.phase:
            case Phase.MOVING:
                self._move()
            case Phase.JUDGING:
                self._judge()
            case Phase.RETURNING:
                self._return()

    def let_go(self) -> None:
        """Leave the plan to whoever goes on with it, as far as that can be said now."""
        with contextlib.suppress(ModelctlError):
            for _ in range(2):
                left = dataclasses.replace(self.state, holder="", hold_seconds=0.0)
                try:
                    self._held = self._world.store.write(left, self._held)
                    return
                except ConflictError:
                    if not self._adopt_own(self._world.store.read()):
                        return

    def _move(self) -> None:
        state = self.state
        release = self._looked()
        if release is None:
            return
        if self._weight(release) != state.weight or not release.deployed:
            if not self._fence():
                return
            try:
                self._set_weight(release, state.weight)
            except ProgramError as error:
                self._turn_back(f"the upgrade to {state.weight} % failed: {error.cause}", EXIT_ROLLED_BACK)
                return
        self._world.teller.step(f"{state.plan.target} has {state.weight} %, {self._place()}")
        self._write(state.judging())

    def _judge(self) -> None:
        state, plan = self.state, self.state.plan
        self._write(state)
        if self.state.phase is not Phase.JUDGING:
            return
        elapsed = self._elapsed()
        release = self._looked()
        if release is None:
            return
        self._weight(release)
        try:
            reading = self._world.figures.read(elapsed)
        except ModelctlError as error:
            self._cannot_look(error)
            return
        self._last_trouble = ""
        reference = reference_of(reading.stable, state.reference, plan.limits)
        verdict = judge(reading, reference, plan.limits)
        if verdict.decision is Decision.BACK:
            self._turn_back(verdict.text, EXIT_ROLLED_BACK)
        elif verdict.decision is Decision.FORWARD and elapsed >= plan.pace.min_step_seconds:
            self._world.teller.step(f"good at {state.weight} %: {verdict.text}")
            judged = dataclasses.replace(state, reference=reference, reason=verdict.text)
            self._write(judged.end(Phase.DONE) if plan.is_last(state.step) else judged.moving(state.step + 1))
        elif elapsed >= plan.pace.patience_seconds:
            self._turn_back(f"nothing to judge by within {elapsed:.0f} s: {verdict.text}", EXIT_NO_TRAFFIC)
        else:
            self._world.teller.waiting(f"{state.weight} % since {elapsed:.0f} s: {verdict.text}")
            self._pause()

    def _return(self) -> None:
        state = self.state
        try:
            release = self._settled()
            if release is None:
                return
            if self._weight(release) != 0 or not release.deployed:
                if not self._fence():
                    return
                self._set_weight(release, 0)
        except TemporaryError as error:
            if isinstance(error, StuckReleaseError) or self._elapsed() >= state.plan.pace.patience_seconds:
                raise
            self._trouble(f"the weights could not be set back yet: {error.cause}")
            self._pause()
            return
        self._world.teller.step(f"all requests go to {state.plan.source} again")
        self._write(state.end(Phase.ROLLED_BACK))

    def _turn_back(self, reason: str, exit_code: int) -> None:
        self._world.teller.step(f"back: {reason}")
        self._write(self.state.returning(reason, exit_code))

    def _looked(self) -> ReleaseState | None:
        """The release, where the canary is up and Helm is not at work; else None, and what follows from it is done."""
        try:
            down = self._canary_down()
            release = self._settled()
        except ModelctlError as error:
            self._cannot_look(error)
            return None
        if down:
            self._turn_back(down, EXIT_ROLLED_BACK)
            return None
        return release

    def _canary_down(self) -> str:
        """What is wrong with the canary's pods; empty if nothing is."""
        seen = self._world.pods.look()
        if seen.ready == 0:
            return f"the canary has no ready pod ({seen.total} in all)"
        if self._restarts is None:
            # Of what was before this process nothing is known.
            self._restarts = seen.restarts
        restarted = sum(max(0, count - self._restarts.get(pod, 0)) for pod, count in seen.restarts.items())
        if restarted > self.state.plan.limits.max_restarts:
            return f"the canary's containers have restarted {restarted} times"
        return ""

    def _settled(self) -> ReleaseState | None:
        """The release, unless Helm is at work on it; then None, after a while, or TemporaryError after a long one."""
        release = self._world.release.read()
        now = self._world.time.monotonic()
        if not release.pending:
            self._pending_since = None
            return release
        if self._pending_since is None:
            self._pending_since = now
        if now - self._pending_since < self._world.release.longest_upgrade_seconds:
            self._trouble(f"the release is {release.status}: another helm is at work on it")
            self._pause()
            return None
        raise StuckReleaseError(
            f"the release is {release.status} for {now - self._pending_since:.0f} s: a helm was killed at work on it.",
            f"make sure that none runs any more, then call '{self._world.release.way_out_of_pending()}', "
            "then 'modelctl rollout resume'",
        )

    def _weight(self, release: ReleaseState) -> int:
        plan = self.state.plan
        check_release(release, plan.source.name, plan.target.name)
        return check_weight(release, plan.source.name, plan.target.name, self.state.expected_weights)

    def _set_weight(self, release: ReleaseState, weight: int) -> None:
        self._world.release.set_weight(release, self.state.plan.source.name, self.state.plan.target.name, weight)

    def _cannot_look(self, error: ModelctlError) -> None:
        """Wait for what is away, but never leave a canary alone for longer than patience: go back then."""
        if isinstance(error, StuckReleaseError):
            raise error
        self._trouble(error.cause)
        if self._elapsed() >= self.state.plan.pace.patience_seconds:
            self._turn_back(f"for {self._elapsed():.0f} s it could not be judged: {error.cause}", EXIT_NO_TRAFFIC)
        else:
            self._pause()

    def _trouble(self, text: str) -> None:
        if text != self._last_trouble:
            self._world.teller.step(text)
        self._last_trouble = text

    def _fence(self) -> bool:
        """Make sure that the plan is still this run's, and is so for the time of an upgrade."""
        phase = self.state.phase
        if self._world.time.monotonic() - self._written_at > _FRESH_SECONDS:
            self._write(self.state)
        return self.state.phase is phase

    def _write(self, state: State) -> None:
        """Write what is true from now on. If an abort was asked for in between, that is true instead."""
        before = (self.state.phase, self.state.step)
        deadline = self._world.time.monotonic() + state.plan.pace.patience_seconds
        while True:
            try:
                if self._written(signed(state, self._holder, self._world)):
                    break
            except TemporaryError as error:
                if self._world.time.monotonic() >= deadline:
                    raise
                self._trouble(error.cause)
                self._pause()
            if self.state.abort_asked and state.phase in (Phase.MOVING, Phase.JUDGING, Phase.DONE):
                self._world.teller.step(f"back: {ABORTED}")
                state = state.returning(ABORTED, EXIT_ROLLED_BACK)
        self._written_at = self._world.time.monotonic()
        if (self.state.phase, self.state.step) != before:
            self._begun = self._written_at

    def _written(self, state: State) -> bool:
        """Try to write. False if it has to be done again, with what was read as `self.state`."""
        try:
            self._held = self._world.store.write(state, self._held)
            return True
        except ConflictError as error:
            found = self._world.store.read()
            if found is not None and dataclasses.replace(found.state, renewed_at=state.renewed_at) == state:
                # It was written before, and only the answer was lost.
                self._held = found
                return True
            if not self._adopt_own(found):
                raise ModelctlError(
                    f"this run does not hold the plan any more: {error.cause}", "see 'modelctl rollout status'"
                ) from error
            return False

    def _adopt_own(self, found: Held | None) -> bool:
        """Go on from what is there. False if that is another run's."""
        if found is None or found.state.holder != self._holder:
            return False
        self._held = found
        return True

    def _place(self) -> str:
        return f"step {self.state.step + 1} of {len(self.state.plan.steps)}"

    def _elapsed(self) -> float:
        return self._world.time.monotonic() - self._begun

    def _pause(self) -> None:
        self._world.time.pause(self.state.plan.pace.interval_seconds)


def signed(state: State, holder: str, world: World) -> State:
    """The state as its holder writes it: who that is, and for how long nobody else may take it."""
    if state.ended:
        holder, hold = "", 0.0
    elif state.phase is Phase.JUDGING:
        hold = max(_LEAST_HOLD_SECONDS, 3 * state.plan.pace.interval_seconds)
    else:
        hold = world.release.longest_upgrade_seconds + _BEFORE_UPGRADE_SECONDS
    return dataclasses.replace(state, holder=holder, hold_seconds=hold, renewed_at=world.time.wall(), abort_asked=False)


class StuckReleaseError(TemporaryError):
    """Helm was killed at work on the release, and no upgrade goes before somebody has ended that."""
