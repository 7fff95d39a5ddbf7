"""Tells the object-store library what the clouds' own tools would have read, and it does not."""

from collections.abc import MutableMapping
from urllib.parse import urlsplit, urlunsplit

from modelctl.errors import ModelctlError
from modelctl.pulling.location import Location
from modelctl.pulling.sources.protocol import SourceOptions

_PREFIXES = ("AWS_", "GOOGLE_", "AZURE_")

# Variable of the Azure tools -> key of the library.
_AZURE_VARIABLES = {"AZURE_STORAGE_ACCOUNT": "account_name", "AZURE_STORAGE_KEY": "account_key"}
_AZURE_CONNECTION = {
    "AccountName": "account_name",
    "AccountKey": "account_key",
    "SharedAccessSignature": "sas_key",
    "BlobEndpoint": "endpoint",
}


def drop_empty_variables(environ: MutableMapping[str, str]) -> None:
    """Remove variables that are empty: a chart's unused value is one, and the library would take it for a key."""
    for name in [name for name, value in environ.items() if name.startswith(_PREFIXES) and not value]:
        del environ[name]


def store_settings(
    location: Location, options: SourceOptions, environ: MutableMapping[str, str]
) -> dict[str, str | bool]:
    """Give the library's settings beside those that it finds in the environment. Raises ModelctlError."""
    endpoint = _checked(options.endpoint) if options.endpoint else None
    if location.scheme == "s3":
        return _s3(location, options, endpoint, environ)
    if location.scheme == "gs":
        emulator = environ.get("STORAGE_EMULATOR_HOST")
        base = endpoint or (_checked(emulator if "://" in emulator else f"http://{emulator}") if emulator else None)
        return {"base_url": base} if base else {}
    found: dict[str, str | bool] = {}
    for part in environ.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";"):
        name, _, value = part.partition("=")
        if name in _AZURE_CONNECTION and value:
            found[_AZURE_CONNECTION[name]] = value
    found |= {key: environ[name] for name, key in _AZURE_VARIABLES.items() if name in environ}
    return found | ({"endpoint": endpoint} if endpoint else {})


def _s3(
    location: Location, options: SourceOptions, endpoint: str | None, environ: MutableMapping[str, str]
) -> dict[str, str | bool]:
    settings: dict[str, str | bool] = {}
    if options.region:
        settings["region"] = options.region
    if options.virtual_hosted is not None:
        settings["virtual_hosted_style_request"] = options.virtual_hosted
    if endpoint and options.virtual_hosted:
        # The library wants the bucket in the endpoint then.
        parts = urlsplit(endpoint)
        endpoint = urlunsplit(parts._replace(netloc=f"{location.host}.{parts.netloc}"))
    if endpoint:
        settings["endpoint"] = endpoint
        # The library would let it win over the command line.
        environ.pop("AWS_ENDPOINT_URL_S3", None)
    return settings


def _checked(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
        parts.port  # noqa: B018  the property raises for a port that is no number
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ModelctlError("--endpoint is not the address of a server.", "write for example https://store.example.org")
    return endpoint.rstrip("/")
