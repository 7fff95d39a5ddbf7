"""The plan of a rollout: two versions, steps of weights, limits, and timing. Pure."""

import itertools
import re
from dataclasses import dataclass, field

from model_server.repository.names import MODEL_NAME_RULE, is_model_name
from modelctl.errors import ModelctlError

DEFAULT_STEPS = (10, 25, 50, 100)

_DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
# Helm's own rule: the names of objects contain the name of the release.
_RELEASE = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,51}[a-z0-9])?")
_VERSION_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?")
_MODEL_VERSION = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Version:
    """A version: its name in the release's `versions`, and the label `version` of its metrics."""

    name: str
    model_version: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Limits:
    """The limits of the analysis. Error ratios are what the canary may have beyond the stable version's."""

    min_requests: int = 100
    max_error_ratio: float = 0.01
    max_client_error_ratio: float = 0.05
    max_latency_ratio: float = 1.5
    # A faster canary always passes: histogram buckets are coarse, and a multiple of a millisecond means little.
    latency_floor_seconds: float = 0.05
    max_disagreement_ratio: float = 0.05
    # 0: compared rows are analyzed if there are enough, and never waited for.
    min_compared_rows: int = 0
    max_restarts: int = 0


@dataclass(frozen=True)
class Timing:
    """The interval of the checks, the minimum duration of a step, and its deadline for a decision."""

    interval_seconds: float = 15.0
    min_step_seconds: float = 60.0
    progress_deadline_seconds: float = 900.0


@dataclass(frozen=True)
class Plan:
    """A whole rollout. It is stored in the cluster, so it must not contain secrets."""

    release: str
    namespace: str
    chart: str
    model: str
    stable: Version
    canary: Version
    prometheus: str
    allow_http: bool = False
    steps: tuple[int, ...] = DEFAULT_STEPS
    limits: Limits = field(default_factory=Limits)
    timing: Timing = field(default_factory=Timing)

    def weight_before(self, step: int) -> int:
        """Return the canary's weight before `step`."""
        return self.steps[step - 1] if step > 0 else 0

    def is_last(self, step: int) -> bool:
        """Return whether `step` is the last one."""
        return step == len(self.steps) - 1


def parse_steps(text: str) -> tuple[int, ...]:
    """Read `10,25,50,100`. Raises ModelctlError."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise ModelctlError(
            f"--steps must be a list of integers, got '{text}'.", "list weights in per cent, such as --steps 10,50,100"
        ) from error


def parse_model_versions(pairs: list[str]) -> dict[str, str]:
    """Read `NAME=NUMBER` pairs. Raises ModelctlError."""
    numbers: dict[str, str] = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        if _MODEL_VERSION.fullmatch(number) is None or name in numbers:
            raise ModelctlError(
                f"--model-version must be NAME=NUMBER, each name once, got '{pair}'.",
                "give the version's name in the release and its model version, such as canary=7",
            )
        numbers[name] = number
    return numbers


def named_version(name: str, numbers: dict[str, str]) -> Version:
    """Return the version of that name. A name that is a number is also the model version. Raises ModelctlError."""
    number = numbers.get(name, name)
    if _MODEL_VERSION.fullmatch(number) is None:
        raise ModelctlError(
            f"the model version of '{name}' is unknown: its name is not a number.",
            f"add --model-version {name}=NUMBER; its pods send the number as X-Model-Version",
        )
    return Version(name, number)


def check_plan(plan: Plan) -> Plan:
    """Return the plan if it is valid, from the command line or from the cluster. Raises ModelctlError."""
    _check_names(plan)
    _check_steps(plan.steps)
    _check_numbers(plan)
    return plan


def _check_names(plan: Plan) -> None:
    if _RELEASE.fullmatch(plan.release) is None:
        raise ModelctlError(f"not a Helm release name: '{plan.release}'.", "see 'helm list --all-namespaces'")
    if _DNS_LABEL.fullmatch(plan.namespace) is None:
        raise ModelctlError(f"not a namespace name: '{plan.namespace}'.", "see 'kubectl get namespaces'")
    if not is_model_name(plan.model):
        raise ModelctlError(f"not a model name: '{plan.model}'.", MODEL_NAME_RULE)
    for version in (plan.stable, plan.canary):
        if _VERSION_NAME.fullmatch(version.name) is None or _MODEL_VERSION.fullmatch(version.model_version) is None:
            raise ModelctlError(f"not a version name: '{version.name}'.", "use a name from the release's 'versions'")
    if plan.stable.name == plan.canary.name:
        raise ModelctlError("--from and --to name the same version.", "name two different versions")
    if plan.stable.model_version == plan.canary.model_version:
        raise ModelctlError(
            f"versions '{plan.stable}' and '{plan.canary}' are both model version {plan.stable.model_version}, "
            "so their metrics cannot be distinguished.",
            "give each its own number with --model-version NAME=NUMBER",
        )
    if not plan.chart or plan.chart.startswith("-"):
        raise ModelctlError(f"not a Helm chart: '{plan.chart}'.", "set --chart to a directory, an archive or a URL")


def _check_steps(steps: tuple[int, ...]) -> None:
    ascending = all(before < after for before, after in itertools.pairwise(steps))
    if not steps or not ascending or steps[0] < 1 or steps[-1] != 100:
        shown = ",".join(str(step) for step in steps)
        raise ModelctlError(
            f"--steps must be ascending weights from 1 to 100 that end with 100, got '{shown}'.",
            "give for example --steps 10,50,100",
        )


def _check_numbers(plan: Plan) -> None:
    limits, timing = plan.limits, plan.timing
    for flag, value, minimum in (
        ("min-requests", limits.min_requests, 1),
        ("max-error-ratio", limits.max_error_ratio, 0),
        ("max-client-error-ratio", limits.max_client_error_ratio, 0),
        ("max-latency-ratio", limits.max_latency_ratio, 0.01),
        ("latency-floor", limits.latency_floor_seconds, 0),
        ("max-disagreement-ratio", limits.max_disagreement_ratio, 0),
        ("min-compared-rows", limits.min_compared_rows, 0),
        ("max-restarts", limits.max_restarts, 0),
        ("interval", timing.interval_seconds, 1),
        ("min-step-time", timing.min_step_seconds, 0),
        ("progress-deadline", timing.progress_deadline_seconds, 1),
    ):
        # NaN fails this comparison as well.
        if not minimum <= value < 1e9:
            raise ModelctlError(f"--{flag} must be at least {minimum}, got {value:g}.", f"set --{flag} accordingly")
    for flag, value in (
        ("max-error-ratio", limits.max_error_ratio),
        ("max-client-error-ratio", limits.max_client_error_ratio),
        ("max-disagreement-ratio", limits.max_disagreement_ratio),
    ):
        if value > 1:
            raise ModelctlError(f"--{flag} must be at most 1, got {value:g}.", "give a ratio: 0.01 is 1 %")
    if timing.progress_deadline_seconds <= max(timing.min_step_seconds, timing.interval_seconds):
        raise ModelctlError(
            f"--progress-deadline {timing.progress_deadline_seconds:g} ends before a step can be analyzed.",
            "make it longer than --min-step-time and --interval",
        )
