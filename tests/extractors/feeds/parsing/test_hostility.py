"""Hostile and broken documents: bounded work, no exception, nothing read but the bytes."""

import gzip
import random
import time
from itertools import pairwise
from pathlib import Path

import pytest

from extractors.feeds.parsing import text
from extractors.feeds.parsing.parse import parse_feed
from model import Outcome, ParsedFeed

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[3] / "data" / "feeds"
HEAD = b'<rss version="2.0"><channel><item><title>'
TAIL = b"</title></item></channel></rss>"


def parse(body: bytes, content_type: str | None = None) -> ParsedFeed:
    return parse_feed(body, url="https://a.example/feed", content_type=content_type)


def title(body: bytes, content_type: str | None = None) -> str:
    return parse(body, content_type).entries[0].title


def test_a_billion_laughs_are_not_laughed() -> None:
    names = "abcdefghij"
    lines = ['<!ENTITY a "ha">']
    lines += [f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise(names)]
    body = f"<!DOCTYPE rss [{''.join(lines)}]>".encode() + HEAD + b"&j;" + TAIL

    assert len(title(body)) < 100


def test_long_entities_are_not_declared() -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY a "' + b"A" * 5000 + b'">]>' + HEAD + b"&a;" * 20_000 + TAIL

    assert len(title(bomb)) <= text.LONGEST_TITLE


def test_short_entities_still_work() -> None:
    assert title(b'<!DOCTYPE rss [<!ENTITY pct "&#37;">]>' + HEAD + b"9 &pct;" + TAIL) == "9 %"


def test_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("topsecret")
    body = (
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'.encode() + HEAD + b"a&x;b" + TAIL
    )

    assert "topsecret" not in repr(parse(body))
    assert parse(str(secret).encode()).outcome is Outcome.NOT_A_FEED
    assert parse(f"file://{secret}".encode()).outcome is Outcome.NOT_A_FEED


def test_a_megabyte_of_title_is_cut() -> None:
    assert len(title(HEAD + b"A b " * 250_000 + TAIL)) == text.LONGEST_TITLE


@pytest.mark.parametrize(
    "unit",
    [
        *(b"<", b"<a ", b"<a>", b"<!-- ", b"<![CDATA[", b"&", b"&amp", b"<?", b'<a a="', b"<item>"),
        *(b"<title>", b"<category>c</category>", b"<!ENTITY a 'b'>", b"\n", b"\x80", b"\0"),
        b"&lt;b&gt;",
    ],
    ids=repr,
)
@pytest.mark.parametrize("before", [HEAD, b"", b"<?xml version='1.0'?>"], ids=["in", "raw", "head"])
def test_repetition_takes_bounded_time(unit: bytes, before: bytes) -> None:
    body = before + unit * (20_000 // len(unit))

    started = time.process_time()
    parse(body)

    assert time.process_time() - started < 8


def test_a_gzip_bomb_is_read_as_far_as_the_limit() -> None:
    feed = parse(gzip.compress(b"<!-- x -->" * 1_200_000))

    assert feed.outcome is Outcome.NOT_A_FEED


def test_many_categories_cost_no_more_than_few() -> None:
    body = HEAD + b"x</title>" + b"".join(b"<category>%d</category>" % n for n in range(4_000))

    started = time.process_time()
    parse(body + b"</item></channel></rss>")

    assert time.process_time() - started < 8


ENCODED = "<rss version='2.0'><channel><item><title>{}</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (("\ufeff" + ENCODED.format("Übung")).encode("utf-16"), None, "Übung"),
        (ENCODED.format("Übung").encode("utf-16-le"), None, "Übung"),
        (ENCODED.format("Übung").encode("utf-32"), None, "Übung"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?>" + ENCODED.format("Übung").encode("latin-1"), None, "Übung"),
        (b"<?xml version='1.0' encoding='koi8-r'?>" + ENCODED.format("Привет").encode("koi8-r"), None, "Привет"),
        (ENCODED.format("Übung").encode("latin-1"), "text/xml; charset=ISO-8859-1", "Übung"),
        (ENCODED.format("Übung").encode(), "application/xml; charset=iso-8859-1", "Übung"),
        (b"<?xml version='1.0' encoding='gb2312'?>" + ENCODED.format("选举").encode("gb18030"), None, "选举"),
    ],
)  # fmt: skip
def test_encodings(body: bytes, content_type: str | None, expected: str) -> None:
    assert title(body, content_type) == expected


@pytest.mark.parametrize("declared", ["utf-8", "no-such-code", "punycode", "unicode_escape"])
def test_a_wrong_encoding_is_read_and_marked(declared: str) -> None:
    body = f"<?xml version='1.0' encoding='{declared}'?>".encode()
    body += ENCODED.encode().replace(b"{}", "Peña’s “vote” – über alles".encode("cp1252"))

    feed = parse(body)

    assert feed.entries[0].title == "Peña’s “vote” – über alles"
    assert feed.outcome is Outcome.MALFORMED


def test_one_stray_byte_spoils_no_other() -> None:
    assert title(HEAD + "Señal ✓ ".encode() + b"\x92" + TAIL) == "Señal ✓ ’"


@pytest.mark.parametrize(
    "mark", [b"&#0;", b"&#xD800;", b"&#99999999999;", b"&#x;", b"\x00", b"\x1b"]
)
def test_impossible_characters_vanish(mark: bytes) -> None:
    feed = parse(HEAD + b"a" + mark + b"b & c" + TAIL)

    assert len(feed.entries) == 1
    feed.entries[0].title.encode("utf-8")


def test_deep_markup_keeps_its_text() -> None:
    deep = b"&lt;div&gt;" * 5000 + b"core" + b"&lt;/div&gt;" * 5000
    body = HEAD + b"t</title><description>" + deep + b"</description></item></channel></rss>"

    assert "core" in parse(body).entries[0].summary


@pytest.mark.parametrize(
    "body",
    [
        b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 200_000,
        b'{"items":[' + b'{"items":[' * 50_000,
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":' + b"9" * 50_000 + b"}]}",
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"\\ud800"}]}',
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","date_published":1e99}]}',
    ],
)
def test_hostile_json(body: bytes) -> None:
    for entry in parse(body).entries:
        entry.title.encode("utf-8")


@pytest.mark.parametrize(
    "name", ["rss.xml", "atom.xml", "rdf.xml", "feed.json", "news-sitemap.xml"]
)
def test_damage_never_raises(name: str) -> None:
    body = (DATA / name).read_bytes()
    rng = random.Random(name)
    shards = [
        b"<",
        b">",
        b"&",
        b"\0",
        b"\xff",
        b'"',
        b"]]>",
        b"<!--",
        b"&#x110000;",
        b"</item>",
        b"",
    ]

    for _ in range(20):
        damaged = bytearray(body)
        for _ in range(rng.randint(1, 20)):
            at = rng.randrange(len(damaged))
            damaged[at : at + rng.randint(0, 4)] = rng.choice(shards)
        parse(bytes(damaged))
        parse(bytes(damaged[: rng.randrange(len(damaged))]))
