"""Trust of downloads: redirects, TLS, secrets, proxies."""

from pathlib import Path

import pytest

from tests.app.downloads import CONTENT, MARK, download_from, refusal_of
from tests.app.webserver import Authority, breaking, make_authority, saying, serving, web_server

pytestmark = pytest.mark.usefixtures("no_proxy")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A private certificate authority."""
    return make_authority(tmp_path_factory.mktemp("authority"))


def test_follows_redirects_without_forwarding_secrets(tmp_path: Path) -> None:
    headers = tmp_path / "headers"
    headers.write_text(f"Authorization: Bearer {MARK}\nX-Key: {MARK}\n")
    with web_server(breaking(CONTENT, 100_000), serving(CONTENT)) as elsewhere:
        target = elsewhere.url(f"/signed?token={MARK}#part")
        answers = [saying(307, Location="/second"), saying(302, Location=target)] * 2
        with web_server(*answers) as server:
            content, shown = download_from(tmp_path, server.url(), header_file=str(headers))
        assert content == CONTENT
        assert MARK not in shown
        for path, sent in server.requests:
            assert path in ("/m.tar.gz", "/second")
            assert (sent["Authorization"], sent["X-Key"]) == (f"Bearer {MARK}", MARK)
        for path, sent in elsewhere.requests:
            assert path == f"/signed?token={MARK}"
            assert not {"Authorization", "X-Key"} & set(sent)
        assert elsewhere.ranges == [None, "bytes=100000-"]


def test_limits_redirects(tmp_path: Path) -> None:
    with web_server(saying(302, Location="/again")) as server:
        assert "redirects more than 5 times" in refusal_of(tmp_path, server.url())
        assert len(server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "s3://b/key", "http://[", "//h:x/"])
def test_rejects_redirects_to_other_schemes(tmp_path: Path, target: str) -> None:
    with web_server(saying(302, Location=target)) as server:
        assert "redirects to" in refusal_of(tmp_path, server.url())


def test_ignores_credentials_in_a_redirect(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as elsewhere:
        target = elsewhere.url(user=f"me:{MARK}@")
        with web_server(saying(302, Location=target)) as server:
            assert download_from(tmp_path, server.url())[0] == CONTENT
    assert "Authorization" not in elsewhere.requests[0][1]


def test_trusts_the_given_authority(tmp_path: Path, authority: Authority) -> None:
    with web_server(serving(CONTENT), tls=authority) as server:
        assert download_from(tmp_path, server.url(), ca_file=str(authority.ca_file), allow_http=False)[0] == CONTENT


def test_trusts_the_authorities_of_the_environment(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    with web_server(serving(CONTENT), tls=authority) as server:
        assert download_from(tmp_path, server.url())[0] == CONTENT


def test_rejects_an_unknown_authority(tmp_path: Path, authority: Authority) -> None:
    with web_server(serving(CONTENT), tls=authority) as server:
        error = refusal_of(tmp_path, server.url(f"/m?{MARK}"))
    assert f"the certificate of https://{server.host}/m is not trusted: " in error
    assert "Remedy: pass the certificate authority with --ca-file or SSL_CERT_FILE" in error


def test_rejects_a_port_without_tls(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        url = server.url().replace("http:", "https:")
        assert "the TLS handshake with " in refusal_of(tmp_path, url)


def test_does_not_follow_redirects_to_http(tmp_path: Path, authority: Authority) -> None:
    with (
        web_server(serving(CONTENT)) as plain,
        web_server(saying(302, Location=plain.url(f"/m?{MARK}")), tls=authority) as server,
    ):
        error = refusal_of(tmp_path, server.url(), ca_file=str(authority.ca_file))
        assert f"redirects to http://{plain.host}/m, which is not followed: use https://." in error
        assert plain.requests == []


def test_http_needs_the_flag(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        assert "does not use TLS" in refusal_of(tmp_path, server.url(), allow_http=False)
        assert server.requests == []


def test_sends_the_user_of_the_url_as_credentials(tmp_path: Path) -> None:
    with web_server(serving(CONTENT)) as server:
        download_from(tmp_path, server.url(user="me:p%40ss@"))
    assert server.requests[0][1]["Authorization"] == "Basic bWU6cEBzcw=="


def test_uses_the_proxies_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(serving(CONTENT)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        assert download_from(tmp_path, "http://models.example.org/m.tar.gz")[0] == CONTENT
        assert proxy.requests[0][0] == "http://models.example.org/m.tar.gz"
