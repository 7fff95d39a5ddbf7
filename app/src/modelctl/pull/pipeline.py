"""The sequence of a pull, from a URL to versions in a repository."""

import errno
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from model_server.errors import RepositoryError
from model_server.repository.staging import staging_below
from model_server.repository.writer import unwritable
from modelctl.progress import TransferProgress, format_bytes
from modelctl.pull.contents import read_contents
from modelctl.pull.download import Expected, download
from modelctl.pull.factory import make_source
from modelctl.pull.limits import Deadline, Limits, RetryPolicy
from modelctl.pull.location import parse_location
from modelctl.pull.placement import PlacedVersion, find_pulled, place, write_receipt
from modelctl.pull.sources import Source, SourceOptions
from modelctl.pull.unpack import unpack


@dataclass(frozen=True)
class PullRequest:
    """An archive to pull. `sha256` has 64 lower-case hexadecimal digits."""

    url: str
    sha256: str
    repository: Path
    limits: Limits = field(default_factory=Limits)
    options: SourceOptions = field(default_factory=SourceOptions)
    policy: RetryPolicy = field(default_factory=RetryPolicy)


@dataclass(frozen=True)
class PullResult:
    """The versions in the repository after a pull. `archive_bytes` is 0 if nothing was downloaded."""

    source: str
    archive_bytes: int
    versions: tuple[PlacedVersion, ...]
    notes: tuple[str, ...] = ()


def pull(request: PullRequest, progress: TransferProgress) -> PullResult:
    """Download, verify, unpack, verify the contents, and add the versions.

    Raises TemporaryError if a retry may succeed, else ModelctlError or RepositoryError. Existing files of the
    repository never change, and a version appears only when it is complete.
    """
    location = parse_location(request.url)
    source = make_source(location, request.options)
    with ExitStack() as stack:
        try:
            staging = stack.enter_context(staging_below(request.repository))
            found = find_pulled(request.repository, request.sha256)
            if found:
                return PullResult(location.shown, 0, found)
            return _pull(request, location.shown, source, staging, progress)
        except OSError as error:
            raise _full_or_unwritable(request.repository, error) from error


def _pull(request: PullRequest, shown: str, source: Source, staging: Path, progress: TransferProgress) -> PullResult:
    deadline = Deadline(request.options.timeout_seconds)
    expected = Expected(shown, request.sha256, request.limits.max_bytes)
    archive, content = staging / "archive", staging / "content"
    progress.step(f"downloading {shown}")
    size = download(source, expected, archive, deadline, request.policy, progress)
    progress.step(f"downloaded {format_bytes(size)} with the expected SHA-256; unpacking")
    files = unpack(archive, content, request.limits, deadline)
    archive.unlink()
    models = read_contents(content)
    placement = place(models, request.repository)
    write_receipt(request.repository, staging, request.sha256, placement.versions)
    progress.step(f"unpacked and verified {files} files")
    return PullResult(shown, size, placement.versions, placement.notes)


def _full_or_unwritable(root: Path, error: OSError) -> RepositoryError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RepositoryError(
            f"no space left in {root}.",
            "add space: the archive and its unpacked contents need it at the same time",
        )
    return unwritable(root, error)
