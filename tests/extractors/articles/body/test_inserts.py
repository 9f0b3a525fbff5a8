"""Boxes that publishing systems set into a story are no part of it, and a paywall among them counts."""

import pytest

from extractors.articles.extract import extract_article
from model import Article, Outcome

STORY = [
    "The county clerk said on Friday that the scanner at the north precinct had been altered.",
    "Officials moved the machine to a locked room, where two observers watched a technician.",
    "A spokesperson for the vendor said that no other machine of this model showed such signs.",
    "Both parties said on Saturday that their observers had no complaint about the procedure.",
    "The election board will meet on Monday evening to decide about a count by hand.",
]
OTHER = (
    "The town will shut the bridge on Mill Street in March so that crews can replace two girders."
)


def read(body: str, author: str = "Tessa Arkwright") -> Article:
    head = f'<title>Scanner altered</title><meta name="author" content="{author}">'
    page = f"<html lang=en><head>{head}</head><body>{body}</body></html>"
    return extract_article(page.encode(), url="https://gazette.example/a/1")


def around(insert: str) -> list[str]:
    first, *others = [f"<p>{line}</p>" for line in STORY]
    body = f"<article><h1>Scanner altered</h1><div>{first}{insert}{''.join(others)}</div></article>"
    return read(body).body.split("\n")


@pytest.mark.parametrize(
    "insert",
    [
        f'<div class="wp-block-group newspack-inline-popup"><p>{OTHER}</p><a href="/donate">Give</a></div>',
        f'<div class="inline-asset inline-article"><h4><a href="/b">Bridge</a></h4><p>{OTHER}</p></div>',
        f'<div class="story-element story-element-text-cta"><p>{OTHER}</p></div>',
        f'<section class="inread js-inread"><p>Newsletter</p><p>{OTHER}</p></section>',
        f'<div class="c-read-more"><h3>Read more</h3><p>{OTHER}</p></div>',
        f'<div class="read-also"><p><strong>Read also</strong></p><p>{OTHER}</p></div>',
        f'<table class="linksisip"><tr><td><p>{OTHER}</p></td></tr></table>',
        f'<section class="amp-subscribe"><p>{OTHER}</p></section>',
        f'<div class="promo-box__a1" data-testid="promo-box"><span>{OTHER} <a href="/nl">here.</a></span></div>',
        f'<p><em><a href="#/portal/signup">{OTHER}</a></em></p>',
        f'<p><a href="https://gazette.example/subscribe?from=story"><strong>{OTHER}</strong></a></p>',
        f'<p><a href="/en/donate/">{OTHER}</a></p>',
    ],
)
def test_named_boxes_are_no_part_of_the_story(insert: str) -> None:
    assert around(insert) == STORY


@pytest.mark.parametrize(
    "names", ["newsletter-post post", "subscribe-body", "read-more", "cta", "whatsapp-story"]
)
def test_a_box_that_holds_the_story_is_kept_whatever_its_name(names: str) -> None:
    text = "".join(f"<p>{line}</p>" for line in STORY)

    assert read(f'<h1>Scanner altered</h1><div class="{names}">{text}</div>').body.split("\n") == STORY  # fmt: skip


def test_paragraphs_that_all_bear_such_a_name_are_the_story() -> None:
    text = "".join(f'<p class="newsletter-text">{line}</p>' for line in STORY)

    assert read(f"<h1>Scanner altered</h1><div>{text}</div>").body.split("\n") == STORY


def test_what_is_enciphered_for_subscribers_is_no_text() -> None:
    enciphered = "".join(
        f"<p>kAm%96 @77:46 925 E@ 42== 324< E9:CEJ H@C<6CD 5FC:?8 E96 ?:89E {n} 2?5 A2:5 E96> @G6CE:>6k^Am</p>"
        for n in range(9)
    )
    hidden = f'<div class="subscriber-only encrypted-content" style="display: none">{enciphered}</div>'  # fmt: skip
    asks = '<div class="subscription-required"><h4>This content is only available to subscribers.</h4></div>'  # fmt: skip
    shown = "".join(f"<p>{line}</p>" for line in STORY[:3])
    article = read(f"<article><h1>Scanner altered</h1><div>{shown}{hidden}</div>{asks}</article>")

    assert article.outcome is Outcome.PAYWALL
    assert article.body.split("\n") == STORY[:3]


def test_a_story_about_ciphers_is_kept_whatever_its_tags_are_called() -> None:
    text = "".join(f"<p>{line}</p>" for line in STORY)
    box = f'<div class="post type-post tag-encrypted-phones">{text}</div>'

    assert read(f"<h1>Scanner altered</h1>{box}").body.split("\n") == STORY


@pytest.mark.parametrize("subject", ["tag-whatsapp", "category-newsletters", "tag-donations"])
def test_a_short_story_is_kept_whose_box_is_named_after_its_subject(subject: str) -> None:
    short = "".join(f"<p>{line}</p>" for line in STORY[:3])
    others = f"<footer>{f'<p>{OTHER}</p>' * 18}</footer>"
    story = f'<h1>Scanner altered</h1><div class="post {subject}">{short}</div>'

    assert read(story + others).body.split("\n")[:3] == STORY[:3]


@pytest.mark.parametrize(
    "bio",
    [
        '<div class="asset-tagline"><span><p>{}</p></span></div>',
        '<div class="blog-author"><div><h4>Tessa Arkwright</h4><p>{}</p></div></div>',
        '<p><em>{} Reach her at <a href="mailto:t@gazette.example">t@gazette.example</a>.</em></p>',
    ],
)
def test_what_tells_of_the_author_is_no_part_of_the_story(bio: str) -> None:
    about_author = "Tessa Arkwright covers courts and county government for the Gazette, which she joined in 2019."  # fmt: skip
    text = "".join(f"<p>{line}</p>" for line in STORY)
    article = read(f"<article><h1>Scanner altered</h1><div>{text}{bio.format(about_author)}</div></article>")  # fmt: skip

    assert article.body.split("\n") == STORY


def test_an_author_who_is_in_the_news_stays_in_it() -> None:
    sentence = (
        "Tessa Arkwright told the board on Monday that she had seen the altered scanner herself."
    )
    text = "".join(f"<p>{line}</p>" for line in [*STORY, sentence])

    assert read(f"<article><h1>Scanner altered</h1>{text}</article>").body.split("\n") == [*STORY, sentence]  # fmt: skip


def test_a_paragraph_with_a_link_to_a_page_for_gifts_is_read() -> None:
    linked = OTHER.replace("Mill Street", '<a href="https://bridge.example/donate">Mill Street</a>')
    assert OTHER in around(f"<p>{linked}</p>")
