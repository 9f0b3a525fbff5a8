"""The headline of a page, without the name of its site."""

import pytest

from extractors.articles.extract import extract_article

STORY = "".join(f"<p>Line {n} of the story says who altered the scanner, and when it was found out.</p>" for n in range(9))  # fmt: skip


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Scanner altered | Gazette", "Scanner altered"),
        ("Scanner altered | The Gazette", "Scanner altered"),
        ("Gazette | Scanner altered", "Scanner altered"),
        ("Scanner altered | | Gazette", "Scanner altered"),
        ("Scanner altered | Gazette reporters are barred from the hall", "Scanner altered | Gazette reporters are barred from the hall"),
        ("Scanner altered | Logs are gone", "Scanner altered | Logs are gone"),
    ],
)  # fmt: skip
def test_the_name_of_the_site_is_taken_off_and_nothing_else(written: str, title: str) -> None:
    page = f"<html lang=en><head><title>{written}</title><meta property=og:site_name content=Gazette></head><body><article>{STORY}</article></body></html>"

    article = extract_article(page.encode(), url="https://news.example/a/1")

    assert article.title == title
