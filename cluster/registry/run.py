"""Running the registry as a container on the network of the nodes."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from cluster import settings
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images
from devkit.errors import UserError

ANSWER_SECONDS = 30


def ensure(engine: Engine, images: Images, console: Console) -> None:
    """Provide a registry of the catalog's image that answers on this machine."""
    image = images.ensure(settings.REGISTRY_IMAGE)
    if _is_current(engine, image) and is_running(engine):
        return
    with console.step(f"start the registry at {settings.REGISTRY_ADDRESS}"):
        engine.run("rm", "--force", settings.REGISTRY, check=False)
        _ensure_network(engine)
        started = engine.run(
            *("run", "--detach", "--name", settings.REGISTRY, "--restart", "unless-stopped"),
            *("--network", settings.NETWORK),
            *("--publish", f"127.0.0.1:{settings.REGISTRY_PORT}:5000"),
            *("--volume", f"{settings.REGISTRY_VOLUME}:/var/lib/registry"),
            # Avoids a warning about missing tracing settings at each start.
            *("--env", "OTEL_TRACES_EXPORTER=none"),
            image,
            check=False,
        )
        if started.returncode != 0:
            raise UserError(
                f"cannot start the registry: {started.stderr.strip()}",
                f"If port {settings.REGISTRY_PORT} is in use, stop the program that listens on it.",
            )
        _wait_until_it_answers(engine)


def is_running(engine: Engine) -> bool:
    """Return whether the container of the registry is running."""
    found = engine.inspect(settings.REGISTRY)
    return bool(found and found["State"]["Running"])


def remove(engine: Engine) -> bool:
    """Remove the container; return False if there was none. The volume stays for the next cluster."""
    if engine.inspect(settings.REGISTRY) is None:
        return False
    engine.run("rm", "--force", settings.REGISTRY)
    return True


def _is_current(engine: Engine, image: str) -> bool:
    container, wanted = engine.inspect(settings.REGISTRY), engine.inspect(image, "image")
    return bool(container and wanted and container["Image"] == wanted["Id"])


def _ensure_network(engine: Engine) -> None:
    # kind creates the network with the first cluster, and the registry may start earlier. Like kind's own, the network
    # masquerades, so that nodes reach other networks.
    if engine.inspect(settings.NETWORK, "network") is None:
        option = "com.docker.network.bridge.enable_ip_masquerade=true"
        engine.run("network", "create", "--driver", "bridge", "--opt", option, settings.NETWORK)


def _wait_until_it_answers(engine: Engine) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://{settings.REGISTRY_ADDRESS}/v2/", timeout=2):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline:
                log = engine.run("logs", "--tail", "5", settings.REGISTRY, check=False)
                raise UserError(
                    f"The registry does not answer at {settings.REGISTRY_ADDRESS} ({error}): {log.stderr.strip()}",
                    f"See `docker logs {settings.REGISTRY}`. Add localhost to NO_PROXY if there is a proxy.",
                ) from error
            time.sleep(0.1)
