"""Pages that come instead of a feed: a wall is named, a front page is not called one."""

from datetime import timedelta

import pytest

from extractors.feeds.poll import poll_feed
from extractors.fetch.client import Client
from model import FeedHistory, Outcome
from tests.extractors.feeds.polling import NOW, after, rss, run, sitemap, spec
from tests.extractors.newsstand import Newsstand, answer, moved, page

CONSENT = """<!doctype html><html lang="en"><head><title>Before you continue</title></head><body>
<h1>We value your privacy</h1><p>We and our 812 partners store and/or access information on a
device.</p><button>Accept all</button><button>Reject all</button></body></html>"""
CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt={cType:'managed'}</script></body></html>"""
NEEDS_SCRIPTS = """<html><head><title>Paper</title></head><body>
<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div></body></html>"""
INCAPSULA = """<html><iframe src="/_Incapsula_Resource?CWUDNSAI=1">Request unsuccessful. Incapsula
incident ID: 877</iframe></html>"""
FRONT_PAGE = f"""<html><head><title>The Paper</title></head><body><p>We use cookies. Accept all,
reject all or manage your preferences.</p><a>Subscribe to continue reading</a>
{"<h2>Council moves the polling place to the library</h2><p>It will open at seven.</p>" * 40}</body></html>"""


@pytest.mark.parametrize(
    ("body", "outcome", "ending"),
    [
        (CHALLENGE, Outcome.BOT_WALL, "A bot wall (Cloudflare) stands before the feed."),
        (INCAPSULA, Outcome.BOT_WALL, "A bot wall (Imperva Incapsula) stands before the feed."),
        (CONSENT, Outcome.CONSENT_WALL, "The site shows a consent page instead of the feed."),
        (NEEDS_SCRIPTS, Outcome.COOKIE_WALL, "asks for JavaScript or cookies and holds no feed."),
        (FRONT_PAGE, Outcome.NOT_A_FEED, 'This is a web page ("The Paper"), not a feed.'),
    ],
    ids=["challenge", "incapsula", "consent", "scripts", "front page"],
)
def test_a_wall_that_came_instead_of_a_feed_is_named(
    body: str, outcome: Outcome, ending: str
) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/feed": answer(rss(1), etag='"1"')}
        good = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
        stand.replies = {"/feed": answer(body.encode(), etag='"wall"', content_type="text/html")}

        poll = await poll_feed(ours, spec(stand), after(good), now=NOW + timedelta(hours=1))

        assert poll.outcome is outcome
        assert poll.sentence.startswith("127.0.0.1 answered 200 with ")
        assert poll.sentence.endswith(ending)
        assert poll.cache == good.cache  # what the wall says of itself is worth nothing

    run(story)


def test_a_refusal_with_a_bot_wall_is_said_of_the_feed() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/feed": answer(CHALLENGE.encode(), "403 Forbidden")}

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)

        assert poll.outcome is Outcome.BOT_WALL
        assert poll.sentence.endswith("403. A bot wall (Cloudflare) stands before the feed.")

    run(story)


def test_a_sitemap_of_an_index_that_is_a_wall_counts_as_not_read() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        ns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        listed = "".join(
            f"<sitemap><loc>{stand.url}/{n}.xml</loc></sitemap>" for n in ("one", "two")
        )
        stand.replies = {
            "/index.xml": answer(f"<sitemapindex {ns}>{listed}</sitemapindex>".encode()),
            "/one.xml": answer(sitemap(1)),
            "/two.xml": answer(CHALLENGE.encode(), content_type="text/html"),
        }

        poll = await poll_feed(ours, spec(stand, "/index.xml"), FeedHistory("paper"), now=NOW)

        assert (poll.outcome, len(poll.entries)) == (Outcome.MALFORMED, 1)
        assert "1 of 2 sitemaps could not be read" in poll.sentence
        assert "A bot wall (Cloudflare)" in poll.sentence

    run(story)


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_nothing_at_all_is_no_feed_unless_only_news_were_asked_for(status: str) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/feed": answer(rss(1), etag='"1"')}
        good = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
        stand.replies = {"/feed": answer(b"", status)}

        new = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)
        news = await poll_feed(ours, spec(stand), after(good), now=NOW + timedelta(hours=1))
        whole = await poll_feed(ours, spec(stand), after(good), now=NOW + timedelta(hours=13))

        assert [poll.outcome for poll in (new, news, whole)] == [
            Outcome.NOT_A_FEED,
            Outcome.EMPTY,
            Outcome.NOT_A_FEED,
        ]
        assert news.cache == good.cache  # so that the next request in full is not put off
        assert whole.sentence.endswith("The body is empty.")

    run(story)


@pytest.mark.parametrize(
    ("headers", "whose"),
    [
        ({"x_amzn_waf_action": "challenge"}, "AWS WAF"),
        ({"sg_captcha": "challenge"}, "SiteGround"),
    ],
)
def test_a_challenge_without_a_body_is_a_bot_wall(headers: dict[str, str], whose: str) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/feed": answer(b"", "202 Accepted", **headers)}

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)

        assert poll.outcome is Outcome.BOT_WALL
        assert poll.sentence.endswith(f"A bot wall ({whose}) stands before the feed.")

    run(story)


def test_a_page_that_a_redirect_led_to_is_named_by_its_address() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies = {"/feed": moved("/login?next=feed"), "/login?next=feed": page()}

        poll = await poll_feed(ours, spec(stand), FeedHistory("paper"), now=NOW)

        assert f"It was led to {stand.url}/login?next=feed." in poll.sentence

    run(story)
