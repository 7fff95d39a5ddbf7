"""What an entry may be called."""

from modelctl.pulling.archives.entry import refused

_MOST_BYTES = 1024
_MOST_BYTES_A_PART = 255
_MOST_PARTS = 32


def member_path(name: str, is_folder: bool) -> str | None:
    """Give the path below the archive's root that an entry stands for; None for the root itself.

    A leading `./` and a folder's trailing `/` are how tar and zip write names; everything else that is not a
    plain relative path raises ModelctlError.
    """
    path = name.rstrip("/") if is_folder and name.strip("/") else name
    while path.startswith("./"):
        path = path[2:]
    if is_folder and path in (".", ""):
        return None
    if not path.isprintable():
        # Names that are not UTF-8 hold surrogates here, which cannot be printed either.
        raise refused(name, "is not plain text in UTF-8")
    if path.startswith("/"):
        raise refused(name, "is an absolute path")
    if "\\" in path:
        raise refused(name, "holds a backslash")
    parts = path.split("/")
    if ".." in parts:
        raise refused(name, "leads out of its folder")
    if "." in parts or "" in parts:
        raise refused(name, "is not a plain path")
    if (
        len(path.encode()) > _MOST_BYTES
        or len(parts) > _MOST_PARTS
        or any(len(part.encode()) > _MOST_BYTES_A_PART for part in parts)
    ):
        raise refused(name, "is too long or too deep")
    return path
