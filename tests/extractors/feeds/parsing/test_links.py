"""Links as a browser would open them, and targets that stand inside other addresses."""

import pytest

from extractors.feeds.parsing.links import read_link
from extractors.feeds.parsing.parse import parse_feed
from model import Entry

FEED = "https://gazette.example/feeds/all.xml"


def entry(item: str, url: str = FEED) -> Entry:
    body = f'<rss version="2.0"><channel><title>T</title><item>{item}</item></channel></rss>'
    (only_entry,) = parse_feed(body.encode(), url=url).entries
    return only_entry


@pytest.mark.parametrize(
    ("link", "opened"),
    [
        ("/a/1", "https://gazette.example/a/1"),
        ("a/1.html", "https://gazette.example/feeds/a/1.html"),
        ("../a/1", "https://gazette.example/a/1"),
        ("?p=7", "https://gazette.example/feeds/all.xml?p=7"),
        ("//other.example/a", "https://other.example/a"),
        ("www.other.example/a", "https://www.other.example/a"),
        ("gazette.example/a", "https://gazette.example/a"),
        ("news.gazette.example/a", "https://news.gazette.example/a"),
        ("paper.com/a?b=1", "https://paper.com/a?b=1"),
        ("story.html", "https://gazette.example/feeds/story.html"),
        ("  https://gazette.example/a\n ", "https://gazette.example/a"),
        ("https://gazette.example/a\n  b/c", "https://gazette.example/a%20%20b/c"),
        ("https://gazette.example/a b?c=d e", "https://gazette.example/a%20b?c=d%20e"),
        ("https:\\\\gazette.example\\a?b\\c", "https://gazette.example/a?b\\c"),
        ("https:/gazette.example/a", "https://gazette.example/a"),
        ("feed:https://gazette.example/a", "https://gazette.example/a"),
        ("feed://gazette.example/a", "https://gazette.example/a"),
        ("http://https://gazette.example/a", "https://gazette.example/a"),
        ('"https://gazette.example/a"', "https://gazette.example/a"),
        ("<https://gazette.example/a>", "https://gazette.example/a"),
        ('<a href="https://gazette.example/a">A story</a>', "https://gazette.example/a"),
        ("HTTPS://gazette.example/a", "https://gazette.example/a"),
        ("https://gazette.example/a%2Fb%3Ac#top", "https://gazette.example/a%2Fb%3Ac#top"),
        ("https://reader:pw@gazette.example/a", "https://gazette.example/a"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("http://[::1", "http://[::1"),
        ("https://", "https://"),
        ("", None),
        ("http//gazette.example/a", "http://gazette.example/a"),
        ("htp://gazette.example/a", "http://gazette.example/a"),
        ("ttps://gazette.example/a", "https://gazette.example/a"),
        ("hxxps://gazette.example/a", "https://gazette.example/a"),
        ("https ://gazette.example/a", "https://gazette.example/a"),
        ("://gazette.example/a", "https://gazette.example/a"),
        ("https:gazette.example/a", "https://gazette.example/a"),
        ("view-source:https://gazette.example/a", "https://gazette.example/a"),
        ("http/index.html", "https://gazette.example/feeds/http/index.html"),
        ("https:a/1", "https://gazette.example/feeds/a/1"),
    ],
)
def test_a_link_is_read_as_browsers_read_it(link: str, opened: str | None) -> None:
    assert read_link(link, FEED) == opened


TARGET = "https://herald.example/news/recount?id=7"
CODED = "https%3A%2F%2Fherald.example%2Fnews%2Frecount%3Fid%3D7"


@pytest.mark.parametrize(
    "wrapper",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={CODED}&ct=ga&cd=x&usg=y",
        f"https://www.google.co.uk/url?q={CODED}&sa=U",
        f"https://news.google.com/news/url?sa=t&fd=R&url={CODED}",
        "https://www.google.com/amp/s/herald.example/news/recount?id=7",
        "https://herald-example.cdn.ampproject.org/c/s/herald.example/news/recount?id=7",
        f"https://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url={CODED}&c=1",
        "https://www.bing.com/ck/a?!&&p=9&u=a1aHR0cHM6Ly9oZXJhbGQuZXhhbXBsZS9uZXdzL3JlY291bnQ_aWQ9Nw&ntb=1",
        f"https://l.facebook.com/l.php?u={CODED}&h=AT0",
        f"https://eur01.safelinks.protection.outlook.com/?url={CODED}&data=05&reserved=0",
        "https://urldefense.com/v3/__https://herald.example/news/recount__;!!x?id=7",
        "https://urldefense.com/v3/__https://herald.example/news/recount?id=7__;!!abc$",
        "https://news.google.com/rss/articles/CBMiJ2h0dHBzOi8vaGVyYWxkLmV4YW1wbGUvbmV3cy9yZWNvdW50P2lkPTfSAQA?oc=5",
        f"https://mail.google.com/url?q={CODED}&source=gmail",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__herald.example_news_recount-3Fid-3D7&d=D",
        f"https://www.linkedin.com/redir/redirect?url={CODED}&urlhash=x",
        f"https://www.youtube.com/redirect?event=x&q={CODED}",
        f"https://duckduckgo.com/l/?uddg={CODED}",
        f"https://rss.aggregator.example/redirect?url={CODED}",
        f"https://www.aggregator.example/news/r.php?id=3&u={CODED}",
        "https://aggregator.example/out?to=https://herald.example/news/recount?id=7",
        f"https://linkprotect.cudasvc.com/url?a={CODED}&c=E,1",
        f"https://secure-web.cisco.com/1q2w3e4r5t6y7/{CODED}",
        "https://herald-example.translate.goog/news/recount?id=7&_x_tr_sl=es&_x_tr_tl=en",
        f"https://out.reddit.com/t3_x?url={CODED}&token=y",
        f"https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU={CODED}/RK=2/RS=z-",
        f"https://www.google.com/url?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D{CODED.replace('%', '%25')}",
    ],
)
def test_a_wrapper_is_taken_off(wrapper: str) -> None:
    assert read_link(wrapper, FEED) == TARGET


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/search?q=https%3A%2F%2Fherald.example%2F",
        "https://www.google.com/url?sa=t&q=recount",
        f"https://gazette.example/share?url={CODED}",  # a page of its own, for all that we know
        "https://www.google.com/url?url=javascript:alert(1)",
        "https://t.co/abc123",
        "https://web.archive.org/web/2026/https://herald.example/",
        "https://www.bing.com/ck/a?u=a1%25%25",
        "https://news.google.com/rss/articles/CBMiZkFVX3lxTE5hYmNkZWY?oc=5",  # as since 2024
    ],
)
def test_what_carries_no_target_stays(url: str) -> None:
    assert read_link(url, FEED) == url


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("/a/77", "https://gazette.example/a/77"),
        ("2026/11/a-77.html", "https://gazette.example/feeds/2026/11/a-77.html"),
        ("www.gazette.example/a/77", "https://www.gazette.example/a/77"),
        ("?p=77", "https://gazette.example/feeds/all.xml?p=77"),
        *((guid, None) for guid in ("77", "post-77", "77 at https://gazette.example", "CBMi/k==")),
        *((guid, None) for guid in ("urn:uuid:1f", "tag:gazette.example,2026:77", "a b/c")),
    ],
)
def test_a_guid_that_is_a_path_is_the_link(guid: str, url: str | None) -> None:
    assert entry(f"<title>A</title><guid>{guid}</guid>").url == url
    assert entry(f'<guid isPermaLink="false">{guid}</guid>').url is None


def test_a_wrapped_link_is_known_by_its_target() -> None:
    link = f"https://www.google.com/url?url={CODED}&amp;usg=1"
    story = entry(f"<title>A</title><link>{link}</link>")

    assert story.canonical_url == TARGET
    assert story.url == TARGET


def test_the_address_opened_is_the_address_believed() -> None:
    """Else a feed shows its own page under another outlet's address."""
    story = entry(
        "<link>https://evil.example/a</link><origLink "
        'xmlns="http://rssnamespace.org/feedburner/ext/1.0">https://herald.example/a</origLink>'
    )

    assert (story.url, story.canonical_url) == ("https://herald.example/a",) * 2


def test_twelve_thousand_characters_of_tracking_are_not_sent() -> None:
    story = entry(f"<link>https://herald.example/a?utm_x={'y' * 12_000}&amp;id=3</link>")

    assert story.url == story.canonical_url == "https://herald.example/a?id=3"


def test_tracking_leaves_the_identity_only() -> None:
    story = entry("<link>https://herald.example/a?mod=rss_us&amp;id=3</link>")

    assert story.url == "https://herald.example/a?mod=rss_us&id=3"
    assert story.canonical_url == "https://herald.example/a?id=3"


def test_no_credentials_stay_in_an_entry() -> None:
    story = entry("<guid>https://me:secret@herald.example/a</guid><title>A</title>")

    assert "secret" not in f"{story}"
    assert story.url == "https://herald.example/a"


@pytest.mark.parametrize(
    "links",
    [
        "<link>https://a.example/1</link><link>https://b.example/2</link>",
        "<link>https://a.example/1</link><link>https://a.example/1#comments</link>",
        "<link/><link>https://a.example/1</link><link></link>",
        "<guid>https://a.example/1</guid><link>https://a.example/1</link><link>/2</link>",
        '<link>https://a.example/1</link><a:link rel="alternate" href="https://a.example/amp/1"/>',
        '<a:link rel="alternate" type="application/json" href="/1.json"/><link>https://a.example/1</link>',
    ],
)
def test_of_several_links_the_first_counts(links: str) -> None:
    body = f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><item><title>T</title>{links}</item></channel></rss>'

    (entry,) = parse_feed(body.encode(), url="https://a.example/feed").entries

    assert entry.url == "https://a.example/1"
