"""`proxy:` and `headers:` of feeds.yaml: located faults, and where secrets go."""

import asyncio
from pathlib import Path

import pytest

from extractors.feed_list.load import load_feeds
from extractors.feed_list.network import (
    faults_of_network,
    in_environment,
    own_headers,
    proxies_of,
    references,
)
from extractors.feeds.poll import poll_feed
from extractors.fetch.ssrf import allowlist, checked_url
from flows.orchestration.feed_secrets import resolve_secrets
from model import ConfigError, FeedHistory, FeedList, FeedSpec, Outcome
from tests.extractors.feeds.test_poll import NOW, rss, sitemap
from tests.extractors.fetch.transport.servers import client
from tests.extractors.newsstand import Newsstand, answer, moved

LIST = """\
settings:
  proxy: env:OFFICE_PROXY
feeds:
  - name: Courier
    url: https://courier.example/rss
    proxy: http://far.example:3128
    headers:
      X-Api-Key: env:COURIER_KEY
      Accept-Language: en-GB
  - name: Harbour
    url: https://harbour.example/rss
    proxy: none
  - name: Asleep
    url: https://asleep.example/rss
    enabled: false
    proxy: secret:asleep
"""


def listed(tmp_path: Path, text: str = LIST) -> FeedList:
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    return load_feeds(path)


def faults(tmp_path: Path, line: str) -> list[ConfigError]:
    text = f"feeds:\n  - name: Courier\n    url: https://courier.example/rss\n    {line}\n"
    with pytest.raises(ExceptionGroup) as caught:
        listed(tmp_path, text)
    return list(caught.value.exceptions)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "at", "why"),
    [
        ("proxy: http://ann:s3cret@proxy.example:1", 4, "holds a user name or password"),
        ("proxy: gopher://proxy.example", 4, "starts with gopher:"),
        ("proxy: http://proxy.example/path", 4, "more than scheme"),
        ("headers: X-Key", 4, "must be a mapping"),
        ("headers:\n      Host: other.example", 5, "is set by Pollwatch itself"),
        ("headers:\n      X-Key: a\n      authorization: Basic s3cret", 6, "set by Pollwatch"),
        ("headers:\n      Proxy-Authorization: s3cret", 5, "set by Pollwatch"),
        ("headers:\n      Transfer-Encoding: chunked", 5, "set by Pollwatch"),
        ("headers:\n      If-None-Match: x", 5, "set by Pollwatch"),
        ('headers:\n      X-Key: "a\\r\\nHost: s3cret"', 5, "without line breaks"),
        ('headers:\n      "X Key": a', 5, "is not the name of a header"),
        ('headers:\n      "X-Key: a\\r\\nHost": s3cret', 5, "is not the name of a header"),
        ("headers:\n      X-Key: a\n      x-key: b", 6, "comes twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_never_quoted(
    tmp_path: Path, line: str, at: int, why: str
) -> None:
    listed_faults = faults(tmp_path, line)

    assert len(listed_faults) == 1
    assert listed_faults[0].line == at
    assert listed_faults[0].field == line.partition(":")[0]
    assert why in str(listed_faults[0])
    assert "s3cret" not in str(listed_faults[0])


def test_secrets_are_asked_for_by_name_and_of_enabled_feeds_only(tmp_path: Path) -> None:
    ours = listed(tmp_path)

    assert list(references(ours)) == [
        ("settings", "proxy", "env:OFFICE_PROXY"),
        ("courier", "headers", "env:COURIER_KEY"),
    ]


def test_every_feed_goes_its_own_way(tmp_path: Path) -> None:
    secrets = {"env:OFFICE_PROXY": "http://ann:pw@proxy.example:3128"}
    proxies = proxies_of(listed(tmp_path), secrets, {})

    def server(url: str) -> str | None:
        chosen = proxies.choose(checked_url(url, allowlist(())))
        return chosen.server if chosen else None

    assert server("https://www.courier.example/story") == "far.example:3128"
    assert server("https://harbour.example/rss") is None
    assert server("https://other.example/") == "proxy.example:3128"


def test_headers_carry_their_secrets_and_are_left_out_without(tmp_path: Path) -> None:
    courier = listed(tmp_path).feeds[0]

    assert own_headers(courier, {"env:COURIER_KEY": " k3y\n"}) == (
        ("X-Api-Key", "k3y"),
        ("Accept-Language", "en-GB"),
    )
    assert own_headers(courier, {}) == (("Accept-Language", "en-GB"),)


def test_secrets_that_are_missing_or_wrong_are_faults_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = listed(tmp_path)
    monkeypatch.setenv("OFFICE_PROXY", "gopher://ann:s3cret@proxy.example")
    monkeypatch.delenv("COURIER_KEY", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://a b:s3cret@c")

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(resolve_secrets(ours))
    sentences = "\n".join(map(str, caught.value.exceptions))
    assert "settings: what env:OFFICE_PROXY holds starts with gopher:" in sentences
    assert "courier: the environment variable COURIER_KEY is not set" in sentences
    assert "HTTPS_PROXY" in sentences
    assert "s3cret" not in sentences

    monkeypatch.setenv("OFFICE_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("COURIER_KEY", "k3y")
    monkeypatch.delenv("HTTPS_PROXY")
    secrets = asyncio.run(resolve_secrets(ours)).secrets
    assert secrets == {"env:OFFICE_PROXY": "http://proxy.example:3128", "env:COURIER_KEY": "k3y"}
    assert in_environment(secrets) == secrets
    assert not faults_of_network(ours, secrets, {})


@pytest.mark.parametrize("value", [None, " ", "a\r\nEvil: 1"])
def test_one_feeds_missing_secret_keeps_no_other_feed_from_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    ours = listed(tmp_path)
    monkeypatch.setenv("OFFICE_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("COURIER_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("COURIER_KEY", value)

    resolved = asyncio.run(resolve_secrets(ours))

    assert resolved.secrets == {"env:OFFICE_PROXY": "http://proxy.example:3128"}
    assert [fault.field for fault in resolved.faults] == ["headers"]
    assert "COURIER_KEY" in str(resolved.faults[0])


def test_a_feeds_headers_go_to_its_own_origin_only() -> None:
    async def story() -> None:
        async with Newsstand({"/x": answer(rss(1))}) as other:
            replies = {"/a": moved("/b"), "/b": moved(f"{other.url}/x")}
            async with Newsstand(replies) as stand, client() as ours:  # type: ignore[arg-type]
                spec = FeedSpec("paper", "Paper", f"{stand.url}/a")
                own = [("X-Api-Key", "k3y"), ("Accept", "application/xml")]
                poll = await poll_feed(ours, spec, FeedHistory("paper"), now=NOW, headers=own)

            assert poll.outcome is Outcome.OK
            assert [request.headers.get("x-api-key") for request in stand.requests] == ["k3y"] * 2
            assert stand.requests[0].headers["accept"] == "application/xml"
            assert "x-api-key" not in other.requests[0].headers

    asyncio.run(story())


def test_a_sitemap_on_another_server_gets_none_of_the_index_secrets() -> None:
    async def story() -> None:
        async with Newsstand({"/far.xml": answer(sitemap(1))}) as other, Newsstand({}) as stand:
            index = "".join(
                f"<sitemap><loc>{url}</loc></sitemap>"
                for url in (f"{stand.url}/near.xml", f"{other.url}/far.xml")
            )
            space = "http://www.sitemaps.org/schemas/sitemap/0.9"
            stand.replies["/index.xml"] = answer(
                f'<sitemapindex xmlns="{space}">{index}</sitemapindex>'.encode()
            )
            stand.replies["/near.xml"] = answer(sitemap(2))
            async with client() as ours:
                spec = FeedSpec("paper", "Paper", f"{stand.url}/index.xml", auth="env:X")
                poll = await poll_feed(
                    ours, spec, FeedHistory("paper"), now=NOW, auth="ann:pw", headers=[("X-K", "k")]
                )

        assert len(poll.entries) == 2, poll.sentence
        near = next(request for request in stand.requests if request.path == "/near.xml")
        assert {"authorization", "x-k"} <= set(near.headers)
        assert not {"authorization", "x-k"} & set(other.requests[0].headers)

    asyncio.run(story())


def test_a_secret_with_a_line_break_is_not_sent() -> None:
    async def story() -> None:
        async with Newsstand({"/a": answer(rss(1))}) as stand, client() as ours:
            response = await ours.get(
                f"{stand.url}/a", kind="feed", headers=[("X-Key", "s3cret\r\nHost: evil.example")]
            )

            assert response.outcome is Outcome.BAD_URL
            assert "s3cret" not in response.sentence
            assert not stand.requests

    asyncio.run(story())


def test_a_feed_that_breaks_off_gives_what_came_and_is_marked() -> None:
    async def story() -> None:
        body = rss(1, 2, 3)
        whole = body[: body.index(b"<item><title>Story 3")]
        cut = answer(whole + b"<item><title>Sto", content_length="9999", connection="close")
        async with Newsstand({"/a": cut}) as stand, client() as ours:
            spec = FeedSpec("paper", "Paper", f"{stand.url}/a")
            poll = await poll_feed(ours, spec, FeedHistory("paper"), now=NOW)

        assert poll.outcome is Outcome.MALFORMED
        assert len(poll.entries) == 2
        assert poll.cut
        assert poll.cache.etag is None
        assert "broke off" in poll.sentence

    asyncio.run(story())
