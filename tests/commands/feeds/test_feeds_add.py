"""`pollwatch feeds add` at real servers: feeds, home pages, private networks, and what is listed already."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from extractors.feed_list.load import load_feeds
from extractors.feeds.discover import Discovered, distinct_feeds
from tests.extractors.loopback import serving


def rss(title: str, *posts: int) -> bytes:
    items = "".join(
        f"<item><title>P{n}</title><link>http://p.example/{n}</link></item>" for n in posts
    )
    channel = f"<channel><title>{title}</title><language>en</language>{items}</channel>"
    return f'<rss version="2.0">{channel}</rss>'.encode()


def atom(*posts: int) -> bytes:
    entries = "".join(
        f'<entry><title>P{n}</title><id>x{n}</id><link href="http://p.example/{n}"/></entry>'
        for n in posts
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title>{entries}</feed>'.encode()


LINKS = "".join(
    f'<link rel="alternate" type="application/{kind}+xml" href="{path}">'
    for kind, path in (
        ("rss", "/comments/feed"),
        ("rss", "/rss"),
        ("atom", "/atom"),
        ("rss", "/sport"),
    )
)


PAGES = {
    "/": f"<html><head>{LINKS}</head><body>Home</body></html>".encode(),
    "/rss": rss("Courier", *range(1, 11)),
    "/atom": atom(*range(3, 11)),
    "/sport": rss("Courier sport", *range(20, 30)),
    "/comments/feed": rss("Comments on Courier", 90),
    "/none": b"<html><body>No feed here</body></html>",
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(PAGES) as url:
        yield url


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "settings: {seconds_between_requests: 0, allow_addresses: [127.0.0.0/8]}\nfeeds: []\n"
    )
    return path


def add(feeds: Path, *words: str, answer: str | None = None) -> Result:
    result = CliRunner().invoke(main, ["feeds", "add", *words, "--feeds", str(feeds)], input=answer)
    assert "Traceback" not in result.output
    return result


def listed(feeds: Path) -> list[str]:
    return [spec.url for spec in load_feeds(feeds).feeds]


def test_a_feed_is_added_under_its_own_title_and_language(feeds: Path, site: str) -> None:
    result = add(feeds, f"{site}/rss", "--interval-minutes", "30", "--region", "US-AZ")
    (spec,) = load_feeds(feeds).feeds

    assert result.exit_code == 0
    assert (spec.name, spec.id, spec.language) == ("Courier", "courier", "en")
    assert (spec.interval_minutes, spec.region, spec.url) == (30, "US-AZ", f"{site}/rss")


def test_of_a_home_page_its_main_feed_is_added_and_the_choice_is_shown(
    feeds: Path, site: str
) -> None:
    result = add(feeds, f"{site}/", "--category", "local")

    assert result.exit_code == 0
    assert listed(feeds) == [f"{site}/rss"]
    assert load_feeds(feeds).feeds[0].category == "local"
    assert "--pick" in result.output
    assert f"2  atom    8        as {site}/rss" in result.output  # the Atom feed is no other source
    assert "2 other feeds left out" in result.output


@pytest.mark.parametrize(
    ("pick", "paths"),
    [("2", ["/atom"]), ("3", ["/sport"]), ("all", ["/rss", "/sport", "/comments/feed"])],
)
def test_another_feed_of_the_site_can_be_picked(
    feeds: Path, site: str, pick: str, paths: list[str]
) -> None:
    result = add(feeds, f"{site}/", "--pick", pick)

    assert result.exit_code == 0
    assert listed(feeds) == [site + path for path in paths]


@pytest.mark.parametrize("pick", ["0", "9", "x", "-1"])
def test_a_pick_of_nothing_is_refused(feeds: Path, site: str, pick: str) -> None:
    result = add(feeds, f"{site}/", "--pick", pick)

    assert result.exit_code == 2
    assert "a number from 1 to 4, or all" in result.output
    assert listed(feeds) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [("/atom", "lists the same posts as courier ("), ("/", "is listed already.")],
)
def test_the_same_posts_in_another_format_are_no_second_source(
    feeds: Path, site: str, path: str, message: str
) -> None:
    add(feeds, f"{site}/rss")
    again = add(feeds, site + path)
    insisted = add(feeds, f"{site}/atom", "--offline", "--name", "Atom")

    assert again.exit_code == 1
    assert message in again.output
    assert insisted.exit_code == 0
    assert listed(feeds) == [f"{site}/rss", f"{site}/atom"]


def test_a_section_with_posts_of_its_own_is_another_source(feeds: Path, site: str) -> None:
    add(feeds, f"{site}/rss")

    assert add(feeds, f"{site}/sport").exit_code == 0
    assert listed(feeds) == [f"{site}/rss", f"{site}/sport"]


def test_a_page_without_feeds_adds_nothing(feeds: Path) -> None:
    with serving({"/none": PAGES["/none"]}) as site:
        result = add(feeds, f"{site}/none")

    assert result.exit_code == 1
    assert "--offline" in result.output
    assert listed(feeds) == []


def test_a_private_network_is_named_with_the_way_to_it(tmp_path: Path, site: str) -> None:
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text("settings: {seconds_between_requests: 0}\nfeeds: []\n")
    refused = add(feeds, f"{site}/rss", "--name", "Inside")
    allowed = add(feeds, f"{site}/", "--allow-address", "127.0.0.0/8", "--pick", "3")

    assert "allow_addresses:" in refused.output
    assert "--allow-address" in refused.output
    assert (refused.exit_code, allowed.exit_code) == (0, 0)
    assert listed(feeds) == [f"{site}/rss", f"{site}/sport"]


def test_what_does_not_answer_now_is_added_and_said(feeds: Path, site: str) -> None:
    result = add(feeds, f"{site}/gone", "--name", "Later")

    assert result.exit_code == 0
    assert "404" in result.output
    assert listed(feeds) == [f"{site}/gone"]


def found(url: str, *posts: str, kind: str = "feed", entries: int = 9) -> Discovered:
    return Discovered(
        url, "link tag", "T", "rss", entries, kind, None, None, posts=frozenset(posts)
    )


def test_one_feed_stands_for_a_site() -> None:
    comments, feed = found("https://a.example/comments/feed"), found("https://a.example/rss")
    empty, sitemap = (
        found("https://a.example/e", entries=0),
        found("https://a.example/m", kind="sitemap"),
    )

    assert distinct_feeds([comments, sitemap, empty, feed]) == (feed, empty, sitemap, comments)


def test_feeds_of_the_same_posts_are_one_source() -> None:
    feed = found("https://a.example/rss", "1", "2", "3", "4", "5")
    same = found("https://a.example/atom", "3", "4", "5")
    other = found("https://a.example/sport", "5", "7", "8")

    assert [candidate.same_as for candidate in distinct_feeds([feed, same, other])] == [
        None,
        feed.url,
        None,
    ]
