"""Preloading images into a kind node image, so that a cluster starts without pulling.

This does for a node image from a Dockerfile what ``kind build node-image`` does: it starts containerd in a container
of the image, imports the images, and commits the container.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from cluster.engine import Engine
from devkit.errors import UserError

CONTAINER = "model-serving-preload"
# containerd is a child of the importing shell, which can wait for its end: a commit while it runs would copy a
# half-written database.
IMPORT = """
containerd >/tmp/containerd.log 2>&1 &
containerd=$!
for attempt in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
ctr --namespace=k8s.io images import \
  --label=io.cri-containerd.pinned=pinned --all-platforms --no-unpack --digests - \
  || { cat /tmp/containerd.log; exit 1; }
kill $containerd
wait $containerd
rm /tmp/containerd.log
"""


def preload(engine: Engine, node: str, images: Sequence[str], target: str, label: str) -> None:
    """Import ``images`` into the node image ``node``, and commit the result as ``target`` with a label."""
    engine.run("rm", "--force", "--volumes", CONTAINER, check=False)
    try:
        engine.run("run", "--detach", "--privileged", "--name", CONTAINER, "--entrypoint", "sleep", node, "infinity")
        _import(engine, images)
        changes = ['ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]', f"LABEL {label}"]
        options = [part for change in changes for part in ("--change", change)]
        engine.run("commit", *options, CONTAINER, target)
    finally:
        engine.run("rm", "--force", "--volumes", CONTAINER, check=False)


def _import(engine: Engine, images: Sequence[str]) -> None:
    docker, environment = str(engine.docker), {**os.environ, **engine.environment}
    with subprocess.Popen([docker, "save", *images], stdout=subprocess.PIPE, env=environment) as save:
        done = subprocess.run(
            [docker, "exec", "--interactive", CONTAINER, "bash", "-c", IMPORT],
            stdin=save.stdout,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
    if done.returncode != 0 or save.returncode != 0:
        raise UserError(
            f"cannot import images into the node image: {done.stdout.strip()} {done.stderr.strip()}",
            "Repeat the command. If it fails again, see the log of the engine.",
        )
