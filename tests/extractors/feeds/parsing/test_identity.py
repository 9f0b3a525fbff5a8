"""Which entry is which: guid and address together, and never a date."""

import pytest

from extractors.feeds.parsing.entries import MOST_FOR_OTHERS, OthersShare, Publishers
from extractors.feeds.parsing.parse import parse_feed
from model import Entry, FeedSpec, Unread


def entries(*items: str) -> tuple[Entry, ...]:
    listed = "".join(f"<item>{item}</item>" for item in items)
    body = f'<rss version="2.0"><channel>{listed}</channel></rss>'
    return parse_feed(body.encode(), url="https://a.example/feed").entries


def key(item: str) -> str:
    (entry,) = entries(item)
    return entry.key


BASE = "<guid isPermaLink='false'>7</guid><link>https://a.example/s</link><title>T</title>"


@pytest.mark.parametrize(
    "same",
    [
        BASE + "<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>",
        BASE + "<description>edited</description>",
        BASE.replace("/s<", "/s?utm_source=rss&amp;utm_medium=feed<"),
        BASE.replace("/s<", "/s#comments<"),
        BASE.replace("T<", "A new headline<"),
    ],
)
def test_it_is_the_same_entry(same: str) -> None:
    assert key(same) == key(BASE)


@pytest.mark.parametrize("other", [BASE.replace(">7<", ">8<"), BASE.replace("/s<", "/s?id=2<")])
def test_it_is_another_entry(other: str) -> None:
    assert key(other) != key(BASE)


def test_an_edit_shows_in_the_content_hash() -> None:
    (before,), (after,) = entries(BASE), entries(BASE + "<description>edited</description>")

    assert before.content_sha256 != after.content_sha256


def test_one_guid_for_all_is_no_identity() -> None:
    same_guid = entries(*(BASE.replace("/s<", f"/{n}<") for n in range(5)))

    assert len({entry.key for entry in same_guid}) == 5


def test_one_link_for_all_is_no_identity() -> None:
    items = [f"<link>https://a.example/</link><title>Story {n}</title>" for n in range(3)]

    assert [entry.title for entry in entries(*items)] == ["Story 0", "Story 1", "Story 2"]
    assert {entry.key for entry in entries(*items[:2])} < {entry.key for entry in entries(*items)}


def test_an_entry_listed_twice_is_one() -> None:
    assert len(entries(BASE, BASE)) == 1


def test_neither_guid_nor_link_leaves_the_text() -> None:
    first, second = entries("<title>One</title>", "<title>Two</title>")

    assert first.key != second.key
    assert key("<title>One</title>") == first.key


def test_posts_of_one_page_stay_apart() -> None:
    posts = entries(
        "<guid>https://a.example/day#1</guid><description>x</description>",
        "<guid>https://a.example/day#2</guid><description>y</description>",
    )

    assert len({entry.key for entry in posts}) == 2
    assert len({entry.canonical_url for entry in posts}) == 1


def test_a_guid_is_a_link_only_if_it_is_an_address() -> None:
    opaque, permanent = entries("<guid>CBMiK2h0</guid>", "<guid>https://a.example/p</guid>")

    assert (opaque.guid, opaque.url) == ("CBMiK2h0", None)
    assert permanent.url == "https://a.example/p"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.example", "http://[::1", "https://"]
)
def test_a_hopeless_link_keeps_its_entry(link: str) -> None:
    (entry,) = entries(f"<guid>1</guid><title>T</title><link>{link}</link>")

    assert entry.canonical_url is None


@pytest.mark.slow
def test_every_one_of_many_entries_is_kept() -> None:
    items = [f"<guid>{n}</guid><link>https://a.example/{n}</link>" for n in range(2500)]

    assert len(entries(*items)) == 2500


def test_what_nobody_sees_is_not_kept() -> None:
    (entry,) = entries(
        "<title>\u202eha\u061cck\u200bers\u202c</title><description>vo\u2060tes</description>"
    )

    assert (entry.title, entry.summary) == ("hackers", "votes")


def test_other_outlets_feeds_have_a_share_of_a_listed_outlets_pages() -> None:
    harbour = FeedSpec("h", "Harbour", "https://harbour.com/feed")
    share = OthersShare(Publishers([harbour]))

    def admitted(url: str, *, spoken_for: bool, times: int) -> int:
        return sum(share.admits(unread(f"{url}/{n}", spoken_for)) for n in range(times))

    assert admitted("https://www.harbour.com/a", spoken_for=False, times=150) == MOST_FOR_OTHERS
    assert admitted("https://harbour.com/b", spoken_for=True, times=150) == 150
    assert admitted("https://unlisted.com/a", spoken_for=False, times=150) == 150


def test_redirects_into_a_listed_outlet_take_of_its_share() -> None:
    harbour = FeedSpec("h", "Harbour", "https://harbour.com/feed")
    moved = FeedSpec("m", "Moved", "https://old.com/feed", sites=("new.com",))
    share = OthersShare(Publishers([harbour, moved]))
    stranger = unread("https://links.com/1", True)

    def admitted(url: str, spec: FeedSpec | None = None) -> int:
        return sum(share.admits_hop(stranger, spec, f"{url}/{n}") for n in range(150))

    assert admitted("https://links.com/2") == 150  # its own site
    assert admitted("https://unlisted.com/a") == 150
    assert admitted("https://www.harbour.com/a") == MOST_FOR_OTHERS
    assert admitted("https://new.com/a", moved) == 150  # the feed speaks for both sites


def unread(url: str, spoken_for: bool) -> Unread:
    return Unread(1, url, url, "e", "", "", None, "", None, 0, full_text=False, spoken_for=spoken_for)  # fmt: skip
