"""JSON as sites really serve it: in a call, behind a guard, with commas too many, or WordPress' own."""

import json

import pytest

from extractors.feeds.parsing.parse import parse_feed
from model import Outcome, ParsedFeed

ITEM = {
    "id": "7",
    "url": "https://harbour.example/a/7",
    "title": "Scanner was altered",
    "content_text": 'The clerk said "a // b, ]" and left.',
    "date_published": "2026-11-27T08:15:00Z",
}
FEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "items": [ITEM]}
)


def parse(text: str) -> ParsedFeed:
    return parse_feed(text.encode(), url="https://harbour.example/feed.json")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("callback(", ");"),
        (";my.site.cb_1(", ")\n"),
        ("/**/ typeof cb === 'function' && cb(", ");"),
        (")]}',\n", ""),
        ("while(1);", ""),
        ("for (;;);", ""),
        ("var feed = ", ";"),
        ("window.feed=", ""),
        ("// made at noon\n/* by hand */", ""),
    ],
)
def test_json_in_a_script_is_the_feed_that_it_holds(before: str, after: str) -> None:
    feed = parse(before + FEED + after)

    assert (feed.outcome, feed.title) == (Outcome.OK, "Harbour")
    assert feed.entries == parse(FEED).entries


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("}]}", "},\n ] , }"),
        ('"items"', '/* the news */ "items"'),
        ('"items"', '// the news\n"items"'),
    ],
)
def test_comments_and_commas_lose_no_item(right: str, wrong: str) -> None:
    feed = parse(FEED.replace(right, wrong))

    assert feed.outcome is Outcome.MALFORMED
    assert feed.entries == parse(FEED).entries


def test_titles_that_are_escaped_as_markup_are_text() -> None:
    (entry,) = parse(FEED.replace("Scanner was", "Scanner &amp; seal &#8217;were AT&T")).entries

    assert entry.title == "Scanner & seal ’were AT&T altered"


def test_a_bare_list_of_items_is_a_feed() -> None:
    feed = parse(json.dumps([ITEM]))

    assert [entry.url for entry in feed.entries] == [ITEM["url"]]


def test_posts_of_wordpress_are_entries() -> None:
    post = {
        "id": 12,
        "date": "2026-11-27T03:15:00",
        "date_gmt": "2026-11-27T08:15:00",
        "modified_gmt": "2026-11-27T09:00:00",
        "link": "https://harbour.example/2026/11/scanner/",
        "title": {"rendered": "Scanner &#8220;altered&#8221;"},
        "content": {"rendered": "<p>The clerk said so.</p>", "protected": False},
        "excerpt": {"rendered": "<p>The clerk &hellip;</p>"},
    }
    (entry,) = parse(json.dumps([post, {"no": "post"}])).entries[:1]

    assert (entry.url, entry.title) == (post["link"], "Scanner “altered”")
    assert (entry.summary, entry.content) == ("The clerk …", "The clerk said so.")
    assert entry.published is not None
    assert entry.published.isoformat() == "2026-11-27T08:15:00+00:00"


@pytest.mark.parametrize(
    "text", ["callback(", "var x = 7;", "// only a remark", ")]}',", "cb([1, 2])", "[]", "for(;;);"]
)
def test_other_scripts_are_no_feed(text: str) -> None:
    assert parse(text).outcome is Outcome.NOT_A_FEED


def test_single_quotes_as_a_script_prints_them() -> None:
    feed = parse(repr({**json.loads(FEED), "expired": None, "paid": False}))

    assert feed.entries == parse(FEED).entries
    assert parse("{'items': [{'id': 1, 'url': '/a', 'title': 'It\\'s \"on\"'}]}").entries[
        0
    ].title == ('It\'s "on"')


def test_one_item_a_line() -> None:
    lines = [{"id": n, "url": f"https://harbour.example/{n}", "title": f"No {n}"} for n in (1, 2)]

    feed = parse("\n".join(map(json.dumps, lines)) + "\n")

    assert [entry.title for entry in feed.entries] == ["No 1", "No 2"]


@pytest.mark.parametrize("before", ['{"feed": {"items": ', '{"data": {"items": ', '{"posts": '])
def test_items_that_an_interface_wraps_are_read(before: str) -> None:
    item = '[{"id": 1, "title": "One", "url": "https://a.example/1"}]'
    body = before + item + "}" * before.count("{")

    assert [
        entry.url for entry in parse_feed(body.encode(), url="https://a.example/f").entries
    ] == ["https://a.example/1"]


def test_nothing_that_a_terminal_obeys_is_left_in_a_headline() -> None:
    (entry,) = parse(FEED.replace("Scanner was", "Scanner\\u009b31m \\u001b[2Jwas")).entries

    assert entry.title == "Scanner31m [2Jwas altered"


@pytest.mark.parametrize(("cut", "is_cut", "entries"), [(1, False, 3), (2, True, 3), (20, True, 2)])
def test_a_list_that_breaks_off_is_marked_as_one_with_a_gap(
    cut: int, is_cut: bool, entries: int
) -> None:
    items = [{"id": str(n), "url": f"https://gazette.example/{n}", "title": "A"} for n in range(3)]
    whole = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    parsed = parse_feed(whole[:-cut].encode(), url="https://gazette.example/feed.json")

    assert parsed.outcome is Outcome.MALFORMED
    assert (parsed.cut, len(parsed.entries)) == (is_cut, entries)


def test_marks_that_are_escaped_twice_are_none_of_a_headline() -> None:
    title = "Mayor &amp; clerk &lt;b&gt;win&lt;/b&gt; again"
    rss = f"<rss version='2.0'><channel><item><title><![CDATA[{title}]]></title></item></channel></rss>"
    parsed = parse_feed(rss.encode(), url="https://gazette.example/feed")
    assert parsed.entries[0].title == "Mayor & clerk win again"
