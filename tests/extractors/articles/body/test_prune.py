"""Code, hidden text and misleading names keep out of articles; the story stays."""

import pytest

from extractors.articles.extract import extract_article
from model import Article, Outcome

STORY = (
    "The county clerk said on Friday that the logs of a ballot scanner had been altered overnight.",
    "Officials of the election office said that no votes were lost and that the count goes on.",
    "An audit would follow within two weeks, a spokeswoman for the secretary of state said then.",
    "Two temporary workers were sent home while the police look into the matter, the clerk said.",
)
TEXT = "".join(f"<p>{line}</p>" for line in STORY)
OTHER = "".join(
    f"<p>Letters about the {name} are welcome if they are signed and no longer than a page.</p>"
    for name in ("library", "bridge", "harbour", "orchard")
)


def read(body: str, head: str = "<title>Scanner logs altered, clerk says</title>") -> Article:
    page = f"<html lang=en><head>{head}</head><body>{body}</body></html>"
    return extract_article(page.encode(), url="https://gazette.example/a/1")


@pytest.mark.parametrize(
    "code",
    [
        "<p>A line. <script>if (a && b) { window.hack = 'election'; }</script></p>",
        "<p><style>#gallery { margin: auto; }</style></p>",
        "<div><p>A line.<style>.a{color:red}</style><script>var x = {hack: 1};</script></p></div>",
        '<p>A line.<script type=\'application/ld+json\'>{"@type": "Hack"}</script></p>',
        "<p>{&quot;@type&quot;: &quot;hack&quot;, &quot;id&quot;: 7, &quot;a&quot;: {&quot;b&quot;: 1}}</p>",
        "<template><p>Hack of the template that nobody sees until a script copies it in.</p></template>",
    ],
)
def test_code_is_no_text(code: str) -> None:
    article = read(f"<article><h1>Scanner logs altered</h1>{TEXT}{code}</article>")

    assert article.body.split("\n")[:4] == list(STORY)
    for sign in ("{", "hack", "Hack", "margin", "color"):
        assert sign not in article.body


def test_the_story_in_an_open_shadow_root_is_read() -> None:
    root = f'<template shadowrootmode="open"><article>{TEXT}</article></template>'

    assert read(f"<div>{root}</div>").body.split("\n") == list(STORY)


@pytest.mark.parametrize(
    "hiding",
    [
        'style="display:none"',
        'style="color:red; DISPLAY : none !important"',
        'style="visibility: hidden"',
        "hidden",
        'style="position:absolute; left:-9999px"',
        'style="text-indent: -10000px"',
        'style="clip-path: inset(50%)"',
        'style="color: transparent"',
    ],
)
def test_hidden_text_is_no_text(hiding: str) -> None:
    secret = "Ransomware leaks the voter rolls of the county, a hidden promo for the paper says."
    article = read(
        f"<article>{TEXT}<p {hiding}>{secret}</p><div {hiding}><p>{secret}</p></div></article>"
    )

    assert "Ransomware" not in article.body
    assert article.body.split("\n") == list(STORY)


def test_a_story_that_a_script_will_show_is_read_though_it_is_hidden() -> None:
    article = read(f'<div id="app" style="display:none"><article>{TEXT}</article></div>')

    assert STORY[-1] in article.body


@pytest.mark.parametrize(
    "names",
    [
        *('class="comments-open post"', 'class="comment-enabled"', 'id="comments-wrapper"'),
        *('class="footer-sticky page"', 'class="has-sidebar"', 'class="widget-area main"'),
        *('class="share-enabled"', 'id="nav-page"', 'class="metabox" role="navigation"'),
    ],
)
@pytest.mark.parametrize("around", ["div", "section"])
def test_a_box_around_the_whole_story_is_not_thrown_away_for_its_name(
    names: str, around: str
) -> None:
    box = f"<{around} {names}><h1>Scanner logs altered</h1>{TEXT}</{around}>"
    article = read(f'<div id="main">{box}<div class="about">{OTHER}</div></div>')

    assert article.outcome is Outcome.OK
    assert [line for line in STORY if line not in article.body] == []


def test_a_thread_of_comments_is_still_left_out() -> None:
    thread = "".join(
        f'<div class="comment-body"><span class="comment-author">Reader {n}</span>{OTHER}</div>'
        for n in range(6)
    )
    article = read(
        f'<article>{TEXT}</article><div class="comments-area"><h2>Said</h2>{thread}</div>'
    )

    assert "Letters about" not in article.body
    assert STORY[0] in article.body


@pytest.mark.parametrize("name", ["intro", "article-lead", "standfirst", "story__dek"])
def test_an_opening_in_a_box_of_its_own_is_put_first(name: str) -> None:
    opening = f'<div class="{name}"><p>{STORY[0]}</p></div>'
    rest = "".join(f"<p>{line}</p>" for line in STORY[1:] * 1)
    article = read(f'<h1>Scanner logs altered</h1>{opening}<div class="story-body">{rest}</div>')

    assert article.body.split("\n")[0] == STORY[0]


def test_an_opening_that_the_feed_quotes_is_put_first() -> None:
    rest = "".join(f"<p>{line}</p>" for line in STORY[1:])
    page = f'<html><body><div class="x1"><p>{STORY[0]}</p></div><div class="story-body">{rest}</div></body></html>'
    article = extract_article(
        page.encode(), url="https://gazette.example/a", feed_text=STORY[0][:80] + " …"
    )

    assert article.body.split("\n")[0] == STORY[0]


def test_a_paragraph_that_comes_twice_is_kept_once() -> None:
    phone, desk = f'<div class="story-body">{TEXT}', f"{TEXT}</div>"

    assert read(f"<article>{phone}{desk}</article>").body.split("\n") == list(STORY)


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to continue reading",
        "Already a subscriber? Log in.",
        "Are you a subscriber? Sign in to your account",
        "To continue reading this story, subscribe today for one dollar a week",
        "This article is for subscribers only. Subscribe for full access.",
        "You’ve reached your limit of free articles for this month.",
        "Jetzt weiterlesen mit dem Probeabo",
        "Contenido exclusivo para suscriptores",
    ],
)
def test_a_teaser_comes_without_the_paywalls_words(line: str) -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
    box = f'<div class="paywall"><h2>{line}</h2><p>{line}</p></div>'
    article = read(f"<article><p>{STORY[0]}</p><p>{STORY[1]}</p>{box}</article>", head)

    assert article.body.split("\n") == list(STORY[:2])
    assert article.outcome is Outcome.PAYWALL


def test_a_sentence_about_subscribers_stays() -> None:
    sentence = "Already a subscriber base of a million had left the paper before the vote, the board said in March."
    long = (
        sentence
        + " It named no reason, and nobody asked for one at the meeting in the town hall, where the chair spoke."
    )

    assert long in read(f"<article>{TEXT}<p>{long}</p></article>").body


def test_every_post_of_a_live_blog_is_read() -> None:
    posts = ",".join(
        f'{{"@type":"BlogPosting","headline":"Update {n}","articleBody":"Precinct {n} reported its count of the ballots at noon."}}'
        for n in range(30)
    )
    head = f'<script type="application/ld+json">{{"@type":"LiveBlogPosting","liveBlogUpdate":[{posts}]}}</script>'
    article = read(
        f"<article>{TEXT}<p>Precinct 3 reported its count of the ballots at noon.</p></article>",
        head,
    )

    assert all(f"Precinct {n} reported" in article.body for n in range(30))
    assert article.body.count("Precinct 3 reported") == 1


def test_one_pasted_paragraph_in_another_encoding() -> None:
    """A word processor's Windows-1252 in a page of UTF-8."""
    good = "Die Wähler in Köln prüften die Stimmzettel größtenteils ohne Mühe, sagte der Leiter der Wahl."
    pasted = "“The machine’s log – all of it – was altered,” the clerk said in the café on Friday evening."
    page = (
        f'<html><head><meta charset="utf-8"></head><body><article><p>{good}</p><p>{good[:60]}</p><p>'.encode()
        + pasted.encode("windows-1252")
        + f"</p>{TEXT}</article></body></html>".encode()
    )

    body = extract_article(page, url="https://gazette.example/a").body

    assert good in body
    assert pasted in body
    assert "\ufffd" not in body


@pytest.mark.parametrize(
    "name",
    ["sr-only", "visually-hidden", "screen-reader-text", "btn u-visually-hidden", "visuallyhidden"],
)
def test_words_for_screen_readers_alone_are_no_text(name: str) -> None:
    hidden = (
        f'<p>The count goes on in every ward.<span class="{name}"> opens in a new window</span></p>'
    )

    body = read(f"<article><h1>Scanner logs altered</h1>{TEXT}{hidden}</article>").body

    assert body.split("\n") == [*STORY, "The count goes on in every ward."]


@pytest.mark.parametrize("name", ["is-hidden-mobile", "reader-body", "sr-onlyish"])
def test_names_that_only_look_like_that_hide_nothing(name: str) -> None:
    story = f'<article><h1>Scanner logs altered</h1><div class="{name}">{TEXT}</div></article>'

    assert read(story).body.split("\n") == list(STORY)


def test_a_story_in_a_box_named_so_stays() -> None:
    story = f'<div class="sr-only"><h1>Scanner logs altered</h1>{TEXT}{TEXT}</div>'

    assert read(story).body.split("\n") == list(STORY)


def test_a_button_around_the_story_loses_no_paragraph_and_one_beside_it_gives_none() -> None:
    notice = "<button><p>Choose which of our notices about the library you want to get each day of the week.</p></button>"

    assert read(f"<button>{TEXT}</button>").body.split("\n") == list(STORY)
    assert read(f"<article>{TEXT}{notice}</article>").body.split("\n") == list(STORY)


@pytest.mark.parametrize("name", ["side", "right-rail", "col-right"])
def test_a_column_beside_the_story_is_left_out(name: str) -> None:
    column = f"<div class='{name}'>{OTHER[: OTHER.index('</p>') + 4]}</div>"

    assert read(f"<div>{TEXT}</div>{column}").body.split("\n") == list(STORY)


@pytest.mark.parametrize(
    "opening",
    [
        '<p><span class="dropcap fl">{}</span>{}</p>',
        '<p><div class="cap">{}</div>{}</p>',
        '<div class="first"><span class="elementor-drop-cap"><span>{}</span></span>{}</div>',
        '<p><span aria-hidden="true" class="dropcap">{0}</span><span class="sr-only">{0}</span>{1}</p>',
    ],
)
def test_a_first_letter_that_is_shown_large_stays_with_its_word(opening: str) -> None:
    first = opening.format(STORY[0][0], STORY[0][1:])

    rest = "".join(f"<p>{line}</p>" for line in STORY[1:])
    article = read(f"<article><h1>Scanner logs altered</h1>{first}{rest}</article>")

    assert article.body.split("\n") == list(STORY)


@pytest.mark.parametrize("trigger", ["<button>Show more</button>", "<a href='#'>Leer más</a>"])
def test_the_rest_of_a_story_that_waits_for_a_click_is_read(trigger: str) -> None:
    shown, rest = (f"<p>{line}</p>" for line in ("</p><p>".join(STORY[:3]), STORY[3]))

    body = f'<div>{shown}<div class="more" style="display: none">{rest}</div>{trigger}</div>'

    assert read(f"<article>{body}</article>").body.split("\n") == list(STORY)


def test_letters_stay_in_their_line_and_lose_their_readings() -> None:
    ruby = "<ruby><rb>集計</rb><rp>（</rp><rt>しゅうけい</rt><rp>）</rp></ruby>"
    body = f"<article><p>\n　北部投票所の\n{ruby}\n機が何者かに開けられていたと発表した。</p>{TEXT}</article>"

    assert "北部投票所の集計機が何者かに開けられていたと発表した。" in read(body).body.split("\n")


def test_a_card_of_links_that_opens_on_a_name_is_no_text() -> None:
    card = "<span><a href=/b>Ann Poe</a><a href=/c>Ferry terminal to close</a><a href=/d>More</a></span>"
    paragraph = f"<p>The clerk, <span><a href=/p>Ann Poe</a>{card}</span>, said that nobody else had been in the room.</p>"

    lines = read(f"<article>{TEXT}{paragraph}</article>").body.split("\n")

    assert lines[-1] == "The clerk, Ann Poe, said that nobody else had been in the room."
