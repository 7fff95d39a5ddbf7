"""Calling `modelctl rollout` as a user does."""

from modelctl.cli import main


def start(url: str, *more: str, source: str = "1", target: str = "2") -> list[str]:
    """The call that begins a rollout, with little to wait for."""
    what = ["--chart", "oci://charts.example.org/istio-routing", "--model", "iris", "--from", source, "--to", target]
    # Each look is some processes, so there are few of them.
    pace = ["--steps", "20,100", "--min-step-time", "0"]
    return ["rollout", "start", "iris-routing", "-n", "models", *what, "--prometheus", url, *pace, *more]


def on(command: str, *more: str) -> list[str]:
    """A call about the rollout that was begun."""
    return ["rollout", command, "iris-routing", "--namespace", "models", *more]


def exit_code(arguments: list[str]) -> int:
    """What the call ends with."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else -1
