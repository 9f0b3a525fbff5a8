"""Wherever a site puts its story, it is found; what stands beside it never passes for it."""

import json
from html import escape

import pytest

from extractors.articles.extract import extract_article
from model import Article, Outcome

STORY = [
    "The county clerk said on Friday that the scanner at the north precinct had been altered.",
    "Officials moved the machine to a locked room, where two observers watched a technician.",
    "A spokesperson for the vendor said that no other machine of this model showed such signs.",
    "The election board will meet on Monday evening to decide about a count by hand.",
]
TEXT = "".join(f"<p>{line}</p>" for line in STORY)
COUNCIL = "The council debated the parking fees again and nobody could agree on what to charge."
SIDE = "".join(f"<p>{COUNCIL} It was meeting {n}.</p>" for n in range(4))
H1 = "<h1>Scanner altered overnight</h1>"


def read(body: str, *, feed: str = STORY[0], head: str = "", language: str = "en") -> Article:
    page = f"<html lang={language}><head><meta charset=utf-8><title>Scanner altered overnight</title>{head}</head>{body}</html>"
    return extract_article(
        page.encode(),
        url="https://gazette.example/a/1",
        feed_title="Scanner altered overnight",
        feed_text=feed,
    )


@pytest.mark.parametrize(
    "body",
    [
        *(
            f"<body><{tag}>{H1}<div>{TEXT}</div></{tag}><div class=sidebar>{SIDE}</div></body>"
            for tag in ("aside", "footer", "nav", "form")
        ),
        f"<body>{H1}<noscript><div class=story>{TEXT}</div></noscript><div class=sidebar>{SIDE}</div></body>",
        f"<body>{H1}<iframe srcdoc='{escape(f'<html><body>{TEXT}</body></html>')}'></iframe></body>",
        f"<frameset cols='1,2'><frame src=a><noframes><body>{H1}{TEXT}</body></noframes></frameset>",
        f"<body><x-a><template shadowroot=open>{TEXT}</template></x-a></body>",
    ],
    ids=["aside", "footer", "nav", "form", "noscript", "srcdoc", "noframes", "old shadow root"],
)
def test_the_story_is_read_wherever_it_stands(body: str) -> None:
    article = read(body)

    assert article.body.split("\n") == STORY
    assert article.outcome is Outcome.OK


def test_a_frame_beside_the_story_is_no_part_of_it() -> None:
    notice = escape(
        "<p>We and our partners store information on a device, such as cookies.</p>" * 5
    )

    article = read(f"<body><article>{H1}{TEXT}</article><iframe srcdoc='{notice}'></iframe></body>")

    assert article.body.split("\n") == STORY


def test_a_lead_that_was_looked_for_does_not_vouch_for_a_side_column() -> None:
    listed = "".join(f"<li>{line}</li>" for line in STORY[1:] * 2)
    lead = f"<div class=footer-x>{H1}<strong>{STORY[0]}</strong><ul>{listed}</ul></div>"

    article = read(f"<body>{lead}<main>{SIDE}</main></body>")

    assert article.outcome is Outcome.EXTRACTION_DOUBTFUL


@pytest.mark.parametrize(
    "head",
    [
        """<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "%s"}</script>""",
        """<script id="__NEXT_DATA__" type="application/json">{"a": {"body": "<p>%s</p>"}}</script>""",
    ],
)
def test_the_story_in_the_pages_data_goes_before_a_side_column(head: str) -> None:
    article = read(f"<body>{H1}<main>{SIDE}</main></body>", head=head % "</p><p>".join(STORY))

    assert " ".join(article.body.split()) == " ".join(STORY)
    assert (article.outcome, article.method) == (Outcome.OK, "fallback")


COMMENT = "Reader {} says that all of this is nonsense and that the clerk should count once more."


@pytest.mark.parametrize(
    "thread",
    [
        "<div itemprop=comment>{}</div>",
        '<div role=complementary aria-label="Comments">{}</div>',
        "<div class='box fb-comments'>{}</div>",
        "<article class='comment odd'>{}</article>",
    ],
)
def test_comments_that_an_attribute_names_are_no_text(thread: str) -> None:
    comments = "".join(f"<p>{COMMENT.format(n)}</p>" for n in range(6))

    article = read(f"<body><article>{H1}{TEXT}{thread.format(comments)}</article></body>")

    assert article.body.split("\n") == STORY


def test_what_a_picture_is_called_is_no_text() -> None:
    icon = "<svg><title>Share arrow</title><desc>An arrow</desc></svg>"

    article = read(f"<body><article>{H1}<p>{icon}{STORY[0]}</p>{TEXT[4:]}</article></body>")

    assert "arrow" not in article.body


@pytest.mark.parametrize(
    "asks",
    [
        "To read the full story, subscribe for $1 a week. Cancel anytime.",
        "This is a Plus story. Unlimited digital access starts at $3.99.",
        "Este contenido es exclusivo para suscriptores. Inicia sesión o suscríbete.",
        "Läs vidare med prenumeration.",
    ],
)
def test_a_paywalls_words_are_not_the_teasers(asks: str) -> None:
    paid = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'

    article = read(f"<body><article>{H1}{TEXT}<div><p>{asks}</p></div></article></body>", head=paid)

    assert article.body.split("\n") == STORY
    assert article.outcome is Outcome.PAYWALL


RUSSIAN = [
    "Секретарь округа сообщил в пятницу, что сканер на северном участке был изменён ночью.",
    "Чиновники перенесли машину в закрытую комнату, где наблюдатели смотрели, как техник копирует её память.",
    "Представитель производителя сказал, что ни одна другая машина этой модели не показала таких признаков.",
]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "iso8859-5", "cp866", "utf-16-le"])
def test_cyrillic_whose_encoding_nobody_names_is_told_by_its_small_letters(encoding: str) -> None:
    text = "".join(f"<p>{line}</p>" for line in RUSSIAN)
    page = f"<html lang=ru><head><title>Сканер</title></head><body><article>{text}</article></body></html>"
    content_type = "text/html; charset=utf-16le" if encoding == "utf-16-le" else "text/html"

    article = extract_article(
        page.encode(encoding), url="https://gazette.example/a/1", content_type=content_type
    )

    assert article.body.split("\n") == RUSSIAN


def test_what_data_says_of_another_article_is_not_the_pages() -> None:
    head = """<script type="application/ld+json">[
      {"@type": "NewsArticle", "url": "/old", "datePublished": "2021-01-01T10:00:00Z", "headline": "Old"},
      {"@type": "NewsArticle", "mainEntityOfPage": {"@id": "/a/1"}, "datePublished": "2026-11-27T08:15:00Z"}]</script>"""

    article = read(f"<body><article>{H1}{TEXT}</article></body>", head=head)

    assert article.published is not None
    assert article.published.isoformat() == "2026-11-27T08:15:00+00:00"


def test_json_that_lists_paragraphs_is_read() -> None:
    body = json.dumps({"headline": "Scanner altered", "content": STORY}).encode()

    assert extract_article(body, url="https://gazette.example/a.json").body.split("\n") == STORY
