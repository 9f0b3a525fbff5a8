"""A story that goes on at another address is told from one that the next story follows."""

import time

import pytest

from extractors.articles.body.fallbacks import parsed_page
from extractors.articles.extract import extract_article
from extractors.articles.pagination import OtherPages, other_pages
from model import Outcome

STORY = "".join(
    f"<p>Number {n}: the clerk said that the scanner was altered, and that logs would be read.</p>"
    for n in range(5)
)
URL = "https://gazette.example/2026/11/27/scanner-altered"


def read(link: str, url: str = URL) -> tuple[Outcome, str]:
    page = f"<html lang=en><head><title>Scanner was altered, clerk says</title></head><body><article><h1>Scanner was altered, clerk says</h1>{STORY}{link}</article></body></html>"
    article = extract_article(page.encode(), url=url)
    assert "Number 4" in article.body
    return article.outcome, article.problem or ""


@pytest.mark.parametrize(
    ("url", "href"),
    [
        (URL, f"{URL}?page=2"),
        (URL, "/2026/11/27/scanner-altered/2/"),
        (f"{URL}/", "2/"),
        (f"{URL}.html", "scanner-altered-2.html"),
        (URL, f"{URL}/seite-2"),
        (f"{URL}?id=7", f"{URL}?id=7&p=2"),
    ],
)
def test_a_story_of_several_pages_is_doubted_as_only_the_first_is_read(url: str, href: str) -> None:
    for link in (
        f'<link rel="next" href="{href}">',
        f'<p><a rel="next" href="{href}">Next page</a></p>',
    ):
        outcome, problem = read(link, url)
        assert outcome is Outcome.EXTRACTION_DOUBTFUL
        assert "goes on at https://gazette.example/2026/11/27/scanner-altered" in problem


@pytest.mark.parametrize(
    ("url", "href"),
    [
        (URL, "/2026/11/28/scanner-is-back"),
        (URL, f"{URL}-again"),
        (URL, f"{URL}-2"),
        (f"{URL}/", f"{URL}-2/"),
        (f"{URL}?p=7", f"{URL}?p=8"),
        (URL, f"{URL}?share=2"),
        (URL, f"{URL}/comment-page-2/"),
        (f"{URL}?page=2", f"{URL}?page=2"),
        ("https://gazette.example/", "https://gazette.example/?page=2"),
        (URL, "https://other.example/2026/11/27/scanner-altered?page=2"),
        (URL, "http://[::1"),
    ],
)
def test_the_next_story_is_no_part_of_this(url: str, href: str) -> None:
    assert read(f'<link rel="next" href="{href}">', url) == (Outcome.OK, "")


def pages_of(link: str, url: str = URL, **place: object) -> OtherPages:
    markup = f"<html><head></head><body><article>{STORY}{link}</article></body></html>"
    tree = parsed_page(markup)
    assert tree is not None
    return other_pages(tree, markup, url, **place)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "link",
    [
        "<a href='/2026/11/27/scanner-altered/2/'>2</a>",
        "<a href='scanner-altered?page=2'>Page 2 of 3</a>",
        "<a href='?page=2'>Next »</a>",
        "<a href='/2026/11/27/scanner-altered/seite-2'>Nächste Seite</a>",
        "<a href='https://www.gazette.example/2026/11/27/scanner-altered/2'>Continue reading</a>",
    ],
)
def test_a_link_that_is_called_after_the_next_page_needs_no_rel(link: str) -> None:
    following = pages_of(link, f"{URL}?utm_source=rss").following
    assert following is not None
    assert following.rstrip("/").endswith("2")


@pytest.mark.parametrize(
    "link",
    [
        "<a href='/2026/11/27/scanner-altered/2/'>The clerk answers</a>",
        "<a href='/2026/11/27/scanner-altered/3/'>3</a>",
        "<ol id=comments><li><a href='?page=2'>2</a></ol>",
    ],
)
def test_other_links_lead_to_no_next_page(link: str) -> None:
    assert pages_of(link) == OtherPages()


def test_page_two_leads_to_page_three_and_to_no_other() -> None:
    place = {"url": f"{URL}/2/", "first": URL, "number": 2}
    links = f"<a href='{URL}'>1</a><a href='{URL}/2/'>2</a><a href='{URL}/3/'>3</a><a href='{URL}/4/'>4</a>"
    assert pages_of(links, **place).following == f"{URL}/3/"  # type: ignore[arg-type]
    assert pages_of(f"<a rel=next href='{URL}/2/'>Next</a>", **place).following is None  # type: ignore[arg-type]


@pytest.mark.parametrize("whole", ["?page=all", "/komplettansicht", "?singlepage=1", "/print"])
def test_the_view_on_one_page_counts_where_there_are_several(whole: str) -> None:
    link = f"<a href='{URL}{whole}'>All on one page</a>"
    assert pages_of(link).whole is None
    assert pages_of(f"{link}<a href='?page=2'>2</a>").whole == f"{URL}{whole}"
    assert pages_of("", canonical=f"{URL}{whole}").whole == f"{URL}{whole}"


def test_many_links_below_a_name_without_an_end_cost_next_to_nothing() -> None:
    links = f"<a href='{URL}?page=2'>2</a>" * 300
    began = time.process_time()

    assert pages_of(f"<div class='{'relate' * 20_000}' id='comments'>{links}</div>") == OtherPages()
    assert time.process_time() - began < 0.25
