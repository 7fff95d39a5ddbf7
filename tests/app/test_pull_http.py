"""Downloads from web servers, which may be slow, broken, busy or not what they seem."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from pathlib import Path

import pytest

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.pulling.deadline import Deadline
from modelctl.pulling.download import Expected, download
from modelctl.pulling.location import parse_location
from modelctl.pulling.progress import Progress
from modelctl.pulling.retries import RetryPolicy
from modelctl.pulling.sources.answers import retry_after
from modelctl.pulling.sources.http import HttpSource
from modelctl.pulling.sources.protocol import SourceOptions
from tests.app.archives import digest
from tests.app.webserver import Answer, Authority, WebServer, breaking, make_authority, saying, serving, web_server

CONTENT = os.urandom(300_000)
MARK = "never-to-be-shown"
QUICK = RetryPolicy(attempts=4, first_pause=0.01, longest_pause=0.02)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that no machine knows."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy has nothing to do with these servers."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _download(
    tmp_path: Path,
    url: str,
    *,
    seconds: float = 60,
    silence: float = 20,
    max_bytes: int = 10**6,
    sha256: str = "",
    policy: RetryPolicy = QUICK,
    **options: object,
) -> tuple[bytes, str]:
    """Download; returns the bytes and the progress that was shown."""
    shown = StringIO()
    location = parse_location(url)
    source = HttpSource(location, SourceOptions(**({"allow_http": True} | options)), silence_seconds=silence)  # type: ignore[arg-type]
    expected = Expected(location.shown, sha256 or digest(CONTENT), max_bytes)
    download(source, expected, tmp_path / "archive", Deadline(seconds), policy, Progress(shown))
    return (tmp_path / "archive").read_bytes(), shown.getvalue()


def _refusal(tmp_path: Path, url: str, **options: object) -> str:
    with pytest.raises(ModelctlError) as caught:
        _download(tmp_path, url, **options)  # type: ignore[arg-type]
    assert MARK not in str(caught.value)
    assert " Remedy: " in str(caught.value)
    return str(caught.value)


def _ranges(server: WebServer) -> list[str | None]:
    return [headers.get("Range") for _, headers in server.requests]


def test_an_archive_is_downloaded(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        content, shown = _download(tmp_path, server.url())
    assert content == CONTENT
    assert shown == ""
    assert server.requests[0][1]["User-Agent"].startswith("modelctl/")


def test_a_broken_connection_is_resumed_where_it_broke(tmp_path: Path) -> None:
    with web_server(breaking(CONTENT, 100_000), serving(CONTENT)) as server:
        content, shown = _download(tmp_path, server.url())
    assert content == CONTENT
    assert _ranges(server) == [None, "bytes=100000-"]
    assert server.requests[1][1]["If-Range"] == '"one"'
    assert "trying again in" in shown


def test_what_changed_in_between_is_begun_again(tmp_path: Path) -> None:
    with web_server(breaking(b"old" * 9_000, 20_000, ETag='"old"'), serving(CONTENT)) as server:
        assert _download(tmp_path, server.url())[0] == CONTENT
    assert server.requests[1][1]["If-Range"] == '"old"'


@pytest.mark.parametrize(
    ("first", "ranges"),
    [
        (breaking(CONTENT, 100_000, ETag='W/"weak"'), [None, None]),
        (breaking(CONTENT, 100_000, ETag=""), [None, "bytes=100000-", None]),
        (breaking(CONTENT, 100_000), [None, "bytes=100000-", None]),
    ],
    ids=["weak", "by-time", "by-tag"],
)
def test_a_server_that_cannot_resume_begins_again(
    tmp_path: Path, first: Callable[[Answer], None], ranges: list[str | None]
) -> None:
    with web_server(first, *[saying(416)] * (len(ranges) - 2), serving(CONTENT)) as server:
        assert _download(tmp_path, server.url())[0] == CONTENT
    assert _ranges(server) == ranges


def test_a_server_that_ignores_the_range_begins_again(tmp_path: Path) -> None:
    with web_server(breaking(CONTENT, 100_000), lambda request: request.give(200, CONTENT)) as server:
        assert _download(tmp_path, server.url())[0] == CONTENT
    assert len(server.requests) == 2


def test_a_wrong_range_is_not_glued_together(tmp_path: Path) -> None:
    def wrong(request: Answer) -> None:
        request.give(206, CONTENT[5:], Content_Range=f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}")

    with web_server(breaking(CONTENT, 100_000), wrong, serving(CONTENT)) as server:
        assert _download(tmp_path, server.url())[0] == CONTENT


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(tmp_path: Path, status: int) -> None:
    with web_server(saying(status), serving(CONTENT)) as server:
        content, shown = _download(tmp_path, server.url())
    assert content == CONTENT
    assert f"the server answers {status}; trying again" in shown


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    with web_server(saying(503, Retry_After="1"), serving(CONTENT)) as server:
        began = time.monotonic()
        _download(tmp_path, server.url())
    assert time.monotonic() - began > 0.99


def test_retry_after_may_be_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 < (retry_after(moment) or 0) <= 90


def test_a_server_that_asks_to_wait_too_long_ends_the_pull_at_once(tmp_path: Path) -> None:
    with web_server(saying(503, Retry_After="3600")) as server, pytest.raises(TemporaryError, match="later than"):
        _download(tmp_path, server.url())


def test_a_server_that_stays_busy_is_given_up_for_now(tmp_path: Path) -> None:
    with web_server(saying(503)) as server:
        with pytest.raises(TemporaryError, match="the server answers 503; tried 4 times"):
            _download(tmp_path, server.url())
        assert len(server.requests) == 4


def test_a_port_where_nobody_listens_is_given_up_for_now(tmp_path: Path) -> None:
    with web_server(saying(200)) as server:
        url = server.url()
    with pytest.raises(TemporaryError, match="Connection refused; tried 4 times"):
        _download(tmp_path, url)


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
        error = _refusal(tmp_path, server.url(f"/m.tar.gz?signature={MARK}", user=f"me:{MARK}@"))
        assert error.startswith(f"http://{server.host}/m.tar.gz {message}")
        assert len(server.requests) == 1


def test_another_content_is_not_kept_for_the_right_one(tmp_path: Path) -> None:
    with web_server(serving(CONTENT[:-1] + b"!")) as server:
        error = _refusal(tmp_path, server.url())
    found = hashlib.sha256(CONTENT[:-1] + b"!").hexdigest()
    assert f"is {found}, not {digest(CONTENT)} as --sha256 says" in error
    assert len(server.requests) == 1


def test_a_body_cut_short_without_a_length_is_noticed(tmp_path: Path) -> None:
    def cut(request: Answer) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(CONTENT[:1000])

    with web_server(cut) as server:
        assert "its 1000 bytes were not opened" in _refusal(tmp_path, server.url())


def test_a_body_in_pieces_is_put_together(tmp_path: Path) -> None:
    def pieces(request: Answer) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for piece in (CONTENT[:7], CONTENT[7:100_000], CONTENT[100_000:], b""):
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    with web_server(pieces) as server:
        assert _download(tmp_path, server.url())[0] == CONTENT


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
        assert "is larger than 400000 bytes" in _refusal(tmp_path, server.url(), max_bytes=400_000)


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
            _download(tmp_path, server.url(), seconds=0.3)
    assert time.monotonic() - began < 15


def test_a_silent_server_is_asked_again(tmp_path: Path) -> None:
    over = threading.Event()
    with web_server(lambda _: _void(over.wait(20)), serving(CONTENT)) as server:
        content, shown = _download(tmp_path, server.url(), silence=0.5)
        over.set()
    assert content == CONTENT
    assert "the server is silent; trying again" in shown


def test_what_is_not_http_is_refused_for_now(tmp_path: Path) -> None:
    with web_server(lambda request: _void(request.wfile.write(b"SSH-2.0-server\r\n"))) as server:
        assert "the answer is not HTTP (BadStatusLine)" in _refusal(tmp_path, server.url())


def test_redirects_are_followed_and_secrets_stay_with_their_host(tmp_path: Path) -> None:
    headers = tmp_path / "headers"
    headers.write_text(f"Authorization: Bearer {MARK}\nX-Key: {MARK}\n")
    with web_server(breaking(CONTENT, 100_000), serving(CONTENT)) as elsewhere:
        target = elsewhere.url(f"/signed?token={MARK}#part")
        answers = [saying(307, Location="/second"), saying(302, Location=target)] * 2
        with web_server(*answers) as server:
            content, shown = _download(tmp_path, server.url(), header_file=str(headers))
        assert content == CONTENT
        assert MARK not in shown
        for path, sent in server.requests:
            assert path in ("/m.tar.gz", "/second")
            assert (sent["Authorization"], sent["X-Key"]) == (f"Bearer {MARK}", MARK)
        for path, sent in elsewhere.requests:
            assert path == f"/signed?token={MARK}"
            assert not {"Authorization", "X-Key"} & set(sent)
        assert _ranges(elsewhere) == [None, "bytes=100000-"]


def test_redirects_without_end_are_refused(tmp_path: Path) -> None:
    with web_server(saying(302, Location="/again")) as server:
        assert "redirects more than 5 times" in _refusal(tmp_path, server.url())
        assert len(server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "s3://b/key", "http://[", "//h:x/"])
def test_a_redirect_to_what_is_no_web_server_is_refused(tmp_path: Path, target: str) -> None:
    with web_server(saying(302, Location=target)) as server:
        assert "redirects to" in _refusal(tmp_path, server.url())


def test_tls_is_checked_with_the_given_authority(tmp_path: Path, authority: Authority) -> None:
    with web_server(serving(CONTENT), tls=authority) as server:
        assert _download(tmp_path, server.url(), ca_file=str(authority.ca_file), allow_http=False)[0] == CONTENT


def test_tls_is_checked_with_the_authorities_of_the_environment(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    with web_server(serving(CONTENT), tls=authority) as server:
        assert _download(tmp_path, server.url())[0] == CONTENT


def test_an_unknown_authority_is_refused_at_once(tmp_path: Path, authority: Authority) -> None:
    with web_server(serving(CONTENT), tls=authority) as server:
        error = _refusal(tmp_path, server.url(f"/m?{MARK}"))
    assert f"the certificate of https://{server.host}/m is not trusted: " in error
    assert "Remedy: name the authority that signed it with --ca-file or SSL_CERT_FILE" in error


def test_tls_to_a_port_without_it_is_refused_at_once(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        url = server.url().replace("http:", "https:")
        assert "cannot be spoken to with TLS" in _refusal(tmp_path, url)


def test_https_does_not_become_http(tmp_path: Path, authority: Authority) -> None:
    with (
        web_server(serving(CONTENT)) as plain,
        web_server(saying(302, Location=plain.url(f"/m?{MARK}")), tls=authority) as server,
    ):
        error = _refusal(tmp_path, server.url(), ca_file=str(authority.ca_file))
        assert f"redirects to http://{plain.host}/m, which is not followed: only https:// is." in error
        assert plain.requests == []


def test_http_is_used_only_where_it_is_allowed(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        assert "without TLS" in _refusal(tmp_path, server.url(), allow_http=False)
        assert server.requests == []


def test_a_user_in_the_url_is_sent_as_credentials(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        _download(tmp_path, server.url(user="me:p%40ss@"))
    assert server.requests[0][1]["Authorization"] == "Basic bWU6cEBzcw=="


def test_proxies_of_the_environment_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(serving(CONTENT)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        assert _download(tmp_path, "http://models.example.org/m.tar.gz")[0] == CONTENT
        assert proxy.requests[0][0] == "http://models.example.org/m.tar.gz"
