"""Live lists: what OPML that is read again brings and takes, and what it may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extractors.feed_list.live_opml import (
    list_change,
    live_list_as_json,
    live_list_from_json,
    merged_with_lists,
    read_live,
)
from model import ConfigError, FeedList, FeedSpec, Settings

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def opml(*rows: str) -> bytes:
    return f"<opml version='2.0'><body>{''.join(rows)}</body></opml>".encode()


def row(name: str, url: str, more: str = "") -> str:
    return f'<outline type="rss" text="{name}" xmlUrl="{url}" {more}/>'


A, B, C = (row(name, f"https://{name.lower()}.example/feed") for name in "ABC")


def listed(*specs: FeedSpec) -> FeedList:
    return FeedList("feeds.yaml", Settings(), specs)


def test_what_came_and_went_is_told_by_name() -> None:
    first, _ = read_live("team.opml", opml(A, B), NOW)
    second, _ = read_live("team.opml", opml(B, C), NOW)

    assert list_change(None, first).added == ("A", "B")
    assert (list_change(first, second).added, list_change(first, second).removed) == (
        ("C",),
        ("A",),
    )
    assert (list_change(second, second).added, list_change(second, second).removed) == ((), ())


def test_a_feed_that_is_renamed_stays_the_same_feed() -> None:
    before, _ = read_live("team.opml", opml(A, B), NOW)
    renamed = row("A of the West", "https://a.example/feed")
    other = row("A", "https://other.example/feed")
    after, _ = read_live("team.opml", opml(other, renamed, B), NOW, before)

    assert {spec.name: spec.id for spec in after.feeds} == {
        "A": "other-example-feed",
        "A of the West": "a",
        "B": "b",
    }
    assert list_change(before, after).removed == ()


MANY = tuple(row(f"N{n}", f"https://n{n}.example/feed") for n in range(30))


def test_a_list_that_loses_most_of_its_feeds_is_obeyed_after_a_day() -> None:
    before, _ = read_live("team.opml", opml(*MANY), NOW)
    first, (fault,) = read_live("team.opml", opml(*MANY[:1]), NOW, before)
    again = live_list_from_json("team.opml", live_list_as_json(first))
    second, still = read_live("team.opml", opml(*MANY[:1], A), NOW + timedelta(hours=23), again)
    third, none = read_live("team.opml", opml(*MANY[:1]), NOW + timedelta(hours=24), second)

    assert len(first.feeds) == 30
    assert "lists 1 of the 30 feeds that it listed before; the other 29 are polled until 2026-11-29 12:00 UTC" in str(fault)  # fmt: skip
    assert (len(second.feeds), len(still)) == (31, 1)
    assert (len(third.feeds), none) == (1, ())
    assert len(list_change(second, third).removed) == 30


def test_a_list_that_lost_its_feeds_for_a_while_is_whole_again() -> None:
    before, _ = read_live("team.opml", opml(*MANY), NOW)
    first, _ = read_live("team.opml", opml(A), NOW, before)
    healed, none = read_live("team.opml", opml(*MANY), NOW + timedelta(hours=1), first)

    assert (len(healed.feeds), healed.shrunk_at, none) == (30, None, ())


def test_a_day_is_counted_on_over_a_broken_answer_and_anew_after_a_clock_that_was_ahead() -> None:
    many, few = opml(*MANY), opml(*MANY[:3])
    whole, _ = read_live("team.opml", many, NOW)
    shrunk, _ = read_live("team.opml", few, NOW, whole)
    broken, _ = read_live("team.opml", few[:-12], NOW + timedelta(hours=12), shrunk)
    ahead = replace(shrunk, shrunk_at=NOW + timedelta(days=9))

    assert (len(broken.feeds), broken.shrunk_at) == (len(MANY), NOW)
    assert len(read_live("team.opml", few, NOW, ahead)[0].feeds) == len(MANY)


def test_a_list_that_loses_a_third_is_obeyed_at_once() -> None:
    before, _ = read_live("team.opml", opml(*MANY), NOW)
    after, none = read_live("team.opml", opml(*MANY[:20]), NOW, before)

    assert (len(after.feeds), none) == (20, ())


def test_a_list_that_breaks_off_takes_no_feed_away() -> None:
    before, _ = read_live("team.opml", opml(A, B), NOW)
    after, faults = read_live("team.opml", opml(C, A, B)[:-50], NOW, before)

    assert [spec.name for spec in after.feeds] == ["C", "A", "B"]
    assert [fault.why for fault in faults] == [
        "breaks off before its end; the 2 rows that came whole were read; no feed is taken away"
    ]


def test_a_list_comes_back_from_the_database_as_it_was() -> None:
    opml_list, _ = read_live(
        "team.opml", opml(A, row("Ü", "https://u.example/", 'language="de"')), NOW
    )

    assert live_list_from_json("team.opml", live_list_as_json(opml_list)) == opml_list


def test_what_feeds_yaml_says_of_a_feed_counts_over_every_list() -> None:
    own = FeedSpec("a", "Ours", "http://www.other.example/", enabled=False)
    off = FeedSpec("mine", "Mine", "https://a.example/feed/", enabled=False)
    opml_list, _ = read_live("team.opml", opml(A, B), NOW)
    other, _ = read_live("more.opml", opml(B, C), NOW)

    feeds = merged_with_lists(listed(own, off), [opml_list, other]).feeds

    assert [spec.name for spec in feeds] == ["Ours", "Mine", "B", "C"]
    assert not feeds[1].enabled
    assert feeds[2].notes == "by the list team.opml"


def test_a_list_lists_nothing_under_the_name_of_an_outlet_of_feeds_yaml() -> None:
    own = FeedSpec("h", "Harbour News", "https://harbour.com/feed", owner="Harbour Group")
    opml_list, _ = read_live(
        "team.opml",
        opml(
            row("Ｈarbour  news", "https://www.forger.com/feed"),
            row("Harbour lies", "https://blog.harbour.com/feed"),
            row("Quay", "https://quay.com/feed"),
        ),
        NOW,
    )

    feeds = merged_with_lists(listed(own), [opml_list]).feeds

    assert [(spec.outlet or spec.name, spec.owner) for spec in feeds] == [
        ("Harbour News", "Harbour Group"),
        ("Ｈarbour news (forger.com)", None),
        ("Harbour News", "Harbour Group"),
        ("Quay", None),
    ]


def test_a_list_lists_nothing_under_the_name_of_an_outlet_of_a_list_before_it() -> None:
    kmz = row("KMZ 9", "https://kmz.com/feed")
    first, _ = read_live("team.opml", opml(row("Quay News", "https://quay.com/feed"), kmz), NOW)
    later, _ = read_live(
        "more.opml",
        opml(
            row("Quay News", "https://forger.com/feed"),
            row("Quаy Nеws", "https://other-forger.com/feed"),  # Cyrillic а and е
            row("КMZ 9", "https://forged-kmz.com/feed"),  # Cyrillic К
            row("KΜΖ 9", "https://forger-of-kmz.com/feed"),  # Greek Μ and Ζ
            row("Новости", "https://novosti.com/feed"),
        ),
        NOW,
    )

    feeds = merged_with_lists(listed(), [first, later]).feeds

    assert [spec.outlet or spec.name for spec in feeds] == [
        "Quay News", "KMZ 9", "Quay News (forger.com)", "Quаy Nеws (other-forger.com)",
        "КMZ 9 (forged-kmz.com)", "KΜΖ 9 (forger-of-kmz.com)", "Новости",
    ]  # fmt: skip


def test_an_id_that_is_taken_is_made_of_the_address() -> None:
    opml_list, _ = read_live("team.opml", opml(A), NOW)

    feeds = merged_with_lists(listed(FeedSpec("a", "A", "https://x.example/")), [opml_list]).feeds

    assert feeds[1].id == "a-example-feed"


def test_a_list_chooses_no_secrets_proxies_or_sites() -> None:
    more = 'auth="env:HOME" proxy="http://evil.example:1" sites="bbc.co.uk" headers="Cookie: x"'
    opml_list, _ = read_live("team.opml", opml(row("A", "https://a.example/", more)), NOW)
    spec = opml_list.feeds[0]

    assert (spec.auth, spec.proxy, spec.sites, spec.headers) == (None, None, (), ())


@pytest.mark.parametrize(
    "body",
    [b"", b"\0\xff", b"<rss/>", b"<html>We will be back</html>", b"<opml", opml(), opml(row("B", "ftp://b/"))],
    ids=["empty", "bytes", "rss", "page", "cut", "no rows", "no usable row"],
)  # fmt: skip
def test_what_is_no_list_is_a_fault_of_the_list(body: bytes) -> None:
    with pytest.raises(ConfigError) as fault:
        read_live("https://lists.example/a.opml", body, NOW)

    assert str(fault.value).startswith("https://lists.example/a.opml: opml: ")


def test_rows_that_cannot_be_used_are_named_and_the_others_count() -> None:
    bad = row("Bad", "https://x.example/", 'interval_minutes="1"')
    opml_list, faults = read_live("team.opml", opml(A, bad, B), NOW)

    assert [spec.name for spec in opml_list.feeds] == ["A", "B"]
    assert [fault.path for fault in faults] == ["team.opml"]
    assert "row 2 (Bad)" in faults[0].why
    assert "from 10 to 10080" in faults[0].why
