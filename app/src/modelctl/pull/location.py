"""Where an archive is, and what of its address may be shown."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from modelctl.errors import ModelctlError

WEB_SCHEMES = ("https", "http")
STORE_SCHEMES = ("s3", "gs", "az")
SCHEMES = (*WEB_SCHEMES, *STORE_SCHEMES, "file")


@dataclass(frozen=True)
class Location:
    """An address, taken apart. `host` is a host with its port, a bucket, or a container."""

    scheme: str
    host: str
    path: str
    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        """The address for messages: user names, passwords and query strings are secrets."""
        return f"{self.scheme}://{self.host}{self.path}"


def parse_location(url: str) -> Location:
    """Take an address apart. Raises ModelctlError, whose text never holds what may be a secret."""
    # urlsplit would drop line breaks and tabs without a word.
    if not url.isprintable():
        raise ModelctlError("the URL holds a control character.", "correct the URL")
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        parts.port  # noqa: B018  the property raises for a port that is no number
    except ValueError as error:
        raise ModelctlError("the URL cannot be read: its host or port is malformed.", "correct the URL") from error
    if parts.scheme not in SCHEMES:
        said = f"has the scheme {parts.scheme!r}, which is not known" if "://" in url else "has no scheme"
        raise ModelctlError(
            f"the URL {said}.", f"use one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}; file:///… for a path"
        )
    location = Location(parts.scheme, host, parts.path, url)
    _check(location, parts)
    return location


def _check(location: Location, parts: SplitResult) -> None:
    scheme, shown = location.scheme, location.shown
    if scheme in WEB_SCHEMES and not parts.hostname:
        raise ModelctlError("the URL names no host.", "write https://host/path")
    if scheme in WEB_SCHEMES and not (location.url.isascii() and " " not in location.url):
        raise ModelctlError(f"{shown} holds a space or is not ASCII.", "write such characters percent-encoded")
    if scheme in WEB_SCHEMES:
        return
    if parts.query or parts.fragment or "@" in parts.netloc or ":" in parts.netloc:
        raise ModelctlError(
            f"{shown} has a user, a port, a query or a fragment, which {scheme}:// has no use for.",
            "leave it out; '?', '#' and '@' cannot be part of a bucket, and the first two not of a key",
        )
    if scheme == "file":
        if location.host not in ("", "localhost") or not location.path.startswith("/"):
            raise ModelctlError(f"{shown} is not a path on this machine.", "write file:///path/of/the/archive")
    elif not location.host or not location.path.strip("/"):
        example = {"s3": "bucket/key", "gs": "bucket/object", "az": "container/blob"}[scheme]
        raise ModelctlError(f"{shown} names no object.", f"write {scheme}://{example}")
