"""The lease on a rollout: one process renews it, another acquires it once it has expired.

The words are those of the coordination.k8s.io Lease; the fields are part of the stored state, so that a single write
renews the lease and announces the next action. The API server's resourceVersion fences: a process that has lost the
lease without noticing fails at its next write, which comes before any change of weights.
"""

import dataclasses

from modelctl.errors import ModelctlError
from modelctl.rollout.machine import Event, Phase, RolloutState, transition
from modelctl.rollout.ports import Clock, Dependencies, Reporter, Store
from modelctl.rollout.store import ConflictError, StoredState

ABORT_REASON = "an abort was requested"

# The analysis renews the lease at every check. A lease that expires too early does no harm: see above.
_MIN_DURATION_SECONDS = 30.0
# The time between a write and the upgrade that it announces.
_BEFORE_UPGRADE_SECONDS = 30.0
# The assumed limit of the difference between two machines' clocks.
_MAX_CLOCK_SKEW_SECONDS = 300.0
# A stored duration is not trusted beyond these bounds.
_MAX_DURATION_SECONDS = 3600.0
_POLL_SECONDS = 5.0
_ABORT_ATTEMPTS = 5


def renewed(state: RolloutState, holder_identity: str, dependencies: Dependencies) -> RolloutState:
    """Return the state with a lease of `holder_identity` that begins now; without a lease if the rollout has ended."""
    if state.ended:
        holder_identity, duration = "", 0.0
    elif state.phase is Phase.ANALYZING:
        duration = max(_MIN_DURATION_SECONDS, 3 * state.plan.timing.interval_seconds)
    else:
        duration = dependencies.release.longest_upgrade_seconds + _BEFORE_UPGRADE_SECONDS
    return dataclasses.replace(
        state,
        holder_identity=holder_identity,
        lease_duration_seconds=duration,
        renew_time=dependencies.clock.wall(),
        abort_requested=False,
    )


def released(state: RolloutState) -> RolloutState:
    """Return the state without a lease."""
    return dataclasses.replace(state, holder_identity="", lease_duration_seconds=0.0)


def acquire(dependencies: Dependencies, stored: StoredState, holder_identity: str) -> StoredState:
    """Acquire the lease, and carry out a requested abort with the same write.

    Raises ConflictError if another process has written since `stored` was read.
    """
    state = stored.state
    if state.abort_requested and state.phase is not Phase.ROLLING_BACK:
        state = transition(state, Event.ABORT, ABORT_REASON)
    return dependencies.store.write(renewed(state, holder_identity, dependencies), stored)


def read_active(store: Store) -> StoredState:
    """Return the state of the active rollout. Raises ModelctlError if there is none."""
    stored = store.read()
    if stored is None:
        raise ModelctlError(
            f"no rollout found: there is no {store.description}.", "start one with 'modelctl rollout start'"
        )
    if stored.state.ended:
        raise ModelctlError(
            f"the rollout has already ended: {stored.state.phase}. {stored.state.reason}".rstrip(),
            "start another one with 'modelctl rollout start'",
        )
    return stored


def wait_until_expired(store: Store, stored: StoredState, clock: Clock, reporter: Reporter) -> StoredState:
    """Wait until the lease has certainly expired or was released. Raises ModelctlError if its holder renews it."""
    state = stored.state
    duration = _duration(state)
    if not state.holder_identity or clock.wall() - state.renew_time > duration + _MAX_CLOCK_SKEW_SECONDS:
        return stored
    reporter.step(f"waiting up to {duration:.0f} s for the lease of {state.holder_identity} to expire")
    deadline = clock.monotonic() + duration
    while clock.monotonic() < deadline:
        clock.sleep(min(_POLL_SECONDS, duration))
        found = read_active(store)
        if not found.state.holder_identity:
            return found
        if found.resource_version != stored.resource_version:
            raise ModelctlError(
                f"{found.state.holder_identity} holds the lease on this rollout and keeps renewing it.",
                "let that process finish, or stop the rollout with 'modelctl rollout abort'",
            )
    return stored


def request_abort(store: Store, stored: StoredState, clock: Clock, reporter: Reporter) -> StoredState:
    """Request an abort from the holder of the lease and wait for it.

    Returns the state once the rollout has ended, the lease was released, or its holder has stopped renewing it.
    """
    if not stored.state.holder_identity:
        return stored
    stored = _record_abort(store, stored)
    reporter.step(f"requested an abort from {stored.state.holder_identity}")
    changed_at = clock.monotonic()
    while stored.state.holder_identity and not stored.state.ended:
        if clock.monotonic() - changed_at >= _duration(stored.state):
            reporter.step(f"the lease of {stored.state.holder_identity} has expired")
            return stored
        clock.sleep(min(_POLL_SECONDS, _duration(stored.state)))
        found = store.read()
        if found is None:
            raise ModelctlError(
                f"the {store.description} was deleted during the abort.", "check the weights with 'helm get values'"
            )
        if found.resource_version != stored.resource_version:
            stored, changed_at = found, clock.monotonic()
    return stored


def _record_abort(store: Store, stored: StoredState) -> StoredState:
    for _ in range(_ABORT_ATTEMPTS):
        try:
            return store.write(dataclasses.replace(stored.state, abort_requested=True), stored)
        except ConflictError:
            # The holder has renewed its lease in between.
            stored = read_active(store)
    raise ModelctlError("cannot record the abort: the state kept changing.", "retry")


def _duration(state: RolloutState) -> float:
    return min(max(state.lease_duration_seconds, 1.0), _MAX_DURATION_SECONDS)
