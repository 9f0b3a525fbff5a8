"""Pages asked through a proxy: what it is told, what it refuses, and what is refused before it."""

import asyncio
import base64
import ssl
from pathlib import Path

import pytest

from extractors.fetch.transport.proxies import (
    Proxies,
    proxies_from,
)
from model import Outcome
from tests.extractors.fetch.test_tls import certificate
from tests.extractors.fetch.transport.pages import run
from tests.extractors.fetch.transport.servers import ForwardProxy, NameServer, Raw, client, once
from tests.extractors.newsstand import Newsstand, page

__all__ = ["certificate"]


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
        assert not name_server.hosts_asked

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

        is_ours = status.startswith(b"407")
        assert response.outcome is (Outcome.PROXY if is_ours else Outcome.CONNECT)
        assert (
            f"the proxy 127.0.0.1:{proxy.port} answered {status[:3].decode()}" in response.sentence
        )

    run(story)


def test_a_407_without_a_question_is_the_sites_own_where_the_proxy_carries_others() -> None:
    async def story() -> None:
        async with ForwardProxy(status=b"200 OK") as proxy, client(proxies=through(proxy)) as ours:
            await ours.get("http://gazette.example/a")
            proxy.status = b"407 Who"
            response = await ours.get("http://paper.example/a")
            assert (response.outcome, response.status) == (Outcome.HTTP_ERROR, 407)
            proxy.status = b"407 Who\r\nProxy-Authenticate: Basic realm=desk"
            response = await ours.get("http://paper.example/b")
            assert response.outcome is Outcome.PROXY

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


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ([b"\x05\x00", b"\x05\x04\x00\x01" + bytes(6)], Outcome.CONNECT),  # host unreachable
        ([b"\x05\x00", b"\x05\x05\x00\x01" + bytes(6)], Outcome.CONNECT),  # refused there
        ([b"\x05\xff"], Outcome.PROXY),  # wants a login that is not known here
    ],
)
def test_a_socks_proxy_says_whether_the_site_or_the_setting_is_at_fault(
    replies: list[bytes], outcome: Outcome
) -> None:
    async def talk(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        for reply in replies:
            await reader.read(300)
            writer.write(reply)
            await writer.drain()

    async def story() -> None:
        async with Raw(talk) as proxy:
            socks = proxies_from({"all_proxy": f"socks5h://127.0.0.1:{proxy.port}"})
            async with client(proxies=socks) as ours:
                response = await ours.get("http://paper.example/a")
        assert response.outcome is outcome, response.sentence

    run(story)


def test_a_proxy_that_is_not_there_is_named() -> None:
    async def story() -> None:
        async with once(b"") as server:
            port = server.port
        async with client(proxies=proxies_from({"all_proxy": f"127.0.0.1:{port}"})) as ours:
            response = await ours.get("http://paper.example/a")

        assert response.outcome is Outcome.PROXY
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
