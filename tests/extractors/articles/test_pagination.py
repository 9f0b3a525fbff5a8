"""A story that goes on at another address is told from one that the next story follows."""

import pytest

from extractors.articles.extract import extract_article
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
