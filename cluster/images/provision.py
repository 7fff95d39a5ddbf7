"""Providing an image in the engine, by pulling or building it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cluster import catalog
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import build, inputs, probe
from cluster.images.preload import preload
from devkit.errors import DiskFullError, UserError

Policy = Literal["auto", "pull", "build"]


@dataclass
class Images:
    """The images of an engine. ``policy`` is to pull, to build, or (``auto``) to build what cannot be pulled."""

    engine: Engine
    console: Console
    policy: Policy = "auto"
    _silent: set[str] = field(default_factory=set)

    def ensure(self, name: str) -> str:
        """Make an image of the catalog available in the engine; return its full name."""
        image = catalog.load().image(name)
        if not self._is_there(image) and not self._pulled(image):
            self._build(image)
        return image.name

    def _is_there(self, image: catalog.Image) -> bool:
        found = self.engine.inspect(image.name, "image")
        if found is None:
            return False
        label = (found["Config"].get("Labels") or {}).get(build.LABEL)
        if label is None:
            # An image without the label was pulled, and must have the pinned digest.
            pulled = any(known.endswith(image.digest) for known in found.get("RepoDigests") or [])
            return not image.is_ours and self.policy != "build" and (pulled or not image.digest)
        return bool(label == inputs.key(image)) and (image.is_ours or self.policy != "pull")

    def _pulled(self, image: catalog.Image) -> bool:
        if image.is_ours or self.policy == "build":
            return False
        registry = image.name.split("/")[0]
        if not probe.answers(registry):
            self._say_once(registry, f"no registry answers at {registry}: its images are built locally")
            return self._refuse_if_pull_only(image, f"no registry answers at {registry}")
        reference = image.name.rsplit(":", 1)[0] + f"@{image.digest}" if image.digest else image.name
        with self.console.step(f"pull {image.name}") as step:
            try:
                self.engine.run("pull", "--quiet", reference, seconds=1800)
            except DiskFullError:
                raise
            except UserError as refusal:
                step.result = "refused by its registry"
                return self._refuse_if_pull_only(image, refusal.cause)
            if image.digest:
                self.engine.run("tag", reference, image.name)
        return True

    def _build(self, image: catalog.Image) -> None:
        if image.base:
            self.ensure(image.base)
        for name in image.preload:
            self.ensure(name)
        with self.console.step(f"build {image.name}"):
            key = inputs.key(image)
            if not image.preload:
                build.build(self.engine, image, key, self.console)
                return
            stage = f"{image.name}-without-images"
            build.build(self.engine, catalog.renamed(image, stage), key, self.console)
            preload(self.engine, stage, image.preload, image.name, f"{build.LABEL}={key}")
            self.engine.run("image", "rm", stage, check=False)

    def _refuse_if_pull_only(self, image: catalog.Image, reason: str) -> bool:
        if self.policy == "pull":
            raise UserError(
                f"cannot pull {image.name}, and `--images pull` rules out building it: {reason}",
                "Check the network, or repeat the command without `--images pull`.",
            )
        return False

    def _say_once(self, topic: str, text: str) -> None:
        if topic not in self._silent:
            self._silent.add(topic)
            self.console.say(f"· {text}")
