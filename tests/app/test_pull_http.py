"""Downloads from web servers, which may be slow, broken or busy."""

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


def test_a_broken_connection_is_resumed_where_it_broke(tmp_path: Path) -> None:
    with web_server(breaking(CONTENT, 100_000), serving(CONTENT)) as server:
        content, shown = download_from(tmp_path, server.url())
    assert content == CONTENT
    assert server.ranges == [None, "bytes=100000-"]
    assert server.requests[1][1]["If-Range"] == '"one"'
    assert "trying again in" in shown


def test_what_changed_in_between_is_begun_again(tmp_path: Path) -> None:
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
def test_a_server_that_cannot_resume_begins_again(
    tmp_path: Path, first: Callable[[Answer], None], ranges: list[str | None]
) -> None:
    with web_server(first, *[saying(416)] * (len(ranges) - 2), serving(CONTENT)) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT
    assert server.ranges == ranges


def test_a_server_that_ignores_the_range_begins_again(tmp_path: Path) -> None:
    with web_server(breaking(CONTENT, 100_000), lambda request: request.give(200, CONTENT)) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT
    assert len(server.requests) == 2


@pytest.mark.parametrize("place", ["5", "9" * 9999, "x"])
def test_a_wrong_range_is_not_glued_together(tmp_path: Path, place: str) -> None:
    def wrong(request: Answer) -> None:
        request.give(206, CONTENT[5:], Content_Range=f"bytes {place}-{len(CONTENT) - 1}/{len(CONTENT)}")

    with web_server(breaking(CONTENT, 100_000), wrong, serving(CONTENT)) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(tmp_path: Path, status: int) -> None:
    with web_server(saying(status), serving(CONTENT)) as server:
        content, shown = download_from(tmp_path, server.url())
    assert content == CONTENT
    assert f"the server answers {status}; trying again" in shown


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    with web_server(saying(503, Retry_After="1"), serving(CONTENT)) as server:
        began = time.monotonic()
        download_from(tmp_path, server.url())
    assert time.monotonic() - began > 0.99


def test_retry_after_may_be_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 < (retry_after(moment) or 0) <= 90


def test_a_server_that_asks_to_wait_too_long_ends_the_pull_at_once(tmp_path: Path) -> None:
    with web_server(saying(503, Retry_After="3600")) as server, pytest.raises(TemporaryError, match="later than"):
        download_from(tmp_path, server.url())


def test_a_server_that_stays_busy_is_given_up_for_now(tmp_path: Path) -> None:
    with web_server(saying(503)) as server:
        with pytest.raises(TemporaryError, match="the server answers 503; tried 4 times"):
            download_from(tmp_path, server.url())
        assert len(server.requests) == 4


def test_a_host_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    assert "has a host that cannot be one" in refusal_of(tmp_path, f"http://{'a' * 64}.example.org/m?{MARK}")


def test_a_failure_that_nobody_thought_of_is_not_waited_for(tmp_path: Path) -> None:
    class Panicking:
        def open(self, resume: object) -> NoReturn:  # noqa: ARG002
            raise BaseException("panic")

    expected = Expected("here", digest(CONTENT), 1)
    with pytest.raises(RuntimeError, match="panic"):
        download(Panicking(), expected, tmp_path / "archive", Deadline(30), RetryPolicy(), TransferProgress(StringIO()))


def test_a_port_where_nobody_listens_is_given_up_for_now(tmp_path: Path) -> None:
    with web_server(saying(200)) as server:
        url = server.url()
    with pytest.raises(TemporaryError, match="Connection refused; tried 4 times"):
        download_from(tmp_path, url)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (204, "answers 204 instead of the archive"),
        (206, "answers 206 instead of the archive"),
        (302, "answers 302 instead of the archive"),
        (401, "may not be read (401). Remedy: give credentials with --header-file"),
        (403, "may not be read (403)"),
        (404, "is not there (404)"),
        (410, "is not there (410)"),
        (501, "answers 501 instead of the archive"),
    ],
)
def test_an_answer_that_will_not_change_is_not_asked_for_again(tmp_path: Path, status: int, message: str) -> None:
    with web_server(saying(status)) as server:
        error = refusal_of(tmp_path, server.url(f"/m.tar.gz?signature={MARK}", user=f"me:{MARK}@"))
        assert error.startswith(f"http://{server.host}/m.tar.gz {message}")
        assert len(server.requests) == 1


def test_another_content_is_not_kept_for_the_right_one(tmp_path: Path) -> None:
    with web_server(serving(CONTENT[:-1] + b"!")) as server:
        error = refusal_of(tmp_path, server.url())
    found = hashlib.sha256(CONTENT[:-1] + b"!").hexdigest()
    assert f"is {found}, not {digest(CONTENT)} as --sha256 says" in error
    assert len(server.requests) == 1


def test_a_body_cut_short_without_a_length_is_noticed(tmp_path: Path) -> None:
    def cut(request: Answer) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(CONTENT[:1000])

    with web_server(cut) as server:
        assert "its 1000 bytes were not opened" in refusal_of(tmp_path, server.url())


def test_a_body_in_pieces_is_put_together(tmp_path: Path) -> None:
    def pieces(request: Answer) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for piece in (CONTENT[:7], CONTENT[7:100_000], CONTENT[100_000:], b""):
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    with web_server(pieces) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT


@pytest.mark.parametrize("announced", [True, False])
def test_more_than_the_limit_is_not_downloaded(tmp_path: Path, announced: bool) -> None:
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
    """Make an expression an answer."""


def _dripping(into: str) -> Callable[[Answer], None]:
    def answer(request: Answer) -> None:
        begin = b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 100\r\n\r\n" if into == "body" else b"X-Slow: ")
        request.wfile.write(begin)
        while True:
            request.wfile.write(b"x")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("into", ["headers", "body"])
def test_a_server_that_drips_is_left_at_the_deadline(tmp_path: Path, into: str) -> None:
    with web_server(_dripping(into)) as server:
        began = time.monotonic()
        with pytest.raises(TemporaryError, match=r"was not done after 0\.3 s\. Remedy: give more time"):
            download_from(tmp_path, server.url(), seconds=0.3)
    assert time.monotonic() - began < 15


def test_a_silent_server_is_asked_again(tmp_path: Path) -> None:
    over = threading.Event()
    with web_server(lambda _: _void(over.wait(20)), serving(CONTENT)) as server:
        content, shown = download_from(tmp_path, server.url(), silence=0.5)
        over.set()
    assert content == CONTENT
    assert "the server is silent; trying again" in shown


def test_what_is_not_http_is_refused_for_now(tmp_path: Path) -> None:
    with web_server(lambda request: _void(request.wfile.write(b"SSH-2.0-server\r\n"))) as server:
        assert "the answer is not HTTP (BadStatusLine)" in refusal_of(tmp_path, server.url())
