"""The page that an item names, however it names it."""

import pytest

from tests.extractors.feeds.parsing.parsed_feeds import parse, rss


@pytest.mark.parametrize("value", ["true", "TRUE", "True", " true "])
def test_a_permalink_is_one_however_it_is_written(value: str) -> None:
    guid = f'<guid isPermaLink="{value}">/a/77</guid>'
    body = f"<rss version='2.0'><channel><item><title>A</title>{guid}</item></channel></rss>"

    (entry,) = parse(body.encode()).entries

    assert entry.url is not None
    assert entry.url.endswith("/a/77")


PAGE = "https://courier.example/a/7"


@pytest.mark.parametrize(
    "item",
    [
        f"<link/><guid>{PAGE}</guid>",
        f'<enclosure url="{PAGE}" type="text/html" length="1"/>',
        f'<enclosure url="https://courier.example/7.mp3" type="audio/mpeg"/><guid>{PAGE}</guid>',
    ],
)
def test_an_item_without_a_link_names_its_page_elsewhere(item: str) -> None:
    (entry,) = parse(rss(item)).entries

    assert entry.url == PAGE


def test_a_recording_is_no_page() -> None:
    item = '<guid>7</guid><enclosure url="https://courier.example/7.mp3" type="audio/mpeg"/>'

    assert [entry.url for entry in parse(rss(item)).entries] == [None]


@pytest.mark.parametrize(
    "link",
    [
        f'<link rel="http://www.iana.org/assignments/relation/alternate" href="{PAGE}"/>',
        f'<link rel="" href="{PAGE}"/>',
        f'<link rel="Alternate" href="{PAGE}"/>',
        f'<link rel="replies" href="https://courier.example/r"/><link rel="related" href="{PAGE}"/>',
        f'<link rel="self" href="https://courier.example/7.atom"/><content type="text/html" src="{PAGE}"/>',
    ],
)
def test_an_atom_entry_names_its_page_in_many_ways(link: str) -> None:
    entry = f"<entry><title>A</title><id>tag:a,7</id>{link}</entry>"
    feed = parse(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{entry}</feed>')

    assert [entry.url for entry in feed.entries] == [PAGE]


@pytest.mark.parametrize("count", [1, 1200])
def test_what_an_rdf_item_is_about_is_its_link(count: int) -> None:
    items = "".join(
        f'<item rdf:about="{PAGE}{n}"><title>A {n}</title></item>' for n in range(count)
    )
    feed = parse(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>T</title></channel>{items}</rdf:RDF>"
    )

    assert [entry.url for entry in feed.entries] == [f"{PAGE}{n}" for n in range(count)]
