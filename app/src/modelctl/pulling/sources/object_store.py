"""Archives in object stores: Amazon S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import obstore
import obstore.store
from obstore.exceptions import BaseError, PreconditionError

from model_server import __version__
from modelctl.pulling.location import Location
from modelctl.pulling.sources.protocol import Resume, SourceOptions
from modelctl.pulling.sources.store_errors import explain
from modelctl.pulling.sources.store_settings import drop_empty_variables, store_settings
from modelctl.pulling.sources.trust import read_authorities

_CHUNK_BYTES = 1024 * 1024
_CONNECT_SECONDS = 10
_SILENCE_SECONDS = 30

_ERRORS = (BaseError, FileNotFoundError, ValueError)


class ObjectStoreSource:
    """One object. Credentials come from the environment; the library reads most of it itself."""

    def __init__(self, location: Location, options: SourceOptions) -> None:
        self._location = location
        drop_empty_variables(os.environ)
        client: Any = {
            "allow_http": options.allow_http,
            "connect_timeout": timedelta(seconds=_CONNECT_SECONDS),
            "read_timeout": timedelta(seconds=_SILENCE_SECONDS),
            "timeout": timedelta(seconds=options.timeout_seconds),
            # A connection that the store has closed meanwhile would be taken for a store that does not answer.
            "pool_max_idle_per_host": "0",
            "user_agent": f"modelctl/{__version__}",
        }
        bundle = os.environ.get("AWS_CA_BUNDLE") if location.scheme == "s3" else None
        ca_file = options.ca_file or bundle
        if ca_file:
            client["root_certificate"] = read_authorities(ca_file)
        settings: Any = store_settings(location, options, os.environ)
        # Tried again by the download, which knows what is there already and how much time is left.
        retries: Any = {"max_retries": 0}
        try:
            self._store = obstore.store.from_url(
                f"{location.scheme}://{location.host}", config=settings, client_options=client, retry_config=retries
            )
        except _ERRORS as error:
            raise explain(location.scheme, location.shown, error) from error

    def open(self, resume: Resume | None) -> "ObjectBody":
        """Ask for the object, or for what is left of it."""
        options: Any = {"range": {"offset": resume.offset}, "if_match": resume.validator} if resume else {}
        try:
            return ObjectBody(self._location, obstore.get(self._store, self._key, options=options))
        except PreconditionError:
            return self.open(None)  # it is another object by now
        except _ERRORS as error:
            raise explain(self._location.scheme, self._location.shown, error) from error

    @property
    def _key(self) -> str:
        return self._location.path.removeprefix("/")


class ObjectBody:
    """The content of an object."""

    def __init__(self, location: Location, result: "obstore.GetResult") -> None:
        self._location = location
        self.start: int = result.range[0]
        self.total: int | None = result.meta["size"]
        self.validator: str | None = result.meta["e_tag"]
        self._chunks: Iterator[bytes] = iter(result.stream(min_chunk_size=_CHUNK_BYTES))

    def read(self) -> bytes:
        """Give the next bytes. Raises Unavailable if the connection breaks."""
        try:
            return bytes(next(self._chunks, b""))
        except _ERRORS as error:
            raise explain(self._location.scheme, self._location.shown, error) from error

    def close(self) -> None:
        """Let go of the connection."""
        self._chunks = iter(())
