"""When an article was published, and where that is known from."""

from datetime import UTC, datetime

import pytest

from extractors.articles.extract import extract_article
from extractors.articles.metadata.publication_date import in_address
from model import Article

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LINES = "".join(
    f"<p>Number {n}: the clerk counted the ballots twice and found the totals to agree.</p>"
    for n in range(5)
)
FOOTER = "<footer><p>Copyright 2019 Gazette. Founded March 3, 1921.</p></footer>"


def read(url: str = "https://gazette.example/a/1", head: str = "", **inputs: object) -> Article:
    page = f"<html><head>{head}</head><body><article>{LINES}</article>{FOOTER}</body></html>"
    return extract_article(page.encode(), **{"url": url, "now": NOW, **inputs})  # type: ignore[arg-type]


PAGE = '<meta property="article:published_time" content="2026-11-20T10:00:00Z">'
FEED = datetime(2026, 11, 21, 9, tzinfo=UTC)
DATED = "https://gazette.example/2026/11/22/count"


def test_page_before_feed_before_address_before_text() -> None:
    whole, by_feed, by_address = (
        read(DATED, PAGE, published=FEED),
        read(DATED, published=FEED),
        read(DATED),
    )

    assert (whole.published, whole.date_source) == (datetime(2026, 11, 20, 10, tzinfo=UTC), "page")
    assert (by_feed.published, by_feed.date_source) == (FEED, "feed")
    assert (by_address.published, by_address.date_source) == (
        datetime(2026, 11, 22, tzinfo=UTC),
        "address",
    )


@pytest.mark.slow  # the first search of a text for days loads the names of months of 200 languages
def test_a_copyright_year_is_no_date() -> None:
    article = read()

    assert (article.published, article.date_source) == (None, None)


def test_a_bare_day_in_the_head_is_the_pages_word() -> None:
    article = read(head="<meta name='dcterms.created' content='2026-11-19'>")

    assert (article.published, article.date_source) == (datetime(2026, 11, 19, tzinfo=UTC), "page")


def test_new_year_stays_where_it_is_written() -> None:
    article = read(head="<meta name='dcterms.created' content='2026-01-01'>")

    assert article.published == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/27/a",
        "/news/2026-11-27-a.html",
        "/a-20261127.html",
        "/2026/nov/27/a",
        "/2026.11.27/a",
        "/a_2026_11_27",
    ],
)
def test_a_whole_day_in_the_address(path: str) -> None:
    assert in_address(f"https://gazette.example{path}") == datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/a",
        "/2026/a",
        "/a-2026111.html",
        "/a-12026112799",
        "/2026/13/45/a",
        "/a?d=2026-11-27",
        "/20-26/11-27",
    ],
)
def test_less_is_no_day(path: str) -> None:
    assert in_address(f"https://gazette.example{path}") is None


def test_a_day_to_come_is_not_believed() -> None:
    article = read(
        "https://gazette.example/2031/01/05/a",
        head="<meta name='dcterms.created' content='2026-11-19'>",
    )

    assert (article.published, article.date_source) == (datetime(2026, 11, 19, tzinfo=UTC), "page")


MOMENT = datetime(2026, 11, 27, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="pubdate" content="2026-11-27T08:15:00Z">',
        '<meta name="parsely-pub-date" content="2026-11-27T08:15:00+00:00">',
        '<meta name="DC.date.issued" content="2026-11-27T10:15:00+0200">',
        '<meta name="sailthru.date" content="2026-11-27 08:15:00">',
        '<meta property="og:article:published_time" content="20261127T081500Z">',
        '<meta property="article:published_time" content="Fri, 27 Nov 2026 03:15:00 EST">',
        '<meta property="article:published_time" content="1795767300">',
        '<meta name="publish-date" content="27. November 2026, 08:15">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":["2026-11-27T08:15:00Z"]}</script>',
        '<script type="application/ld+json">{"@type":"NewsArticle","dateCreated":"2026-11-27T08:15Z"}</script>',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":1795767300000}</script>',
        '<script type="application/ld+json">{"@type":"VideoObject","uploadDate":"2026-11-27T08:15Z"}</script>',
    ],
)
def test_the_instant_in_the_head_is_read_under_its_many_names(head: str) -> None:
    article = read(head=head)

    assert (article.published, article.date_source) == (MOMENT, "page")


@pytest.mark.parametrize("mark", ['datetime="2026-11-27T08:15:00Z"', 'content="2026-11-27 08:15"'])
def test_the_instant_marked_in_the_body_is_read(mark: str) -> None:
    body = f'<article><span itemprop="datePublished" {mark}>x</span>{LINES}</article>{FOOTER}'
    page = f"<html><body>{body}</body></html>".encode()
    article = extract_article(page, url="https://a.example/x", now=NOW)

    assert (article.published, article.date_source) == (MOMENT, "page")


@pytest.mark.parametrize(
    "label",
    [
        "<time datetime='2026-11-27'>Friday</time>",
        "<p>By A. Writer | Nov. 27, 2026</p>",
        "<div>Updated Nov. 28, 2026 <span>Published Nov. 27, 2026, 8:15 p.m.</span></div>",
        "<p>Publicado el 27 de noviembre de 2026</p>",
        "<span>27. November 2026</span>",
        "<p>Updated 6:21 PM, Nov 28, 2026 Posted 4:15 PM, Nov 27, 2026</p>",
        "<p>Publié le 27 novembre 2026 à 16h15, mis à jour le 28 novembre 2026</p>",
        "<time class=updated datetime='2026-11-28T09:00:00Z'>Nov. 28</time> <time datetime='2026-11-27'>Nov. 27</time>",
        "<p>2026年11月27日</p>",
        "<p>GAZETTE CITY, November 27, 2026 - " + "The clerk counted all of the ballots twice. " * 3,
    ],
)  # fmt: skip
def test_the_day_by_the_headline_goes_before_days_of_side_matter(label: str) -> None:
    side = "<aside>May 6, 2024</aside><div class='related'>March 1, 2025</div>"
    body = f"<body>{side}<main><h1>Ballots counted twice</h1>{label}{LINES}</main>{FOOTER}</body>"
    article = extract_article(body.encode(), url="https://a.example/x", now=NOW)

    assert (article.published, article.date_source) == (datetime(2026, 11, 27, tzinfo=UTC), "text")


@pytest.mark.slow  # asks htmldate, which knows nothing either
@pytest.mark.parametrize(
    "other",
    [
        "<footer>Terms as of January 15, 2024</footer>",
        "<div class='related-posts'><p>May 6, 2024</p></div>",
        "<nav><a href='/2023/01/02'>Archive</a></nav><img src='/2021/07/04/a.jpg'>",
        "<p>The fair was on October 5, 2024, when the clerk counted the ballots of the last one again.</p>",
    ],
)
def test_days_of_side_matter_and_prose_are_no_date_of_a_story(other: str) -> None:
    body = f"<body><main><h1>Ballots counted twice</h1>{LINES}</main>{other}</body>"
    article = extract_article(body.encode(), url="https://a.example/x", now=NOW)

    assert (article.published, article.date_source) == (None, None)


def test_the_days_of_other_articles_in_the_pages_data_are_not_its_own() -> None:
    other = '{"@type":"NewsArticle","headline":"Roses","datePublished":"2020-01-01T08:00:00Z"}'
    graph = f"""<script type="application/ld+json">[
      {{"@type":"ItemList","itemListElement":[{{"@type":"ListItem","item":{other}}}]}},
      {{"@type":"WebPage","datePublished":"2015-01-01T08:00:00Z"}},
      {{"@type":"NewsArticle","headline":"Ballots counted","datePublished":"2026-11-27T08:15:00Z","relatedLink":{other}}}
    ]</script>"""
    article = read(head=graph)

    assert (article.title, article.published) == ("Ballots counted", MOMENT)


@pytest.mark.parametrize(("language", "day"), [("en-GB", 2), ("en-US", 11), ("fr", 2)])
def test_which_number_is_the_day_is_told_by_the_pages_language(language: str, day: int) -> None:
    label = "<p>02/11/2026</p>" if day == 2 else "<p>11/02/2026</p>"
    page = f"<html lang={language}><body><h1>Ballots counted twice</h1>{label}{LINES}</body></html>"

    article = extract_article(page.encode(), url="https://a.example/x", now=NOW)

    assert article.published == datetime(2026, 11, 2, tzinfo=UTC)


def test_the_instant_of_a_time_by_the_headline_is_kept() -> None:
    label = "<time datetime='2026-11-26T19:30:00-05:00'>Nov. 26</time>"
    page = f"<html><body><h1>Ballots counted twice</h1>{label}{LINES}</body></html>"

    article = extract_article(page.encode(), url="https://a.example/x", now=NOW)

    assert article.published == datetime(2026, 11, 27, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "published"),
    [("2026-11-22T23:05:00Z", (22, 23, 5)), ("2026-11-22T23:05:00-05:00", (23, 4, 5)),
     ("2026-11-25T08:00:00Z", (22, 0, 0)), ("2026-11-22", (22, 0, 0))],
    ids=["that day", "late in the west", "another day", "no time"],
)  # fmt: skip
def test_a_time_in_the_markup_of_the_day_in_the_address_tells_the_instant(
    moment: str, published: tuple[int, int, int]
) -> None:
    page = f"<html><body><article><h1>Count</h1><p>By Ann <time datetime='{moment}'>Nov. 22</time></p>{LINES}</article></body></html>"
    article = extract_article(page.encode(), url=DATED, now=NOW)
    day, hour, minute = published
    assert article.published == datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    assert article.date_source == ("address" if (hour, minute) == (0, 0) else "page")
