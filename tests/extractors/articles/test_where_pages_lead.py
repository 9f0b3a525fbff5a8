"""Where a page leads: pages that send on, front pages, moved stories, shells without words."""

from dataclasses import replace

import pytest

from extractors.articles.fetch_page import Robots, fetch_page
from extractors.fetch.client import Client
from model import Outcome
from tests.extractors.articles.test_fetch_page import UNREAD, outcome, run
from tests.extractors.newsstand import Newsstand, answer, moved, page


def test_a_page_that_only_sends_on_is_followed() -> None:
    def refresh(to: str, seconds: int = 0) -> bytes:
        tag = f'<html><head><meta http-equiv="refresh" content="{seconds}; url={to}"></head></html>'
        return answer(tag.encode(), content_type="text/html")

    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {
            "/on": refresh("/a?x=1&amp;y=2"),
            "/a?x=1&y=2": page("the real one"),
            "/self": refresh("/self"),
            "/later": refresh("/a", 300),
            "/private": refresh("http://10.0.0.1/"),
        }
        robots = Robots(obey=False)

        followed, _ = await fetch_page(ours, replace(UNREAD, url=f"{stand.url}/on"), robots)

        assert b"the real one" in followed.body
        assert await outcome(stand, ours, "/self", robots) is Outcome.REDIRECT_LOOP
        assert await outcome(stand, ours, "/later", robots) is Outcome.OK
        assert await outcome(stand, ours, "/private", robots) is Outcome.PRIVATE_ADDRESS

    run(story)


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        ("/gone", "/", Outcome.BAD_REDIRECT),
        ("/?p=7", "/", Outcome.BAD_REDIRECT),
        ("/gone", "/#top", Outcome.BAD_REDIRECT),
        ("/gone", "/index.html?notfound=1", Outcome.BAD_REDIRECT),
        ("/en/gone", "/en/", Outcome.BAD_REDIRECT),
        ("/gone", "/404.html", Outcome.BAD_REDIRECT),
        ("/gone", "/error/not-found", Outcome.BAD_REDIRECT),
        ("/a/gone", "/news/", Outcome.BAD_REDIRECT),
        ("/local-news/2026/11/gone", "/local-news/2026/", Outcome.BAD_REDIRECT),
        ("/local-news/story/amp", "/local-news/story", Outcome.OK),
        ("/news/4711/", "/news/4711", Outcome.OK),
        ("/clerk-is-asked-again/4711.html", "/clerk-is-asked-again/", Outcome.OK),
        ("/news/gone", "/news/?id=4711", Outcome.OK),
        ("/gone", "/a", Outcome.OK),
        ("/gone", "/?p=7", Outcome.OK),
        ("/", None, Outcome.OK),
    ],
)
def test_the_front_page_is_no_article(path: str, target: str | None, expected: Outcome) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {"/": page("News of the day"), "/?p=7": page()}
        stand.replies |= {target: page("News of the day")} if target and "#" not in target else {}
        if target is not None:
            stand.replies[path] = moved(target)

        assert await outcome(stand, ours, path, Robots(obey=False)) is expected

    run(story)


def test_a_redirect_that_may_not_lead_on_in_this_run_is_held_back() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/a"] = moved("/b")
        there = replace(UNREAD, url=f"{stand.url}/a")
        response, tried = await fetch_page(
            ours, there, Robots(obey=False), lambda url: url.endswith("/a")
        )

        assert (response.outcome, response.status, tried) == (Outcome.RATE_LIMITED, 302, ())
        assert stand.paths == ["/a"]

    run(story)


@pytest.mark.parametrize(
    ("target", "title", "expected"),
    [
        ("/vote", "Hackers breach county election office | Gazette", Outcome.OK),
        ("/vote", "Votes and elections | Gazette", Outcome.BAD_REDIRECT),
        ("/", "Hackers breach county election office | Gazette", Outcome.BAD_REDIRECT),
    ],
    ids=["the story", "its section", "the front page"],
)
def test_a_story_that_moved_to_a_short_address_is_known_by_its_title(
    target: str, title: str, expected: Outcome
) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/vote/hackers-breach-county-office"] = moved(target)
        stand.replies[target] = answer(f"<html><title>{title}</title><p>Text".encode())
        there = replace(
            UNREAD,
            url=f"{stand.url}/vote/hackers-breach-county-office",
            title="Hackers breach county election office",
        )
        response, _ = await fetch_page(ours, there, Robots(obey=False))
        assert response.outcome is expected

    run(story)


@pytest.mark.parametrize(
    "shell",
    [
        answer(b"", Refresh="0; url=/real"),
        answer(b"<html><head><script>window.location.replace('/real');</script></head></html>"),
        answer(b'<html><script>if(1){location.href = "\\/real"}</script>Please wait</html>'),
        answer(b"<html><body><h1>x</h1><iframe src='/real' width='100%'></iframe></body></html>"),
        answer(
            b"<html><frameset><frame src=/nav.html name=nav><frame src=/real name=main></frameset>"
        ),
        answer(
            b"<html><frameset><frame src='top.htm'><frame src='/real'><frame src='menu_1.htm'></frameset>"
        ),
        answer(b"<html><head><link rel=amphtml href=/real></head><body><div id=app></div></body>"),
    ],
    ids=["header", "script", "escaped", "frame", "frameset", "nameless frames", "for phones"],
)
def test_a_page_without_words_is_read_where_it_leads(shell: bytes) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {"/shell": shell, "/real": page("the real one")}
        there = replace(UNREAD, url=f"{stand.url}/shell")
        response, _ = await fetch_page(ours, there, Robots(obey=False))
        assert b"the real one" in response.body

    run(story)


@pytest.mark.parametrize(
    "page_of_its_own",
    [
        "<html><script>location.href='/real'</script>" + "<p>The council met on Monday.</p>" * 9,
        "<html><script>location.href='http://other.example/real'</script></html>",
        "<html><iframe src='/_Incapsula_Resource?x=1'></iframe></html>",
        "<html><script>location='/real';location='/other'</script></html>",
        "<html><script>location.href='/shell#top'</script></html>",
        "<html><frameset><frame src=/one.htm><frame src=/two.htm></frameset></html>",
        "<html><link rel=amphtml href=https://amp.other.example/real></html>",
        "<html><script>location.href='/.well-known/challenge/1'</script></html>",
        "<html><script>location.href='http://[real'</script></html>",
        "<meta http-equiv=refresh content='0;url=http://[real'>",
    ],
    ids=[
        "words",
        "another site",
        "a wall",
        "a choice",
        "itself",
        "two frames",
        "another site for phones",
        "a check",
        "no address",
        "nor here",
    ],
)
def test_any_other_page_is_read_itself(page_of_its_own: str) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {"/shell": answer(page_of_its_own.encode()), "/real": page("the real one")}
        there = replace(UNREAD, url=f"{stand.url}/shell")
        response, _ = await fetch_page(ours, there, Robots(obey=False))
        assert response.final_url.endswith("/shell")
        assert stand.paths == ["/shell"]

    run(story)
