"""Downloads from a test's web server with the HTTP source of `modelctl pull`."""

import random
from io import StringIO
from pathlib import Path

import pytest

from modelctl.errors import ModelctlError
from modelctl.progress import TransferProgress
from modelctl.pull.download import Expected, download
from modelctl.pull.http_source import HttpSource
from modelctl.pull.limits import Deadline, RetryPolicy
from modelctl.pull.location import parse_location
from modelctl.pull.sources import SourceOptions
from tests.app.archives import digest

# Arbitrary, but the same in every run.
CONTENT = random.Random(1).randbytes(300_000)  # noqa: S311
# A secret that must not be printed.
MARK = "never-to-be-shown"
# Negligible pauses.
QUICK = RetryPolicy(attempts=4, first_pause=0.01, longest_pause=0.02)


def download_from(
    tmp_path: Path,
    url: str,
    *,
    seconds: float = 60,
    read_timeout: float = 20,
    max_bytes: int = 10**6,
    **options: object,
) -> tuple[bytes, str]:
    """Download, and return the bytes and the printed progress."""
    shown = StringIO()
    location = parse_location(url)
    source = HttpSource(location, SourceOptions(**({"allow_http": True} | options)), read_timeout_seconds=read_timeout)  # type: ignore[arg-type]
    expected = Expected(location.shown, digest(CONTENT), max_bytes)
    download(source, expected, tmp_path / "archive", Deadline(seconds), QUICK, TransferProgress(shown))
    return (tmp_path / "archive").read_bytes(), shown.getvalue()


def refusal_of(tmp_path: Path, url: str, **options: object) -> str:
    """Fail to download, and return the message, which must have a remedy and no secret."""
    with pytest.raises(ModelctlError) as caught:
        download_from(tmp_path, url, **options)  # type: ignore[arg-type]
    assert MARK not in str(caught.value)
    assert " Remedy: " in str(caught.value)
    return str(caught.value)
