import random
from datetime import timedelta

import pytest

from extractors.feeds.parsing.feed_notices import new_address_of
from extractors.feeds.poll import poll_feed
from extractors.feeds.schedule import next_poll
from extractors.fetch.client import Client
from extractors.workers.parse_feed import PARSE_JOB, parse_in
from extractors.workers.pool import Workers
from model import FeedCache, FeedHistory, Outcome, ParsedFeed
from tests.extractors.feeds.polling import NOW, after, rss, run, sitemap, spec
from tests.extractors.newsstand import Newsstand, Request, answer, moved


def test_a_first_poll_asks_for_all_and_brings_entries() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(rss(1, 2), etag='"one"', cache_control="max-age=600")

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)

        assert (poll.outcome, len(poll.entries), poll.title) == (Outcome.OK, 2, "Paper")
        assert poll.unconditional
        assert poll.cache.etag == '"one"'
        assert poll.cache.last_full_at == NOW
        assert poll.hint_seconds == 45 * 60
        assert "2 entries" in poll.sentence
        assert "if-none-match" not in stand.requests[0].headers

    run(story)


def test_a_304_keeps_what_was_known() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        def reply(request: Request) -> bytes:
            same = request.headers.get("if-none-match") == '"one"'
            return answer(b"", "304 N") if same else answer(rss(1), etag='"one"')

        stand.replies["/feed"] = reply
        first = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
        second = await poll_feed(ours, spec(stand), after(first), now=NOW + timedelta(hours=1))

        assert second.outcome is Outcome.NOT_MODIFIED
        assert not second.unconditional
        assert second.cache == first.cache

        third = await poll_feed(ours, spec(stand), after(first), now=NOW + timedelta(hours=12))

        assert third.outcome is Outcome.OK
        assert third.unconditional
        assert "if-none-match" not in stand.requests[2].headers

    run(story)


def test_the_same_bytes_again_are_not_modified_but_parsed_twice_a_day() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(rss(1))
        first = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
        second = await poll_feed(ours, spec(stand), after(first), now=NOW + timedelta(hours=1))
        third = await poll_feed(ours, spec(stand), after(first), now=NOW + timedelta(hours=13))

        assert (second.outcome, second.http_status) == (Outcome.NOT_MODIFIED, 200)
        assert second.cache.last_full_at == NOW
        assert third.outcome is Outcome.OK
        assert third.cache.last_full_at == NOW + timedelta(hours=13)

    run(story)


def test_a_304_that_nobody_asked_for_costs_the_validators() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(b"", "304 N", etag='"one"')

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)

        assert poll.outcome is Outcome.PROTOCOL
        assert poll.cache == FeedCache()

    run(story)


def test_a_failure_keeps_the_validators() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(rss(1), etag='"one"')
        first = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
        for reply, outcome in (
            (answer(b"", "500 Oops"), Outcome.SERVER_ERROR),
            (answer(b"<html><title>Soon back</title></html>"), Outcome.NOT_A_FEED),
        ):
            stand.replies["/feed"] = reply
            poll = await poll_feed(ours, spec(stand), after(first), now=NOW + timedelta(hours=1))

            assert poll.outcome is outcome
            assert poll.cache == first.cache
            assert poll.entries == ()

    run(story)


def test_validators_of_servers_that_send_expires_0_are_not_used() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(rss(1), etag='"one"', expires="0")

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)

        assert poll.cache.etag is None

    run(story)


def test_a_feed_without_entries_is_empty_and_a_broken_one_is_used() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/empty": answer(rss()), "/cut": answer(rss(1, 2, 3)[:-120])}

        empty = await poll_feed(ours, spec(stand, "/empty"), FeedHistory("paper"), now=NOW)
        cut = await poll_feed(ours, spec(stand, "/cut"), FeedHistory("paper"), now=NOW)

        assert empty.outcome is Outcome.EMPTY
        assert cut.outcome is Outcome.MALFORMED
        assert len(cut.entries) >= 2

    run(story)


def test_a_moved_feed_says_where_it_went() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/feed": moved("/new", "301 Moved"), "/new": answer(rss(1))}

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)

        assert poll.outcome is Outcome.OK
        assert poll.moved_to == f"{stand.url}/new"

    run(story)


def test_a_feed_that_names_its_new_address_itself_says_where_it_went() -> None:
    told = b"<itunes:new-feed-url> https://new.example/board.xml</itunes:new-feed-url><item>"

    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/feed": answer(rss(1).replace(b"<item>", told, 1))}
        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
        assert poll.moved_to == "https://new.example/board.xml"

        quoted = b"<item><description><![CDATA[" + told + b"]]></description>"
        in_json = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": [{"id": "1", "url": "https://paper.example/1", "content_html": "%s"}]}'
        for feed in (rss(1).replace(b"<item>", quoted, 1), in_json % told):
            stand.replies = {"/feed": answer(feed)}
            poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
            assert (len(poll.entries), poll.moved_to) == (1, None)

    run(story)


@pytest.mark.parametrize(
    ("told", "moved_to"),
    [
        ("http://paper.example/feed", None),
        ("https://www.paper.example/feed/", None),
        ("http://new.example/feed", None),
        ("https://new.example/feed", "https://new.example/feed"),
        ("no address", None),
    ],
)
def test_a_feed_moves_to_no_other_spelling_of_its_address_and_to_nothing_unencrypted(
    told: str, moved_to: str | None
) -> None:
    rss = f"<rss><channel><itunes:new-feed-url>{told}</itunes:new-feed-url><item><title>a</title>"
    assert new_address_of(rss, "https://paper.example/feed") == moved_to


def test_a_header_whose_secret_is_not_set_is_said_and_nothing_asked() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(rss(1))
        guarded = spec(stand, headers=(("X-Key", "env:PAPER_KEY"), ("Accept-Language", "en")))
        history = FeedHistory("paper", failure_weight=2.0, failures=2)

        poll = await poll_feed(ours, guarded, history, now=NOW, headers=[("Accept-Language", "en")])
        later = next_poll(history, poll, spec=guarded, now=NOW, rng=random.Random(1))

        assert "env:PAPER_KEY" in poll.sentence
        assert stand.requests == []
        assert later.failure_weight == 2.0, "nobody was asked, so nobody need be spared"

    run(story)


def test_a_secret_that_is_not_set_is_said_and_nothing_asked() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(rss(1))
        guarded = spec(stand, auth="env:PAPER_LOGIN")

        poll = await poll_feed(ours, guarded, FeedHistory("paper"), now=NOW)
        good = await poll_feed(ours, guarded, FeedHistory("paper"), now=NOW, auth="ann:s3cret")

        assert poll.outcome is Outcome.UNAUTHORIZED
        assert "PAPER_LOGIN" in poll.sentence
        assert good.outcome is Outcome.OK
        assert [r.headers.get("authorization") for r in stand.requests] == [
            "basic yw5uonmzy3jldA==".lower()
        ]

    run(story)


def test_the_sitemaps_of_an_index_are_read_and_a_sick_one_is_named() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        index = "".join(
            f"<sitemap><loc>{stand.url}/{name}.xml</loc></sitemap>"
            for name in ("one", "two", "gone")
        )
        ns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        stand.replies = {
            "/index.xml": answer(f"<sitemapindex {ns}>{index}</sitemapindex>".encode(), etag='"i"'),
            "/one.xml": answer(sitemap(1, 2)),
            "/two.xml": answer(sitemap(2, 3)),
        }
        listed = spec(stand, "/index.xml", kind="sitemap")

        poll = await poll_feed(ours, listed, FeedHistory("paper"), now=NOW)

        assert len(poll.entries) == 3
        assert poll.outcome is Outcome.MALFORMED
        assert "1 of 3 sitemaps" in poll.sentence
        assert poll.cache.etag is None
        stand.replies["/gone.xml"] = answer(sitemap(4))
        healed = await poll_feed(ours, listed, after(poll), now=NOW + timedelta(hours=1))
        assert (healed.outcome, len(healed.entries)) == (Outcome.OK, 4)

    run(story)


def test_parsing_may_be_done_elsewhere() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        async def elsewhere(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
            assert (body, content_type) == (b"<rss/>", "text/xml")
            return ParsedFeed("", None, None, "", (), None, Outcome.EXTRACTION_TIMEOUT, "Hung.")

        stand.replies["/feed"] = answer(b"<rss/>", content_type="text/xml")

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW, parse=elsewhere)

        assert poll.outcome is Outcome.EXTRACTION_TIMEOUT
        assert "Hung." in poll.sentence

    run(story)


@pytest.mark.slow
def test_feeds_are_parsed_in_worker_processes() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/feed"] = answer(rss(1, 2))
        workers = Workers(PARSE_JOB, processes=1, deadline_seconds=5)
        hasty = Workers(PARSE_JOB, processes=1, deadline_seconds=0.0001)
        try:
            good, lost = [
                await poll_feed(
                    ours, spec(stand), FeedHistory("paper"), now=NOW, parse=parse_in(pool)
                )
                for pool in (workers, hasty)
            ]
        finally:
            workers.close()
            hasty.close()

        assert (good.outcome, len(good.entries)) == (Outcome.OK, 2)
        assert lost.outcome is Outcome.EXTRACTION_TIMEOUT
        assert lost.cache == FeedCache()

    run(story)
