import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from extractors.fetch.ssrf import allowlist, checked_url
from extractors.fetch.transport.proxies import (
    Proxies,
    Proxy,
    exemptions,
    is_exempt,
    parse_proxy,
    proxies_from,
)
from model import Outcome
from tests.extractors.fetch.test_tls import certificate
from tests.extractors.fetch.transport.servers import ForwardProxy, NameServer, client, once
from tests.extractors.newsstand import Newsstand, page

__all__ = ["certificate"]

PUBLIC = allowlist(())
OFFICE = Proxy("http", "proxy.office.example", 3128)


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "scheme", "host", "port"),
    [
        ("http://proxy.example:3128", "http", "proxy.example", 3128),
        ("http://proxy.example", "http", "proxy.example", 80),
        ("proxy.example:3128", "http", "proxy.example", 3128),
        ("https://proxy.example/", "https", "proxy.example", 443),
        ("socks5://proxy.example", "socks5h", "proxy.example", 1080),
        ("http://[::1]:3128", "http", "::1", 3128),
        ("http://10.1.2.3:8080", "http", "10.1.2.3", 8080),
    ],
)
def test_a_proxy_is_written_as_curl_and_browsers_read_it(
    text: str, scheme: str, host: str, port: int
) -> None:
    assert parse_proxy(text) == Proxy(scheme, host, port)


def test_none_is_no_proxy_and_passwords_are_in_no_text() -> None:
    proxy = parse_proxy("http://ann:p%40ss@proxy.example:3128")

    assert parse_proxy("none") is None
    assert proxy is not None
    assert (proxy.user, proxy.password) == ("ann", "p@ss")
    assert proxy.url == "http://proxy.example:3128"
    assert "p@ss" not in repr(proxy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://ann:s3cret@proxy.example",
        "http://",
        "http://ann:s3cret@:0",
        "http://a b:s3cret@c",
        "http://proxy.example:s3cret",
        "http://proxy.example/s3cret",
        "http://x:1\r\nHost: s3cret",
    ],
)
def test_what_is_no_proxy_is_refused_without_quoting_a_password(text: str) -> None:
    with pytest.raises(ValueError) as wrong:
        parse_proxy(text)

    assert "s3cret" not in str(wrong.value)


@pytest.mark.parametrize(
    ("entry", "host", "port", "exempt"),
    [
        ("*", "paper.example", 443, True),
        ("paper.example", "paper.example", 443, True),
        ("paper.example", "www.paper.example", 443, True),
        (".paper.example", "www.paper.example", 443, True),
        ("*.paper.example", "www.paper.example", 443, True),
        ("PAPER.example.", "paper.example", 443, True),
        ("paper.example", "newspaper.example", 443, False),
        ("paper.example:8080", "paper.example", 8080, True),
        ("paper.example:8080", "paper.example", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "11.1.2.3", 80, False),
        ("10.1.2.3", "10.1.2.3", 80, True),
        ("10.1.2.3:80", "10.1.2.3", 443, False),
        ("fd00::/8", "fd12::1", 80, True),
        ("[::1]:80", "::1", 80, True),
        ("::1", "::1", 80, True),
    ],
)
def test_no_proxy_names_hosts_networks_and_ports(
    entry: str, host: str, port: int, exempt: bool
) -> None:
    assert is_exempt(host, port, exemptions(f"other.example, {entry}")) is exempt


@pytest.mark.parametrize(
    ("environ", "url", "chosen"),
    [
        ({"http_proxy": "http://proxy.office.example:3128"}, "http://paper.example/", True),
        ({"http_proxy": "http://proxy.office.example:3128"}, "https://paper.example/", False),
        ({"HTTP_PROXY": "http://proxy.office.example:3128"}, "http://paper.example/", True),
        (
            {"HTTP_PROXY": "http://proxy.office.example:3128", "REQUEST_METHOD": "GET"},
            "http://paper.example/",
            False,
        ),
        ({"HTTPS_PROXY": "proxy.office.example:3128"}, "https://paper.example/", True),
        ({"all_proxy": "http://proxy.office.example:3128"}, "https://paper.example/", True),
        (
            {"ALL_PROXY": "http://proxy.office.example:3128", "NO_PROXY": ".example"},
            "https://paper.example/",
            False,
        ),
        ({}, "http://paper.example/", False),
    ],
)
def test_the_environment_names_proxies(environ: dict[str, str], url: str, chosen: bool) -> None:
    found = proxies_from(environ).choose(checked_url(url, PUBLIC))

    assert found == (OFFICE if chosen else None)


def test_the_setting_stands_over_the_environment_and_the_feed_over_both() -> None:
    environ = {"all_proxy": "http://far.example:1", "no_proxy": "inside.example"}
    ours = proxies_from(
        environ,
        setting="http://proxy.office.example:3128",
        by_group={"slow.example": "none", "inside.example": "http://own.example:9"},
    )

    def choice(url: str) -> Proxy | None:
        return ours.choose(checked_url(url, PUBLIC))

    assert choice("https://www.paper.example/") == OFFICE
    assert choice("https://feeds.slow.example/") is None
    assert choice("https://inside.example/") == Proxy("http", "own.example", 9)
    assert (
        proxies_from(environ, setting="none").choose(checked_url("http://a.example", PUBLIC))
        is None
    )


def test_a_variable_that_is_no_proxy_is_named() -> None:
    with pytest.raises(ValueError, match="HTTPS_PROXY"):
        proxies_from({"HTTPS_PROXY": "gopher://ann:s3cret@old.example"})


def through(proxy: ForwardProxy, **more: str) -> Proxies:
    login = "".join(f"{more['user']}:{more['password']}@" for _ in [0] if more)
    return proxies_from({"all_proxy": f"http://{login}127.0.0.1:{proxy.port}"})


def test_pages_are_asked_of_the_proxy_and_their_names_are_left_to_it() -> None:
    async def story() -> None:
        async with (
            Newsstand({"/a": page()}) as stand,
            ForwardProxy() as proxy,
            NameServer({}) as name_server,
        ):
            proxy.leads_to["paper.example"] = stand.port
            async with client(proxies=through(proxy), nameservers=[name_server.address]) as ours:
                response = await ours.get("http://paper.example/a")

        assert response.outcome is Outcome.OK, response.sentence
        assert proxy.lines == [b"GET http://paper.example/a HTTP/1.1"]
        assert not name_server.asked

    run(story)


def test_https_goes_through_a_tunnel_and_its_certificate_is_still_judged(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def story() -> None:
        async with Newsstand({"/a": page()}, tls=context) as stand, ForwardProxy() as proxy:
            proxy.leads_to = {"paper.example": stand.port, "127.0.0.1": stand.port}
            async with client(proxies=through(proxy), roots=str(certificate)) as ours:
                response = await ours.get("https://paper.example/a")

                tunnelled = await ours.get(f"https://127.0.0.1:{stand.port}/a")

        assert response.outcome is Outcome.TLS  # the certificate is for 127.0.0.1
        assert "another name" in response.sentence
        assert tunnelled.outcome is Outcome.OK, tunnelled.sentence
        assert "x-of-proxy" not in tunnelled.headers
        assert proxy.lines[0] == b"CONNECT paper.example:443 HTTP/1.1"
        assert len(proxy.lines) == 2

    run(story)


def test_a_proxy_that_wants_a_password_gets_it_and_the_page_does_not() -> None:
    async def story() -> None:
        login = base64.b64encode(b"ann:s3cret")
        async with Newsstand({"/a": page()}) as stand, ForwardProxy(credentials=login) as proxy:
            proxy.leads_to["paper.example"] = stand.port
            for more in ({}, {"user": "ann", "password": "s3cret"}):
                async with client(proxies=through(proxy, **more)) as ours:
                    response = await ours.get("http://paper.example/a")
                assert (response.outcome is Outcome.OK) is bool(more), response.sentence
                assert "s3cret" not in str(response)

    run(story)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://paper.example/a", b"403 No"),
        ("https://paper.example/a", b"407 Who"),
        ("https://paper.example/a", b"502 Gone"),
        ("http://paper.example/a", b"407 Who"),
        ("http://paper.example/a", b"502 Gone\r\nX-Squid-Error: ERR_CONNECT_FAIL 111"),
        ("http://paper.example/a", b"504 Late\r\nProxy-Status: edge.example; error=connection_timeout"),
    ],
)  # fmt: skip
def test_a_refusal_of_the_proxy_itself_is_not_laid_on_the_site(url: str, status: bytes) -> None:
    async def story() -> None:
        async with ForwardProxy(status=status) as proxy, client(proxies=through(proxy)) as ours:
            response = await ours.get(url)

        assert response.outcome is Outcome.CONNECT
        assert (
            f"the proxy 127.0.0.1:{proxy.port} answered {status[:3].decode()}" in response.sentence
        )

    run(story)


def test_an_error_of_the_site_stays_its_own_behind_a_proxy() -> None:
    async def story() -> None:
        async with (
            ForwardProxy(status=b"502 Gone") as proxy,
            client(proxies=through(proxy)) as ours,
        ):
            response = await ours.get("http://paper.example/a")

        assert (response.outcome, response.status) == (Outcome.SERVER_ERROR, 502)

    run(story)


def test_a_proxy_that_is_not_there_is_named() -> None:
    async def story() -> None:
        async with once(b"") as server:
            port = server.port
        async with client(proxies=proxies_from({"all_proxy": f"127.0.0.1:{port}"})) as ours:
            response = await ours.get("http://paper.example/a")

        assert response.outcome is Outcome.CONNECT
        assert f"the proxy 127.0.0.1:{port}" in response.sentence

    run(story)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://168.63.129.16/",
        "http://2852039166/",
        "http://[::ffff:169.254.169.254]/",
        "http://metadata.google.internal/",
        "http://0x7f.1.1.1/",
    ],
)
def test_private_targets_are_refused_through_a_proxy_as_well(url: str) -> None:
    async def story() -> None:
        async with ForwardProxy() as proxy:
            proxy.leads_to["paper.example"] = 1
            async with client(proxies=through(proxy)) as ours:
                response = await ours.get(url)
                assert response.outcome is Outcome.PRIVATE_ADDRESS, response.sentence
            assert not proxy.lines

    run(story)


def test_a_redirect_to_a_private_target_is_refused_through_a_proxy_as_well() -> None:
    async def story() -> None:
        moved = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
        async with once(moved) as server, ForwardProxy() as proxy:
            proxy.leads_to["paper.example"] = server.port
            async with client(proxies=through(proxy)) as ours:
                response = await ours.get("http://paper.example/")

        assert response.outcome is Outcome.PRIVATE_ADDRESS
        assert len(proxy.lines) == 1

    run(story)


def test_libcurl_itself_reads_no_proxy_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async def story() -> None:
        async with Newsstand({"/a": page()}) as stand, client(proxies=Proxies()) as ours:
            assert (await ours.get(f"{stand.url}/a")).outcome is Outcome.OK
        async with client(proxies=None) as ours:
            response = await ours.get("http://paper.example/a")
            assert "the proxy 127.0.0.1:1" in response.sentence

    run(story)
