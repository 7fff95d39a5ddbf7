"""The settings of the server, with the source of each value.

There are four sources, of which later ones take precedence: the defaults below, the YAML file that `--config` or
`MODEL_SERVER_CONFIG` names, environment variables `MODEL_SERVER_<KEY>`, and command-line flags `--<key>`. Unknown keys
are rejected in all of them, so that a misspelt setting is not silently ignored.
"""

import os
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from model_server.errors import SettingsError

ENV_PREFIX = "MODEL_SERVER_"
CONFIG_VARIABLE = "MODEL_SERVER_CONFIG"

# For a Service called model-server (or model-server-<anything>), Kubernetes sets these variables in every pod of the
# namespace with service links. They are addresses, not settings.
_SERVICE_LINK_NAME = re.compile(
    r".*_SERVICE_HOST|.*_SERVICE_PORT(_.+)?|.*_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?"
)
_SERVICE_LINK_VALUE = re.compile(r"(tcp|udp|sctp)://.*")


def _setting(
    default: Any,
    help_text: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    url: bool = False,
) -> Any:
    return field(
        default=default,
        metadata={"help": help_text, "minimum": minimum, "maximum": maximum, "choices": choices, "url": url},
    )


@dataclass(frozen=True)
class Settings:
    """The settings. Each field is a YAML key, an environment variable and a flag."""

    repository: str = _setting("/models", "folder that has <model>/<version>/manifest.json")
    model_name: str = _setting("", "model to serve; optional if the repository has exactly one")
    model_version: str = _setting(
        "", "number or alias of the version; empty for the alias 'production', or the highest version without it"
    )
    host: str = _setting("0.0.0.0", "address to listen on; '::' listens on IPv6 and IPv4")  # noqa: S104
    port: int = _setting(8080, "port of inference; 0 picks a free one", minimum=0, maximum=65535)
    admin_port: int = _setting(
        8081, "port of health, readiness and metrics; 0 picks a free one", minimum=0, maximum=65535
    )
    threads: int = _setting(8, "number of requests handled concurrently", minimum=1, maximum=1024)
    log_level: str = _setting("info", "minimum level to log", choices=("debug", "info", "warning", "error"))
    log_format: str = _setting("json", "format of log lines", choices=("json", "text"))
    drain_seconds: float = _setting(
        5.0,
        "time after SIGTERM in which requests are still accepted, until proxies have removed the pod",
        minimum=0,
        maximum=3600,
    )
    graceful_timeout_seconds: float = _setting(
        30.0, "time for in-flight requests after the drain", minimum=0, maximum=3600
    )
    keepalive_seconds: int = _setting(
        75, "time until an idle connection is closed; set it above the proxy's", minimum=1, maximum=3600
    )
    request_timeout_seconds: float = _setting(
        30.0, "time that a client may stall while it sends a body or receives a response", minimum=1, maximum=3600
    )
    max_body_bytes: int = _setting(16 * 1024 * 1024, "maximum size of a request body, in bytes", minimum=1)
    max_rows: int = _setting(10_000, "maximum number of rows in a request", minimum=1)
    drift_window_rows: int = _setting(
        10_000, "number of recent rows that are compared with the training data; 0 disables drift detection", minimum=0
    )
    version_name: str = _setting(
        "", "name of this version in the routes; a request that is routed to another version is a shadow"
    )
    shadow_compare_url: str = _setting(
        "",
        "URL of the stable version that answers to shadow requests are compared with; empty disables comparison",
        url=True,
    )
    shadow_ratio: float = _setting(1.0, "fraction of shadow requests to compare", minimum=0, maximum=1)
    shadow_tolerance: float = _setting(
        0.01, "maximum difference of two numbers that agree, relative to the larger", minimum=0, maximum=1
    )
    shadow_timeout_seconds: float = _setting(
        5.0, "timeout of a comparison request to the stable version", minimum=0.1, maximum=60
    )
    tracing_endpoint: str = _setting(
        "",
        "URL that spans are exported to by OTLP over HTTP, such as http://collector:4318; empty disables tracing",
        url=True,
    )
    tracing_sample_ratio: float = _setting(
        1.0,
        "fraction of the traces started here that are sampled; a caller's own decision takes precedence",
        minimum=0,
        maximum=1,
    )


@dataclass(frozen=True)
class LoadedSettings:
    """The effective settings, and the source of each value by key."""

    values: Settings
    sources: Mapping[str, str]


def load_settings(flags: Mapping[str, str], environ: Mapping[str, str] | None = None) -> LoadedSettings:
    """Merge the four sources.

    `flags` holds the given flags by key; `config` names the YAML file. Raises SettingsError for an unknown key, a
    value of the wrong type or out of range, and an unreadable file.
    """
    environment = os.environ if environ is None else environ
    raw: dict[str, tuple[Any, str]] = {}
    config = flags.get("config") or environment.get(CONFIG_VARIABLE, "")
    if config:
        for key, value in _read_file(Path(config)).items():
            raw[_known(str(key), f"{config}: key '{key}'")] = (value, config)
    for variable, text in environment.items():
        if not variable.startswith(ENV_PREFIX) or variable == CONFIG_VARIABLE:
            continue
        if _is_service_link(variable, text):
            continue
        key = _known(variable.removeprefix(ENV_PREFIX).lower(), f"environment variable {variable}")
        if text != "":
            raw[key] = (text, variable)
    for key, text in flags.items():
        if key != "config":
            raw[key] = (text, f"--{key.replace('_', '-')}")
    values = {key: _convert(key, value, source) for key, (value, source) in raw.items()}
    sources = {item.name: raw[item.name][1] if item.name in raw else "default" for item in fields(Settings)}
    return LoadedSettings(Settings(**values), sources)


def render(loaded: LoadedSettings) -> str:
    """Return the settings as YAML that `--config` accepts, with the source of each value as a comment."""
    lines = []
    for item in fields(Settings):
        pair = yaml.safe_dump({item.name: getattr(loaded.values, item.name)}, default_flow_style=False)
        lines.append(f"{pair.strip()}  # {loaded.sources[item.name]}")
    return "\n".join(lines) + "\n"


def setting_help() -> list[tuple[str, type, str]]:
    """Return (key, type, help with the default) in the order of declaration."""
    described = []
    for item in fields(Settings):
        default = item.default if item.default is not MISSING else ""
        shown = f"default: {default}" if default != "" else "default: empty"
        choices = item.metadata["choices"]
        listed = f"; one of {', '.join(choices)}" if choices else ""
        described.append((item.name, _type_of(item.name), f"{item.metadata['help']} ({shown}{listed})"))
    return described


def _type_of(key: str) -> type:
    return type(next(item.default for item in fields(Settings) if item.name == key))


def _known(key: str, where: str) -> str:
    keys = [item.name for item in fields(Settings)]
    if key not in keys:
        raise SettingsError(f"{where} is not a setting.", f"correct or remove it; the settings are: {', '.join(keys)}")
    return key


def _is_service_link(variable: str, value: str) -> bool:
    if _SERVICE_LINK_NAME.fullmatch(variable):
        return True
    return variable.endswith("_PORT") and _SERVICE_LINK_VALUE.fullmatch(value) is not None


def _read_file(path: Path) -> dict[Any, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"the settings file {path} cannot be read: {error.strerror}.",
            f"correct --config or {CONFIG_VARIABLE}, or create the file",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        summary = " ".join(str(error).split())
        raise SettingsError(f"the settings file {path} is not YAML: {summary}.", "correct the file") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"the settings file {path} does not hold keys.", "write one 'key: value' a line")
    return content


def _convert(key: str, value: Any, source: str) -> Any:
    """Convert `value`, text or a YAML scalar, to the setting's type and check its range."""
    kind = _type_of(key)
    metadata = next(item.metadata for item in fields(Settings) if item.name == key)
    where = source if key in source.lower().replace("-", "_") else f"{source}: {key}"
    # A version is often written as a number in YAML. true and null are not valid as text.
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SettingsError(f"{where}: {value!r} is not a {kind.__name__}.", f"give one {kind.__name__}")
    try:
        if kind is int and isinstance(value, float):
            raise ValueError
        converted = kind(value)
    except ValueError:
        raise SettingsError(
            f"{where}: {value!r} is not a number.", f"give one {'whole ' if kind is int else ''}number"
        ) from None
    choices = metadata["choices"]
    if choices and converted not in choices:
        raise SettingsError(f"{where}: {value!r} is not allowed.", f"use one of {', '.join(choices)}")
    low, high = metadata["minimum"], metadata["maximum"]
    # `not (low <= x)` also rejects NaN, for which all comparisons are false.
    if (low is not None and not converted >= low) or (high is not None and not converted <= high):
        bounds = f"at least {low}" if high is None else f"between {low} and {high}"
        raise SettingsError(f"{where}: {value!r} is out of range.", f"give a number {bounds}")
    if metadata["url"] and converted:
        _check_url(converted, where)
    return converted


def _check_url(text: str, where: str) -> None:
    """Raise SettingsError unless `text` is a plain URL. The text is not shown: it may contain a password."""
    try:
        parts = urllib.parse.urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[!-~]+", text):
        raise SettingsError(f"{where}: not an HTTP URL.", "set one such as http://name:8080")
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise SettingsError(
            f"{where}: the address holds more than a host, a port and a path.",
            "leave out user, password, query and fragment",
        )
