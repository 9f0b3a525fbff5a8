"""What a reader does not see is no article text: hidden paragraphs, cookie notices, paywalls."""

import pytest
from lxml.html import document_fromstring

from extractors.articles.body.prune import classes_of, hiding_names
from extractors.articles.extract import extract_article
from model import Article, Outcome

STORY = [
    "The county clerk said on Friday that the scanner at the north precinct had been altered.",
    "Officials moved the machine to a locked room, where two observers watched a technician.",
    "A spokesperson for the vendor said that no other machine of this model showed such signs.",
    "The election board will meet on Monday evening to decide about a count by hand.",
]
UNSEEN = "Nobody who opens this page in a browser will ever read this line about the town council."


def read(*lines: str, head: str = "") -> Article:
    body = f"<article><h1>Scanner altered</h1>{''.join(lines)}</article>"
    page = (
        f"<html lang=en><head><title>Scanner altered</title>{head}</head><body>{body}</body></html>"
    )
    return extract_article(page.encode(), url="https://gazette.example/a/1")


def paragraphs(lines: list[str]) -> list[str]:
    return [f"<p>{line}</p>" for line in lines]


@pytest.mark.parametrize(
    ("mark", "head"),
    [
        *((f'style="{style}"', "") for style in ("opacity:0", "font-size: 0px", "max-height:0; x")),
        ('style="position:absolute;clip:rect(0,0,0,0)"', ""),
        ("popover", ""),
        ('id="more" popover="manual"', ""),
        *((f'class="note {name}"', "") for name in ("hidden", "d-none", "is-hidden", "print-only")),
        ('class="zz9"', "<style>p{margin:0} .zz9 {display:none}</style>"),
        ('id="zz9"', "<style>/* x */ .b, #zz9 { color:red; display : none !important }</style>"),
        ('class="zz9"', "<style>@media screen {.b,.zz9{visibility:hidden}}</style>"),
    ],
)
def test_hidden_lines_are_no_text(mark: str, head: str) -> None:
    first, *others = paragraphs(STORY)

    for hidden in (f"<p {mark}>{UNSEEN}</p>", f"<div {mark}><p>{UNSEEN}</p></div>"):
        assert read(first, hidden, *others, head=head).body.split("\n") == STORY


@pytest.mark.parametrize(
    ("mark", "head"),
    [
        ('class="d-none d-md-block"', ""),
        ('class="hidden md:block"', ""),
        ('style="opacity:0.9"', ""),
        ('style="line-height:0.9"', ""),
        ('class="zz9"', "<style>@media print {.zz9 {display:none}}</style>"),
        ('class="zz9 on"', "<style>.zz9{display:none} .zz9.on{display:block}</style>"),
        ('class="zz9"', "<style>.js .zz9{display:none}</style>"),
    ],
)
def test_what_shows_somewhere_is_text(mark: str, head: str) -> None:
    first, *others = paragraphs(STORY)

    assert UNSEEN in read(first, f"<p {mark}>{UNSEEN}</p>", *others, head=head).body


def test_names_are_classes_and_not_words_of_the_page() -> None:
    assert names('<p class="a hidden">') == {".hidden"}
    assert names("<p class=hidden>") == {".hidden"}
    assert names(f'<p CLASS="{"a" * 300} hidden">') == {".hidden"}
    for markup in ('<p class="unhidden">', '<p class="a">hidden "hidden" d-none</p>', "<p hidden>"):
        assert names(markup) == frozenset()


def names(markup: str) -> frozenset[str]:
    return hiding_names(classes_of(document_fromstring(markup)), markup)


@pytest.mark.parametrize(
    "notice",
    [
        "We and our 857 partners store and access personal data on your device. Reject all cookies.",
        "This website uses cookies. Read our cookie policy to learn which.",
        "Wir verwenden Cookies, siehe Datenschutzerklärung und Consent to our partners.",
    ],
)
def test_a_cookie_notice_in_a_story_is_neither_its_text_nor_a_wall(notice: str) -> None:
    first, *others = paragraphs(STORY)
    article = read(first, f"<div class=cmp><p>{notice}</p></div>", *others)

    assert (article.outcome, article.body.split("\n")) == (Outcome.OK, STORY)


def test_a_story_about_cookies_keeps_its_words() -> None:
    line = "Voters were asked to accept cookies before the county's page told them where to vote."

    assert line in read(*paragraphs([*STORY, line])).body


@pytest.mark.parametrize(
    "words",
    [
        "Already a subscriber? Sign in",
        "You have 1 free article left this month.",
        "Create a free account to keep reading.",
        "This is premium content. Log in or subscribe for access",
        "Try unlimited access Only $1 for 4 weeks. Then $69 per month.",
        "La suite est réservée aux abonnés. Déjà abonné ? Connectez-vous",
        "Este conteúdo é exclusivo para assinantes. Já é assinante? Faça login",
        "Questo articolo è riservato agli abbonati. Sei già abbonato? Accedi",
        "Dit artikel is alleen voor abonnees. Al abonnee? Log in",
        "Artikeln är låst för prenumeranter. Redan prenumerant? Logga in",
        "Ten artykuł jest dostępny tylko dla prenumeratorów. Zaloguj się",
    ],
)
def test_a_teaser_is_named_for_its_paywall_and_has_none_of_its_words(words: str) -> None:
    article = read(*paragraphs([*STORY[:3], words]))

    assert (article.outcome, article.body.split("\n")) == (Outcome.PAYWALL, STORY[:3])


def test_a_locked_tier_is_a_paywall() -> None:
    tier = '<meta property="article:content_tier" content="locked">'

    assert read(*paragraphs(STORY[:3]), head=tier).outcome is Outcome.PAYWALL
    assert read(*paragraphs(STORY[:3]), head=tier.replace("locked", "free")).outcome is Outcome.OK


@pytest.mark.parametrize("box", ["div class=story", "section", "td"])
@pytest.mark.parametrize("first", [True, False])
def test_of_two_stories_on_a_page_the_one_of_its_title_is_read(box: str, first: bool) -> None:
    buses = [line.replace("scanner", "bus").replace("clerk", "driver") for line in STORY[:3]]
    boxes = [
        f"<{box}><h2>{title}</h2>{''.join(paragraphs(lines))}</{box.split()[0]}>"
        for title, lines in (("Scanner altered at night", STORY), ("Council buys buses", buses))
    ]
    body = "".join(boxes if first else boxes[::-1])
    table = f"<table><tr>{body}</tr></table>" if box == "td" else body
    page = f"<html lang=en><head><title>Scanner altered at night</title></head><body>{table}</body></html>"

    article = extract_article(page.encode(), url="https://gazette.example/a/1")

    assert all(line in article.body for line in STORY)
    assert "bus" not in article.body
    assert "driver" not in article.body


def test_chapters_of_a_story_stay() -> None:
    chapters = [f"<section><h2>{name}</h2>{''.join(paragraphs(STORY[:2]))}</section>" for name in ("What is known", "What is not")]  # fmt: skip

    article = read(*paragraphs(STORY[2:]), *chapters)

    assert all(line in article.body for line in STORY)
