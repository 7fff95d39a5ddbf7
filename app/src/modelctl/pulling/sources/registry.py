"""Which source serves which scheme."""

from modelctl.errors import ModelctlError
from modelctl.pulling.location import STORE_SCHEMES, WEB_SCHEMES, Location
from modelctl.pulling.sources.protocol import Source, SourceOptions


def make_source(location: Location, options: SourceOptions) -> Source:
    """Make the source of an address. Nothing is connected to. Raises ModelctlError for options that do not fit."""
    _refuse_others(location.scheme, options)
    # Imported late: a pull needs one of them, and the library for object stores is large.
    if location.scheme in WEB_SCHEMES:
        from modelctl.pulling.sources.http import HttpSource

        return HttpSource(location, options)
    if location.scheme in STORE_SCHEMES:
        from modelctl.pulling.sources.object_store import ObjectStoreSource

        return ObjectStoreSource(location, options)
    from modelctl.pulling.sources.file import FileSource

    return FileSource(location)


def _refuse_others(scheme: str, options: SourceOptions) -> None:
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
                f"{flag} does not apply to {scheme}://.", f"leave it out; it is for {', '.join(schemes)}"
            )
