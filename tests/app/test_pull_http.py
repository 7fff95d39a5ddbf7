"""Downloads from web servers that may be slow, broken or busy."""

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from pathlib import Path
from typing import NoReturn

import pytest

from modelctl.errors import TemporaryError
from modelctl.net.http import retry_after
from modelctl.progress import TransferProgress
from modelctl.pull.download import Expected, download
from modelctl.pull.limits import Deadline, RetryPolicy
from tests.app.archives import digest
from tests.app.downloads import CONTENT, MARK, download_from, refusal_of
from tests.app.webserver import Answer, breaking, saying, serving, web_server

pytestmark = pytest.mark.usefixtures("no_proxy")


def test_an_archive_is_downloaded(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        content, shown = download_from(tmp_path, server.url())
    assert content == CONTENT
    assert shown == ""
    assert server.requests[0][1]["User-Agent"].startswith("modelctl/")


def test_resumes_a_broken_connection(tmp_path: Path) -> None:
    with web_server(breaking(CONTENT, 100_000), serving(CONTENT)) as server:
        content, shown = download_from(tmp_path, server.url())
    assert content == CONTENT
    assert server.ranges == [None, "bytes=100000-"]
    assert server.requests[1][1]["If-Range"] == '"one"'
    assert "retrying in" in shown


def test_restarts_when_the_content_has_changed(tmp_path: Path) -> None:
    with web_server(breaking(b"old" * 9_000, 20_000, ETag='"old"'), serving(CONTENT)) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT
    assert server.requests[1][1]["If-Range"] == '"old"'


@pytest.mark.parametrize(
    ("first", "ranges"),
    [
        (breaking(CONTENT, 100_000, ETag='W/"weak"'), [None, None]),
        (breaking(CONTENT, 100_000, ETag='"folded\r\n tag"'), [None, None]),
        (breaking(CONTENT, 100_000, ETag=""), [None, "bytes=100000-", None]),
        (breaking(CONTENT, 100_000), [None, "bytes=100000-", None]),
    ],
    ids=["weak", "folded", "by-time", "by-tag"],
)
def test_restarts_if_the_server_cannot_resume(
    tmp_path: Path, first: Callable[[Answer], None], ranges: list[str | None]
) -> None:
    with web_server(first, *[saying(416)] * (len(ranges) - 2), serving(CONTENT)) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT
    assert server.ranges == ranges


def test_restarts_if_the_server_ignores_the_range(tmp_path: Path) -> None:
    with web_server(breaking(CONTENT, 100_000), lambda request: request.give(200, CONTENT)) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT
    assert len(server.requests) == 2


@pytest.mark.parametrize("place", ["5", "9" * 9999, "x"])
def test_rejects_a_wrong_range(tmp_path: Path, place: str) -> None:
    def wrong(request: Answer) -> None:
        request.give(206, CONTENT[5:], Content_Range=f"bytes {place}-{len(CONTENT) - 1}/{len(CONTENT)}")

    with web_server(breaking(CONTENT, 100_000), wrong, serving(CONTENT)) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_retries_a_busy_server(tmp_path: Path, status: int) -> None:
    with web_server(saying(status), serving(CONTENT)) as server:
        content, shown = download_from(tmp_path, server.url())
    assert content == CONTENT
    assert f"the server returned status {status}; retrying" in shown


def test_waits_for_retry_after(tmp_path: Path) -> None:
    with web_server(saying(503, Retry_After="1"), serving(CONTENT)) as server:
        began = time.monotonic()
        download_from(tmp_path, server.url())
    assert time.monotonic() - began > 0.99


def test_retry_after_may_be_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 < (retry_after(moment) or 0) <= 90


def test_fails_at_once_if_retry_after_exceeds_the_timeout(tmp_path: Path) -> None:
    with (
        web_server(saying(503, Retry_After="3600")) as server,
        pytest.raises(TemporaryError, match="the next attempt would exceed --timeout"),
    ):
        download_from(tmp_path, server.url())


def test_gives_up_on_a_server_that_stays_busy(tmp_path: Path) -> None:
    with web_server(saying(503)) as server:
        with pytest.raises(TemporaryError, match="the server returned status 503; gave up after 4 attempts"):
            download_from(tmp_path, server.url())
        assert len(server.requests) == 4


def test_rejects_invalid_host_names(tmp_path: Path) -> None:
    assert "has an invalid host name" in refusal_of(tmp_path, f"http://{'a' * 64}.example.org/m?{MARK}")


def test_an_unexpected_error_of_a_source_ends_the_download(tmp_path: Path) -> None:
    class Panicking:
        def open(self, resume: object) -> NoReturn:  # noqa: ARG002
            raise BaseException("panic")

    expected = Expected("here", digest(CONTENT), 1)
    with pytest.raises(RuntimeError, match="panic"):
        download(Panicking(), expected, tmp_path / "archive", Deadline(30), RetryPolicy(), TransferProgress(StringIO()))


def test_gives_up_on_a_refused_connection(tmp_path: Path) -> None:
    with web_server(saying(200)) as server:
        url = server.url()
    with pytest.raises(TemporaryError, match="Connection refused; gave up after 4 attempts"):
        download_from(tmp_path, url)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (204, "unexpected status 204"),
        (206, "unexpected status 206"),
        (302, "unexpected status 302"),
        (401, "access denied (401). Remedy: pass credentials with --header-file"),
        (403, "access denied (403)"),
        (404, "not found (404)"),
        (410, "not found (410)"),
        (501, "unexpected status 501"),
    ],
)
def test_does_not_retry_permanent_errors(tmp_path: Path, status: int, message: str) -> None:
    with web_server(saying(status)) as server:
        error = refusal_of(tmp_path, server.url(f"/m.tar.gz?signature={MARK}", user=f"me:{MARK}@"))
        assert error.startswith(f"http://{server.host}/m.tar.gz: {message}")
        assert len(server.requests) == 1


def test_rejects_content_with_another_digest(tmp_path: Path) -> None:
    with web_server(serving(CONTENT[:-1] + b"!")) as server:
        error = refusal_of(tmp_path, server.url())
    found = hashlib.sha256(CONTENT[:-1] + b"!").hexdigest()
    assert f"is {found}, but --sha256 is {digest(CONTENT)}" in error
    assert len(server.requests) == 1


def test_detects_a_truncated_body_without_a_length(tmp_path: Path) -> None:
    def cut(request: Answer) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(CONTENT[:1000])

    with web_server(cut) as server:
        assert "its 1000 bytes were discarded" in refusal_of(tmp_path, server.url())


def test_reads_chunked_bodies(tmp_path: Path) -> None:
    def pieces(request: Answer) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for piece in (CONTENT[:7], CONTENT[7:100_000], CONTENT[100_000:], b""):
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    with web_server(pieces) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT


@pytest.mark.parametrize("announced", [True, False])
def test_stops_at_the_size_limit(tmp_path: Path, announced: bool) -> None:
    def endless(request: Answer) -> None:
        request.send_response(200)
        if announced:
            request.send_header("Content-Length", "1000000000000")
        request.end_headers()
        while True:
            request.wfile.write(CONTENT)

    with web_server(endless) as server:
        assert "is larger than 400000 bytes" in refusal_of(tmp_path, server.url(), max_bytes=400_000)


def _void(_: object) -> None:
    """Discard a value, so that an expression can be a handler."""


def _dripping(into: str) -> Callable[[Answer], None]:
    def answer(request: Answer) -> None:
        begin = b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 100\r\n\r\n" if into == "body" else b"X-Slow: ")
        request.wfile.write(begin)
        while True:
            request.wfile.write(b"x")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("into", ["headers", "body"])
def test_stops_a_slow_download_at_the_deadline(tmp_path: Path, into: str) -> None:
    with web_server(_dripping(into)) as server:
        began = time.monotonic()
        with pytest.raises(TemporaryError, match=r"did not finish within 0\.3 s\. Remedy: raise --timeout"):
            download_from(tmp_path, server.url(), seconds=0.3)
    assert time.monotonic() - began < 15


def test_retries_a_server_that_does_not_respond(tmp_path: Path) -> None:
    over = threading.Event()
    with web_server(lambda _: _void(over.wait(20)), serving(CONTENT)) as server:
        content, shown = download_from(tmp_path, server.url(), read_timeout=0.5)
        over.set()
    assert content == CONTENT
    assert "the server did not respond; retrying" in shown


def test_reports_responses_that_are_not_http(tmp_path: Path) -> None:
    with web_server(lambda request: _void(request.wfile.write(b"SSH-2.0-server\r\n"))) as server:
        assert "the response is not HTTP (BadStatusLine)" in refusal_of(tmp_path, server.url())
