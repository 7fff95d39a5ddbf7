"""``python -m devkit test``: every test, with the cluster created while the tests run that need none."""

from __future__ import annotations

import argparse

from devkit.commands import Subparsers

# In this order: what needs no cluster, the cluster itself, and last the tests that stop it.
STAGES = (["tests/istio_local"], ["tests/e2e", "--durations", "25"], ["tests/recovery"])


def register(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "test",
        help="run every test: make test",
        description="Run make check, while programs are built and the cluster is created in the background; then every "
        "test that needs Istio or the cluster. Stops at the first stage that fails.",
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Run the stages and return the exit code of the first that fails, or 0."""
    import shlex
    import subprocess
    import sys

    from devkit import background, paths

    python = shlex.quote(sys.executable)
    # Compiling gets the lowest priority, since some tests measure times. The cluster must not inherit that.
    prepare = f"nice -n 19 {python} -m cluster build && exec {python} -m cluster up"
    with background.running(["sh", "-c", prepare], paths.BUILD / "prepare.log") as preparation:
        code = subprocess.run(["make", "--no-print-directory", "check"], check=False).returncode
        if code != 0:
            return code
        # Tests of Istio count requests under load, so nothing is built while they run.
        print(preparation.finish(), end="", flush=True)
    for arguments in STAGES:
        code = subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
        if code != 0:
            return code
    return 0
