"""The one set of settings, and where each value came from.

Four places, later ones winning: the defaults below, the YAML file named by `--config` or
`MODEL_SERVER_CONFIG`, environment variables `MODEL_SERVER_<KEY>`, command-line flags `--<key>`. A key that
does not exist is refused in all of them, so that a misspelt setting cannot be silently without effect.
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

# A Service called model-server (or model-server-<anything>) makes Kubernetes inject these into every pod of
# the namespace that has service links. They are addresses, not settings.
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
    """What the server can be told. Each field is a YAML key, an environment variable and a flag."""

    repository: str = _setting("/models", "folder with <model>/<version>/manifest.json inside")
    model_name: str = _setting("", "model to serve; may be left out when the repository holds one")
    model_version: str = _setting(
        "", "a number, an alias, or empty for the alias 'production', else the highest version"
    )
    host: str = _setting("0.0.0.0", "address to listen on; '::' listens on IPv6 and IPv4")  # noqa: S104
    port: int = _setting(8080, "port of inference; 0 takes a free one", minimum=0, maximum=65535)
    admin_port: int = _setting(
        8081, "port of health, readiness and metrics; 0 takes a free one", minimum=0, maximum=65535
    )
    threads: int = _setting(8, "requests handled at the same time", minimum=1, maximum=1024)
    log_level: str = _setting("info", "least severe level to log", choices=("debug", "info", "warning", "error"))
    log_format: str = _setting("json", "how a log line looks", choices=("json", "text"))
    drain_seconds: float = _setting(
        5.0,
        "after SIGTERM, how long requests are still accepted while the pod leaves the endpoints",
        minimum=0,
        maximum=3600,
    )
    graceful_timeout_seconds: float = _setting(
        30.0, "after the drain, how long requests in flight may take", minimum=0, maximum=3600
    )
    keepalive_seconds: int = _setting(
        75, "how long an idle connection stays open; keep it above the proxy's", minimum=1, maximum=3600
    )
    request_timeout_seconds: float = _setting(
        30.0, "how long a client may stall while it sends a body or takes an answer", minimum=1, maximum=3600
    )
    max_body_bytes: int = _setting(16 * 1024 * 1024, "largest request body, in bytes", minimum=1)
    max_rows: int = _setting(10_000, "most rows in one request", minimum=1)
    drift_window_rows: int = _setting(
        10_000, "how many of the newest rows are compared with the training data; 0 switches that off", minimum=0
    )
    version_name: str = _setting(
        "", "name of this version in the routes to it; a request that names another is a shadow of that one's"
    )
    shadow_compare_url: str = _setting(
        "", "address of the stable version, which is asked what shadows were asked; empty compares nothing", url=True
    )
    shadow_ratio: float = _setting(1.0, "share of the shadows that are compared", minimum=0, maximum=1)
    shadow_tolerance: float = _setting(
        0.01, "how far apart two numbers may be and still agree, relative to the larger", minimum=0, maximum=1
    )
    shadow_timeout_seconds: float = _setting(
        5.0, "how long the stable version may take to answer a comparison", minimum=0.1, maximum=60
    )
    tracing_endpoint: str = _setting(
        "", "address that traces are sent to by OTLP over HTTP, as http://collector:4318; empty sends none", url=True
    )
    tracing_sample_ratio: float = _setting(
        1.0, "share of the traces begun here that are kept; a caller's own decision wins", minimum=0, maximum=1
    )


@dataclass(frozen=True)
class LoadedSettings:
    """The effective settings, and for each key the place it came from."""

    values: Settings
    sources: Mapping[str, str]


def load_settings(flags: Mapping[str, str], environ: Mapping[str, str] | None = None) -> LoadedSettings:
    """Merge the four places.

    `flags` holds the flags that were given, by key (`config` names the YAML file). Raises SettingsError for
    an unknown key, a value of the wrong type or out of range, and an unreadable file.
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
    """Write the settings as YAML that `--config` accepts, each line saying where its value came from."""
    lines = []
    for item in fields(Settings):
        pair = yaml.safe_dump({item.name: getattr(loaded.values, item.name)}, default_flow_style=False)
        lines.append(f"{pair.strip()}  # {loaded.sources[item.name]}")
    return "\n".join(lines) + "\n"


def setting_help() -> list[tuple[str, type, str]]:
    """List (key, type, help with the default) in the order of declaration."""
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
    """Turn `value`, text or a YAML scalar, into the setting's type, within its range."""
    kind = _type_of(key)
    metadata = next(item.metadata for item in fields(Settings) if item.name == key)
    where = source if key in source.lower().replace("-", "_") else f"{source}: {key}"
    # A version is often written as a number in YAML; true and null are never meant as text.
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
        raise SettingsError(f"{where}: {value!r} is not known.", f"use one of {', '.join(choices)}")
    low, high = metadata["minimum"], metadata["maximum"]
    # `not (low <= x)` also refuses NaN, which compares as false with everything.
    if (low is not None and not converted >= low) or (high is not None and not converted <= high):
        bounds = f"at least {low}" if high is None else f"between {low} and {high}"
        raise SettingsError(f"{where}: {value!r} is out of range.", f"give a number {bounds}")
    if metadata["url"] and converted:
        _check_url(converted, where)
    return converted


def _check_url(text: str, where: str) -> None:
    """Refuse what is no plain address. The text is not shown: it may hold a password."""
    try:
        parts = urllib.parse.urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[!-~]+", text):
        raise SettingsError(f"{where}: it is not a web address.", "give one such as http://name:8080")
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise SettingsError(
            f"{where}: the address holds more than a host, a port and a path.",
            "leave out user, password, query and fragment",
        )
