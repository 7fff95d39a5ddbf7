"""docs/reference/settings.md: the settings of the model server, from its dataclass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from devkit.reference import markdown
from model_server.settings import CONFIG_VARIABLE, ENV_PREFIX, Settings

_INTRODUCTION = f"""
Each setting is a flag, an environment variable and a key of the YAML file that `--config` or `{CONFIG_VARIABLE}` names.
Flags take precedence over the environment, the environment over the file, and the file over the defaults. Unknown keys
are rejected. `model-server --print-config` prints the effective settings with their sources.
"""


def page() -> str:
    """Return the page."""
    return markdown.page(
        "Settings of the model server",
        "app/src/model_server/settings.py",
        _INTRODUCTION,
        markdown.table(("key", "flag and variable", "default", "allowed", "description"), _rows()),
    )


def _rows() -> Iterator[tuple[str, str, str, str, str]]:
    for item in fields(Settings):
        flag = f"`--{item.name.replace('_', '-')}` `{ENV_PREFIX}{item.name.upper()}`"
        default = markdown.code(str(item.default)) or "empty"
        yield markdown.code(item.name), flag, default, _allowed(item.metadata), _sentence(item.metadata["help"])


def _allowed(metadata: Mapping[str, Any]) -> str:
    if metadata["choices"]:
        return ", ".join(map(markdown.code, metadata["choices"]))
    low, high = metadata["minimum"], metadata["maximum"]
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"at least {low}"
    return "http or https URL" if metadata["url"] else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
