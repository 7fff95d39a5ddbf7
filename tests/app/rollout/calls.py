"""Calls of `modelctl rollout`."""

from modelctl.cli import main


def start(url: str, *more: str, source: str = "1", target: str = "2") -> list[str]:
    """Return the arguments that start a rollout, with short waits."""
    what = ["--chart", "oci://charts.example.org/istio-routing", "--model", "iris", "--from", source, "--to", target]
    # Each check starts several processes, so the rollout has few steps.
    timing = ["--steps", "20,100", "--min-step-time", "0"]
    return ["rollout", "start", "iris-routing", "-n", "models", *what, "--prometheus", url, *timing, *more]


def on(command: str, *more: str) -> list[str]:
    """Return the arguments of another operation on the same rollout."""
    return ["rollout", command, "iris-routing", "--namespace", "models", *more]


def exit_code(arguments: list[str]) -> int:
    """Return the exit code of the command."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else -1
