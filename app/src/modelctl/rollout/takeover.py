"""Whose a plan is: a run that lives keeps it, one that was killed loses it, and anybody may ask for an abort."""

import dataclasses

from modelctl.errors import ModelctlError
from modelctl.rollout.run import ABORTED, signed
from modelctl.rollout.state import EXIT_ROLLED_BACK, Phase, State
from modelctl.rollout.store import ConflictError, Held
from modelctl.rollout.world import Store, Teller, Time, World

# By so much two machines' clocks may differ.
_SKEW_SECONDS = 300.0
_LONGEST_HOLD_SECONDS = 3600.0
_LOOK_SECONDS = 5.0
_TRIES = 5


def unfinished(store: Store) -> Held:
    """The plan that is under way. Raises ModelctlError if there is none."""
    held = store.read()
    if held is None:
        raise ModelctlError(f"there is no rollout: no {store.shown}.", "begin one with 'modelctl rollout start'")
    if held.state.ended:
        raise ModelctlError(
            f"the rollout has ended: {held.state.phase}. {held.state.reason}".rstrip(),
            "begin another one with 'modelctl rollout start'",
        )
    return held


def released(store: Store, held: Held, time: Time, teller: Teller) -> Held:
    """Wait until it is certain that nobody holds the plan. Raises ModelctlError if somebody does."""
    state = held.state
    if not state.holder or time.wall() - state.renewed_at > _hold(state) + _SKEW_SECONDS:
        return held
    teller.step(f"watching for up to {_hold(state):.0f} s whether {state.holder} still lives")
    deadline = time.monotonic() + _hold(state)
    while time.monotonic() < deadline:
        time.pause(min(_LOOK_SECONDS, _hold(state)))
        found = unfinished(store)
        if not found.state.holder:
            return found
        if found.resource_version != held.resource_version:
            raise ModelctlError(
                f"{found.state.holder} holds this plan, and is at work.",
                "leave it to that run, or end it with 'modelctl rollout abort'",
            )
    return held


def aborted(store: Store, held: Held, time: Time, teller: Teller) -> Held:
    """Ask whoever holds the plan to go back; gives what there is when that has ended, or when nobody holds it."""
    if not held.state.holder:
        return held
    held = _ask_for_abort(store, held)
    teller.step(f"{held.state.holder} is asked to go back")
    changed_at = time.monotonic()
    while held.state.holder and not held.state.ended:
        if time.monotonic() - changed_at >= _hold(held.state):
            teller.step(f"{held.state.holder} does not answer")
            return held
        time.pause(min(_LOOK_SECONDS, _hold(held.state)))
        found = store.read()
        if found is None:
            raise ModelctlError(f"the {store.shown} was removed meanwhile.", "see the weights with 'helm get values'")
        if found.resource_version != held.resource_version:
            held, changed_at = found, time.monotonic()
    return held


def taken(world: World, held: Held, holder: str) -> Held:
    """Make the plan one's own, on its way back if that was asked for. Raises ConflictError if somebody was faster."""
    state = held.state
    if state.abort_asked and state.phase is not Phase.RETURNING:
        state = state.returning(ABORTED, EXIT_ROLLED_BACK)
    return world.store.write(signed(state, holder, world), held)


def _ask_for_abort(store: Store, held: Held) -> Held:
    for _ in range(_TRIES):
        try:
            return store.write(dataclasses.replace(held.state, abort_asked=True), held)
        except ConflictError:
            # The run writes often.
            held = unfinished(store)
    raise ModelctlError("the plan is written so often that no abort could be asked for.", "call again")


def _hold(state: State) -> float:
    return min(max(state.hold_seconds, 1.0), _LONGEST_HOLD_SECONDS)
