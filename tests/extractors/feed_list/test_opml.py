"""OPML in and out."""

import time
from pathlib import Path

import pytest

from extractors.feed_list.load import load_feeds
from extractors.feed_list.opml import OpmlError, read_opml, write_opml
from model import FeedSpec

ROOT = Path(__file__).parents[3]


def opml(rows: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="1.0"><head/><body>{rows}</body></opml>'.encode()


def test_our_own_list_goes_round() -> None:
    feeds = load_feeds(ROOT / "feeds.yaml").feeds

    imported = read_opml(write_opml(feeds))

    assert {spec.id: spec for spec in imported.feeds} == {spec.id: spec for spec in feeds}
    assert (imported.known, imported.bad) == ((), ())


def test_folders_are_categories() -> None:
    imported = read_opml(
        opml(
            '<outline text="States"><outline text="AZ"><outline text="Mirror" xmlUrl="http://a.example/f"/>'
            '</outline></outline><outline title="Loose" xmlurl="http://b.example/" type="rss"/>'
        )
    )

    assert [(spec.name, spec.category) for spec in imported.feeds] == [
        ("Mirror", "States/AZ"),
        ("Loose", ""),
    ]


def test_what_is_listed_is_known_and_what_is_bad_is_told() -> None:
    listed = [FeedSpec("mirror", "Mirror", "https://a.example/f/")]

    imported = read_opml(
        opml(
            '<outline text="Same" xmlUrl="http://a.example/f"/>'
            '<outline text="Mirror" xmlUrl="http://c.example/"/>'
            '<outline text="Mirror" xmlUrl="http://c.example/"/>'
            '<outline text="Bad" xmlUrl="ftp://d.example/"/>'
            '<outline text="Secret" xmlUrl="http://u:p@e.example/"/>'
            '<outline text="Empty" type="rss" xmlUrl=""/>'
        ),
        listed,
    )

    assert [(spec.id, spec.url) for spec in imported.feeds] == [("c-example", "http://c.example/")]
    assert imported.known == ("http://a.example/f", "http://c.example/")
    assert [sentence.split(":")[0] for sentence in imported.bad] == [
        "row 4 (Bad)",
        "row 5 (Secret)",
        "row 6 (Empty)",
    ]
    assert "u:p" not in "".join(imported.bad)


def test_a_stranger_chooses_no_secret() -> None:
    imported = read_opml(opml('<outline text="A" xmlUrl="http://a.example/" auth="env:HOME"/>'))

    assert imported.feeds[0].auth is None


@pytest.mark.parametrize(
    "body", [b"", b"\x89PNG\r\n", b"<rss/>", b"<html><opml/></html>", b"<opml", b"hello"]
)
def test_what_is_no_opml(body: bytes) -> None:
    with pytest.raises(OpmlError):
        read_opml(body)


def test_a_broken_list_is_read_as_far_as_it_goes() -> None:
    body = opml('<outline text="A & B" xmlUrl="http://a.example/"/><outline text="C" xmlUrl=')

    assert [spec.url for spec in read_opml(body).feeds] == ["http://a.example/"]


@pytest.mark.parametrize(
    ("rows", "lost"),
    [
        ('<outline text="B" xmlUrl="http://b.exam', "breaks off before its end; the 1 rows that came whole were read"),
        ('\n<outline text="B "2"" xmlUrl="http://b.example/"/></body></opml>', "the XML is broken (line 2): 1 of 2 rows with an address could not be read"),
        ('<outline text="B & C"/><!-- xmlUrl= --></body></opml>', None),
    ],
)  # fmt: skip
def test_rows_that_broken_xml_took_with_it_are_told(rows: str, lost: str | None) -> None:
    body = f'<opml><body><outline text="A" xmlUrl="http://a.example/"/>{rows}'.encode()
    imported = read_opml(body)

    assert [spec.name for spec in imported.feeds] == ["A"]
    assert imported.lost == lost


def test_entities_do_not_expand(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("topsecret")
    body = opml('<outline text="&x;" xmlUrl="http://a.example/"/>').decode()
    kind = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><opml'

    imported = read_opml(body.replace("<opml", kind, 1).encode())

    assert "topsecret" not in repr(imported)


@pytest.mark.parametrize(
    "document",
    [
        "<opml xmlns='http://opml.org/spec2'><body><outline text='A' xmlUrl='https://a.example/f'/></body></opml>",
        "<OPML><BODY><OUTLINE TEXT='A' XMLURL='https://a.example/f'/></BODY></OPML>",
        "<opml><body><outline type='rss' text='A' url='https://a.example/f'/></body></opml>",
    ],
    ids=["namespace", "upper case", "url for xmlUrl"],
)
def test_lists_as_careless_writers_make_them(document: str) -> None:
    assert [spec.url for spec in read_opml(document.encode()).feeds] == ["https://a.example/f"]


def test_a_broken_list_without_a_feed_is_an_error() -> None:
    with pytest.raises(OpmlError, match="the XML is broken"):
        read_opml(opml('<outline text="a "b"" xmlUrl="https://a.example/f"/>'))


def test_a_name_holds_nothing_that_a_terminal_obeys() -> None:
    row = '<outline text="Harbor&#x9b;31m Ledger" xmlUrl="http://a.example/f"/>'
    sly = row.replace("/f", "/g").replace(" xmlUrl", ' outlet="Bay&#x9b;31m" xmlUrl')

    imported = read_opml(opml(row + sly))

    assert [spec.name for spec in imported.feeds] == ["Harbor31m Ledger"]
    assert imported.bad == (
        "row 2 (Harbor31m Ledger): holds a control character, which a terminal may obey",
    )


def test_a_feed_is_read_however_deep_it_lies() -> None:
    deep = '<outline text="f">' * 200 + row_of("Deep") + "</outline>" * 200
    imported = read_opml(f"<opml version='2.0'><body>{deep}{row_of('Flat')}</body></opml>".encode())

    assert [spec.name for spec in imported.feeds] == ["Deep", "Flat"]


def row_of(name: str) -> str:
    return f'<outline type="rss" text="{name}" xmlUrl="https://{name.lower()}.example/feed"/>'


def test_a_broken_list_of_comments_without_an_end_costs_no_more_than_its_length() -> None:
    began = time.process_time()
    imported = read_opml(
        opml('<outline xmlUrl="https://a.example/"/></b>' + "<!-- " * 100_000).replace(
            b"</body>", b""
        )
    )

    assert len(imported.feeds) == 1
    assert time.process_time() - began < 2, "minutes, if an end is sought from each beginning"


def test_rows_in_comments_are_not_missed_in_a_broken_list() -> None:
    rows = '<outline xmlUrl="https://a.example/"/></b><!-- <outline xmlUrl="https://b.example/"/> --><outline xmlUrl="https://c.example/"/>'

    assert "1 of 2 rows with an address" in str(read_opml(opml(rows)).lost)
