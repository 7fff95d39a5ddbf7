"""Chooses the source of a URL."""

from modelctl.errors import ModelctlError
from modelctl.pull.location import STORE_SCHEMES, WEB_SCHEMES, Location
from modelctl.pull.sources import FileSource, Source, SourceOptions


def make_source(location: Location, options: SourceOptions) -> Source:
    """Return the source of a URL, without connecting. Raises ModelctlError for options that do not apply."""
    _reject_unrelated_options(location.scheme, options)
    # Imported here because a pull needs only one of them, and the object-store library is large.
    if location.scheme in WEB_SCHEMES:
        from modelctl.pull.http_source import HttpSource

        return HttpSource(location, options)
    if location.scheme in STORE_SCHEMES:
        from modelctl.pull.object_store import ObjectStoreSource

        return ObjectStoreSource(location, options)
    return FileSource(location)


def _reject_unrelated_options(scheme: str, options: SourceOptions) -> None:
    given = {
        "--endpoint": (options.endpoint, STORE_SCHEMES),
        "--region": (options.region, ("s3",)),
        "--path-style": (options.virtual_hosted is False, ("s3",)),
        "--virtual-hosted": (options.virtual_hosted is True, ("s3",)),
        "--header-file": (options.header_file, WEB_SCHEMES),
        "--ca-file": (options.ca_file, (*WEB_SCHEMES, *STORE_SCHEMES)),
    }
    for flag, (value, schemes) in given.items():
        if value and scheme not in schemes:
            raise ModelctlError(
                f"{flag} does not apply to {scheme}://.", f"omit it; it applies to {', '.join(schemes)}"
            )
