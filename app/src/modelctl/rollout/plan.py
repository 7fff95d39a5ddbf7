"""What a rollout is going to do: two versions, steps of weights, limits, and how long it waits. Pure."""

import itertools
import re
from dataclasses import dataclass, field

from model_server.repository.names import MODEL_NAME_RULE, is_model_name
from modelctl.errors import ModelctlError

DEFAULT_STEPS = (10, 25, 50, 100)

_DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
# Helm's own rule: a release's name is part of the names of objects.
_RELEASE = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,51}[a-z0-9])?")
_VERSION_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?")
_MODEL_VERSION = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Version:
    """A version by its name in the release's `versions`, and by the label `version` of its metrics."""

    name: str
    model_version: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Limits:
    """When the canary is good enough. Errors and refusals are shares that it may have beyond the stable version's."""

    min_requests: int = 100
    max_error_ratio: float = 0.01
    max_refused_ratio: float = 0.05
    max_latency_ratio: float = 1.5
    # Below this nothing is too slow: buckets are coarse, and a factor of a millisecond means nothing.
    latency_floor_seconds: float = 0.05
    max_disagreement_ratio: float = 0.05
    # 0: compared answers are judged where there are enough, and never waited for.
    min_compared_rows: int = 0
    max_restarts: int = 0


@dataclass(frozen=True)
class Pace:
    """How often is looked, how long a step lasts at least, and how long it may go without a decision."""

    interval_seconds: float = 15.0
    min_step_seconds: float = 60.0
    patience_seconds: float = 900.0


@dataclass(frozen=True)
class Plan:
    """A whole rollout. It is kept in the cluster, so it holds no secrets."""

    release: str
    namespace: str
    chart: str
    model: str
    source: Version
    target: Version
    prometheus: str
    allow_http: bool = False
    steps: tuple[int, ...] = DEFAULT_STEPS
    limits: Limits = field(default_factory=Limits)
    pace: Pace = field(default_factory=Pace)

    def weight_before(self, step: int) -> int:
        """Weight of the canary while `step` has not been taken yet."""
        return self.steps[step - 1] if step > 0 else 0

    def is_last(self, step: int) -> bool:
        """Whether nothing comes after `step`."""
        return step == len(self.steps) - 1


def parse_steps(text: str) -> tuple[int, ...]:
    """Read `10,25,50,100`. Raises ModelctlError."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise ModelctlError(
            f"--steps {text} is no list of whole numbers.", "give weights in per cent, such as --steps 10,50,100"
        ) from error


def parse_model_versions(pairs: list[str]) -> dict[str, str]:
    """Read `NAME=NUMBER` pairs. Raises ModelctlError."""
    numbers: dict[str, str] = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        if _MODEL_VERSION.fullmatch(number) is None or name in numbers:
            raise ModelctlError(
                f"--model-version {pair} is not NAME=NUMBER, each name once.",
                "give the version's name in the release and the number of the model's version, such as canary=7",
            )
        numbers[name] = number
    return numbers


def named_version(name: str, numbers: dict[str, str]) -> Version:
    """The version of that name; a name that is a number is the model's version. Raises ModelctlError."""
    number = numbers.get(name, name)
    if _MODEL_VERSION.fullmatch(number) is None:
        raise ModelctlError(
            f"which version of the model '{name}' is cannot be told from its name.",
            f"add --model-version {name}=NUMBER, with the number that its pods answer as X-Model-Version",
        )
    return Version(name, number)


def check_plan(plan: Plan) -> Plan:
    """Give the plan back if it can be carried out, wherever it came from. Raises ModelctlError."""
    _check_names(plan)
    _check_steps(plan.steps)
    _check_numbers(plan)
    return plan


def _check_names(plan: Plan) -> None:
    if _RELEASE.fullmatch(plan.release) is None:
        raise ModelctlError(f"'{plan.release}' is no name of a Helm release.", "see 'helm list --all-namespaces'")
    if _DNS_LABEL.fullmatch(plan.namespace) is None:
        raise ModelctlError(f"'{plan.namespace}' is no name of a namespace.", "see 'kubectl get namespaces'")
    if not is_model_name(plan.model):
        raise ModelctlError(f"'{plan.model}' is no name of a model.", MODEL_NAME_RULE)
    for version in (plan.source, plan.target):
        if _VERSION_NAME.fullmatch(version.name) is None or _MODEL_VERSION.fullmatch(version.model_version) is None:
            raise ModelctlError(f"'{version.name}' is no name of a version.", "give a name of the release's 'versions'")
    if plan.source.name == plan.target.name:
        raise ModelctlError("--from and --to name the same version.", "name two")
    if plan.source.model_version == plan.target.model_version:
        raise ModelctlError(
            f"versions '{plan.source}' and '{plan.target}' are both version {plan.source.model_version} of the model, "
            "so that their figures cannot be told apart.",
            "give each its own number with --model-version NAME=NUMBER",
        )
    if not plan.chart or plan.chart.startswith("-"):
        raise ModelctlError(f"'{plan.chart}' is no chart.", "give a folder, an archive or an address with --chart")


def _check_steps(steps: tuple[int, ...]) -> None:
    ascending = all(before < after for before, after in itertools.pairwise(steps))
    if not steps or not ascending or steps[0] < 1 or steps[-1] != 100:
        shown = ",".join(str(step) for step in steps)
        raise ModelctlError(
            f"--steps {shown} do not lead from 0 to 100.",
            "give ascending weights from 1 on, the last one 100, such as --steps 10,50,100",
        )


def _check_numbers(plan: Plan) -> None:
    limits, pace = plan.limits, plan.pace
    for flag, value, least in (
        ("min-requests", limits.min_requests, 1),
        ("max-error-ratio", limits.max_error_ratio, 0),
        ("max-refused-ratio", limits.max_refused_ratio, 0),
        ("max-latency-ratio", limits.max_latency_ratio, 0.01),
        ("latency-floor", limits.latency_floor_seconds, 0),
        ("max-disagreement-ratio", limits.max_disagreement_ratio, 0),
        ("min-compared-rows", limits.min_compared_rows, 0),
        ("max-restarts", limits.max_restarts, 0),
        ("interval", pace.interval_seconds, 1),
        ("min-step-time", pace.min_step_seconds, 0),
        ("patience", pace.patience_seconds, 1),
    ):
        # Written so that NaN fails, too.
        if not least <= value < 1e9:
            raise ModelctlError(f"--{flag} {value:g} cannot be used.", f"give a number of {least} or more")
    for flag, value in (
        ("max-error-ratio", limits.max_error_ratio),
        ("max-refused-ratio", limits.max_refused_ratio),
        ("max-disagreement-ratio", limits.max_disagreement_ratio),
    ):
        if value > 1:
            raise ModelctlError(f"--{flag} {value:g} is more than all.", "give a share: 0.01 is one in a hundred")
    if pace.patience_seconds <= max(pace.min_step_seconds, pace.interval_seconds):
        raise ModelctlError(
            f"--patience {pace.patience_seconds:g} ends before a step could be judged.",
            "make it longer than --min-step-time and --interval",
        )
