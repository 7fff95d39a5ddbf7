"""Parts of `modelctl pull`: URLs, headers, pauses, progress."""

import io
from pathlib import Path

import pytest

from modelctl.cli import main
from modelctl.errors import ModelctlError
from modelctl.net.credentials import read_header_file
from modelctl.net.http import retry_after
from modelctl.progress import TransferProgress, format_bytes
from modelctl.pull.limits import RetryPolicy
from modelctl.pull.location import parse_location


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("models/m.tar.gz", "the URL has no scheme. Remedy: use one of https://"),
        ("oci://secret@host/m", "the URL has the scheme 'oci', which is not supported"),
        ("https://", "the URL has no host"),
        ("https://:secret@/x", "the URL has no host"),
        ("https://h:secret/x", "its host or port is malformed"),
        ("https://[::1/x?secret", "its host or port is malformed"),
        ("https://h/ü?secret", "https://h/ü contains a space or a non-ASCII character"),
        ("https://h/a b?secret", "https://h/a b contains a space or a non-ASCII character"),
        ("https://h/a\nb?secret", "the URL contains a control character"),
        ("file:relative", "is not a local path"),
        ("file://host/path", "file://host/path is not a local path"),
        ("file:///absent", "cannot read /absent: No such file or directory"),
        ("file:///usr", "/usr is not a regular file"),
        ("file:///dev/zero", "/dev/zero is not a regular file"),
        ("file:///a%00", "the path contains a NUL"),
        ("http://h/m?secret", "http://h/m does not use TLS. Remedy: use https://, or add"),
    ],
)
def test_rejects_invalid_urls_without_printing_secrets(
    tmp_path: Path, url: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pull", url, "--sha256", "0" * 64, "--repository", str(tmp_path / "models")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "secret" not in error


def test_shows_only_scheme_host_and_path_of_a_url() -> None:
    location = parse_location("https://me:secret@host:8443/a/b.tgz?X-Signature=secret#secret")
    assert location.shown == "https://host:8443/a/b.tgz"
    assert "secret" not in repr(location)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no header", "line 1 is not a header"),
        ("\n: value", "line 2 is not a header"),
        ("Näme: value", "line 1 is not a header"),
        (" Folded: value", "line 1 is not a header"),
        ("Name: a\x01value", "the value of Name contains a control character"),
        ("Range: value", "Range is set by modelctl"),
        ("host: value", "host is set by modelctl"),
        ("A: value\na: value", "a is a duplicate"),
    ],
)
def test_rejects_invalid_header_files_without_printing_values(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "headers").write_text(text)
    with pytest.raises(ModelctlError) as caught:
        read_header_file(tmp_path / "headers")
    assert message in str(caught.value)
    assert "value\n" not in str(caught.value)
    assert "a\x01value" not in str(caught.value)


def test_reads_header_files(tmp_path: Path) -> None:
    (tmp_path / "headers").write_text("Authorization: Bearer a:b=\r\n\nX-Empty:\n")
    assert read_header_file(tmp_path / "headers") == {"Authorization": "Bearer a:b=", "X-Empty": ""}
    with pytest.raises(ModelctlError, match="No such file"):
        read_header_file(tmp_path / "absent")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_on_a_terminal_and_a_few_in_a_log() -> None:
    for stream in (io.StringIO(), _Terminal()):
        now = 0.0
        progress = TransferProgress(stream, clock=lambda: now)  # noqa: B023  used up before the next round
        progress.step("begin")
        for second in range(1, 31):
            now = float(second)
            progress.advance(second * 2**20, 60 * 2**20)
        progress.advance(31 * 2**20, None)
        progress.step("end")
        if stream.isatty():
            assert stream.getvalue().count("\n") == 2
            assert "\rmodelctl: 30.0 MiB of 60.0 MiB, 50 %, 1.0 MiB/s\x1b[K" in stream.getvalue()
        else:
            lines = stream.getvalue().splitlines()
            assert len(lines) == 5
            assert lines[1] == "modelctl: 10.0 MiB of 60.0 MiB, 16 %, 1.0 MiB/s"


def test_formats_sizes() -> None:
    assert [format_bytes(size) for size in (7, 1536, 5 * 2**20, 3 * 2**30, 2**42)] == [
        *("7 bytes", "1.5 KiB", "5.0 MiB", "3.0 GiB", "4096.0 GiB")
    ]


def test_pauses_grow_with_jitter_and_respect_retry_after() -> None:
    policy = RetryPolicy()
    pauses = [policy.pause(failures, None) for failures in range(1, 12)]
    assert 0.25 <= pauses[0] <= 0.5
    assert all(10 <= pause <= 20 for pause in pauses[6:])
    assert len(set(pauses)) > 5
    assert policy.pause(1, 33.0) == 33.0


@pytest.mark.parametrize("text", ["soon", "-1", "1e9", "", "99999999999999", "²", "Sun, 99 Nov 2026 20:00:00 GMT"])
def test_ignores_malformed_retry_after(text: str) -> None:
    assert retry_after(text) is None


def test_a_retry_after_in_the_past_means_now() -> None:
    assert retry_after("Sun, 22 Nov 2020 20:00:00 GMT") == 0.0
    assert retry_after("Sun, 22 Nov 2020 20:00:00 -0000") == 0.0
