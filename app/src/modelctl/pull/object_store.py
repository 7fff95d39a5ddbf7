"""Archives in object stores: Amazon S3 and compatible stores, Google Cloud Storage, Azure Blob Storage."""

import os
import re
from collections.abc import Iterator, MutableMapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import obstore
import obstore.store
from obstore.exceptions import BaseError, GenericError, PreconditionError

from modelctl.errors import ModelctlError
from modelctl.net.http import USER_AGENT
from modelctl.net.tls import read_authorities
from modelctl.pull.location import Location
from modelctl.pull.sources import Resume, SourceOptions, Unavailable, status_error

_CHUNK_BYTES = 1024 * 1024
_CONNECT_SECONDS = 10
_READ_TIMEOUT_SECONDS = 30

_ERRORS = (BaseError, FileNotFoundError, ValueError)


class ObjectStoreSource:
    """One object. Credentials come from the environment, mostly through the library."""

    def __init__(self, location: Location, options: SourceOptions) -> None:
        self._location = location
        drop_empty_variables(os.environ)
        client: Any = {
            "allow_http": options.allow_http,
            "connect_timeout": timedelta(seconds=_CONNECT_SECONDS),
            "read_timeout": timedelta(seconds=_READ_TIMEOUT_SECONDS),
            "timeout": timedelta(seconds=options.timeout_seconds),
            # A pooled connection that the store has closed would look like an unavailable store.
            "pool_max_idle_per_host": "0",
            "user_agent": USER_AGENT,
        }
        bundle = os.environ.get("AWS_CA_BUNDLE") if location.scheme == "s3" else None
        ca_file = options.ca_file or bundle
        if ca_file:
            client["root_certificate"] = read_authorities(ca_file)
        settings: Any = store_settings(location, options, os.environ)
        # `download` retries, because it knows the received bytes and the remaining time.
        retries: Any = {"max_retries": 0}
        try:
            self._store = obstore.store.from_url(
                f"{location.scheme}://{location.host}", config=settings, client_options=client, retry_config=retries
            )
        except _ERRORS as error:
            raise explain(location.scheme, location.shown, error) from error

    def open(self, resume: Resume | None) -> "ObjectBody":
        """Request the object, or the rest of it."""
        options: Any = {"range": {"offset": resume.offset}, "if_match": resume.validator} if resume else {}
        try:
            return ObjectBody(self._location, obstore.get(self._store, self._key, options=options))
        except PreconditionError:
            return self.open(None)  # the object was replaced
        except _ERRORS as error:
            raise explain(self._location.scheme, self._location.shown, error) from error

    @property
    def _key(self) -> str:
        return self._location.path.removeprefix("/")


class ObjectBody:
    """The body of an object."""

    def __init__(self, location: Location, result: "obstore.GetResult") -> None:
        self._location = location
        self.start: int = result.range[0]
        self.total: int | None = result.meta["size"]
        self.validator: str | None = result.meta["e_tag"]
        self._chunks: Iterator[bytes] = iter(result.stream(min_chunk_size=_CHUNK_BYTES))

    def read(self) -> bytes:
        """Return the next bytes. Raises Unavailable if the connection breaks."""
        try:
            return bytes(next(self._chunks, b""))
        except _ERRORS as error:
            raise explain(self._location.scheme, self._location.shown, error) from error

    def close(self) -> None:
        """Close the connection."""
        self._chunks = iter(())


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
    """Remove empty variables, such as unset values of a chart, which the library would use as credentials."""
    for name in [name for name, value in environ.items() if name.startswith(_PREFIXES) and not value]:
        del environ[name]


def store_settings(
    location: Location, options: SourceOptions, environ: MutableMapping[str, str]
) -> dict[str, str | bool]:
    """Return the settings that the library does not read from the environment itself. Raises ModelctlError."""
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
        # The library expects the bucket in the endpoint.
        parts = urlsplit(endpoint)
        endpoint = urlunsplit(parts._replace(netloc=f"{location.host}.{parts.netloc}"))
    if endpoint:
        settings["endpoint"] = endpoint
        # In the library, the variable overrides the setting.
        environ.pop("AWS_ENDPOINT_URL_S3", None)
    return settings


def _checked(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
        parts.port  # noqa: B018  the property raises for a port that is not a number
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ModelctlError("--endpoint must be a URL.", "pass for example https://store.example.org")
    return endpoint.rstrip("/")


_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
# The innermost cause of an error that is not the store's.
_INNER = re.compile(r'(?:message|error): "([^"\\]{1,120})"')
_MISSING = re.compile(r"error: (Missing \w{1,40}|\w{1,40} must be specified)")
_ADDRESS = re.compile(r"\w+://\S+")

_CREDENTIALS = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a public bucket",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or GOOGLE_SKIP_SIGNATURE=true for a public bucket",
    "az": "set AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or AZURE_SKIP_SIGNATURE=true "
    "for a public container",
}


def explain(scheme: str, shown: str, error: Exception) -> Exception:
    """Return the error to raise: Unavailable if a retry may help, else ModelctlError.

    The texts of the library contain URLs with signatures, so only recognized parts of them are printed.
    """
    text = str(error)
    remedy = _CREDENTIALS[scheme]
    status = _STATUS.search(text)
    code = _CODE.search(text)
    inner = _INNER.search(text)
    if _is_about_credentials(error, text, status[1] if status else ""):
        cause = f"the identity service returned {status[1]}" if status else (inner[1] if inner else "no response")
        if status and int(status[1]) < 500 and status[1] != "429":
            return ModelctlError(f"no credentials for {shown}: {cause}.", remedy)
        return Unavailable(f"no credentials: {cause} ({remedy})")
    if "without LOCATION" in text or (code and code[1] == "AuthorizationHeaderMalformed"):
        return ModelctlError(f"{shown}: the bucket is in another region.", "correct --region or AWS_REGION")
    if status:
        return status_error(shown, int(status[1]), detail=code[1] if code else "", remedy=remedy)
    if "BadScheme" in text:
        return ModelctlError(
            f"the endpoint of {shown} does not use TLS.",
            "use https://, or add --allow-http",
        )
    if "InvalidCertificate" in text or "certificate" in text.lower():
        return ModelctlError(
            f"the certificate of the store of {shown} is not trusted.",
            "pass the certificate authority with --ca-file or SSL_CERT_FILE",
        )
    missing = _MISSING.search(text)
    if missing:
        return ModelctlError(f"the credentials for {shown} are incomplete: {missing[1]}.", remedy)
    if "HTTP error" in text or "reqwest" in text:
        return Unavailable(inner[1] if inner else "the connection was lost")
    # An error of the settings or the key. After the first line follows internal state of the library.
    cause = _ADDRESS.sub("…", text.partition("\n")[0])[:200].rstrip(".")
    return ModelctlError(f"cannot read {shown}: {cause}.", "correct the URL or the environment variables")


def _is_about_credentials(error: Exception, text: str, status: str) -> bool:
    """Return whether the failed request was for credentials: without any, the library queries an identity service.

    An object is read with GET, and its denial has an error class of its own.
    """
    request = text.partition("\n")[0]
    other_verb = "Error performing PUT" in request or "Error performing POST" in request
    return other_verb or "token request" in request or (type(error) is GenericError and status in ("401", "403", "404"))
