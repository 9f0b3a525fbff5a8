"""What trafilatura overlooks of a story is put back."""

import pytest
from lxml.html import fragment_fromstring

from extractors.articles.body.paragraphs import first_words, words_of_element
from extractors.articles.extract import extract_article

STORY = [
    "The county clerk said on Friday that the scanner at the north precinct had been altered.",
    "Officials moved the machine to a locked room, where two observers watched a technician.",
    "A spokesperson for the vendor said that no other machine of this model showed such signs.",
    "The election board will meet on Monday evening to decide about a count by hand.",
]
TEXT = "".join(f"<p>{line}</p>" for line in STORY)
NOTE = "Correction: An earlier version gave a wrong number of ballots. There are 41,000 of them."


def read(body: str) -> list[str]:
    page = f"<html lang=en><head><title>Scanner altered</title></head><body>{body}</body></html>"
    return extract_article(page.encode(), url="https://gazette.example/a/1").body.split("\n")


@pytest.mark.parametrize(
    "body",
    [
        f'<article><h1>Scanner altered</h1><div class="editors-note"><em>{NOTE}</em></div><div>{TEXT}</div></article>',
        f'<article><h1>Scanner altered</h1>{TEXT}<footer><p class="correction-text">{NOTE}</p></footer></article>',
        f'<article><h1>Scanner altered</h1><aside class="article-correction">{NOTE}</aside>{TEXT}</article>',
        f'<article><h1>Scanner altered</h1>{TEXT}<div class="correction"><p>{NOTE}</p></div></article>',
    ],
    ids=["on top", "footer", "aside", "in the text"],
)
def test_what_was_wrong_with_a_story_belongs_to_it(body: str) -> None:
    lines = read(body)

    assert lines.count(NOTE) == 1
    assert [line for line in lines if line != NOTE] == STORY


def test_how_to_report_an_error_is_no_part_of_a_story() -> None:
    asks = "<div class=corrections-policy>Did you find an error in this story? Write to our editors today.</div>"

    assert read(f"<article><h1>Scanner altered</h1>{TEXT}</article>{asks}") == STORY


def test_an_opening_that_stands_as_a_heading_is_put_first() -> None:
    opening = f'<h2 class="article__lead">{STORY[0]}</h2>'

    assert (
        read(
            f"<article><h1>Scanner altered</h1>{opening}<div>{TEXT[len(STORY[0]) + 7 :]}</div></article>"
        )
        == STORY
    )


@pytest.mark.parametrize(
    "opening",
    [
        '<div class="newspack-post-subtitle">{}</div>',
        '<h2 class="b-subheadline">{}</h2>',
        '<div class="ingress preamble">{}</div>',
        '<p class="im-preamble">{}</p>',
        '<div class="sub-headline"><div class="sub-title">{}</div></div>',
        '<h2 class="article__second-title">{}</h2>',
        '<div class="teaser-text"><p>{}</p></div>',
        '<div class="field-name-field-subhead"><div>{}</div></div>',
    ],
)
def test_an_opening_is_known_by_what_publishing_systems_call_it(opening: str) -> None:
    rest = "".join(f"<p>{line}</p>" for line in STORY[1:])
    page = f"<h1>Scanner altered</h1>{opening.format(STORY[0])}<div><article>{rest}</article></div>"

    assert read(page) == STORY


def test_a_caption_in_a_box_named_as_an_opening_is_none() -> None:
    caption = '<div class="lead">The scanner at the north precinct on Friday (Dan Orley for the Gazette)</div>'

    assert read(f"<h1>Scanner altered</h1>{caption}<article>{TEXT}</article>") == STORY


LONGER = [
    f"{line} {more}"
    for line, more in zip(
        STORY,
        (
            "She had been called by an observer before noon.",
            "He found a worn roller, and thick paper slipped on it.",
            "It had written to all of its customers in August, the company added.",
            "A judge has to agree to a count that takes more than ten days.",
        ),
        strict=True,
    )
]


def test_a_short_story_in_boxes_of_one_kind_is_whole_and_a_teaser_between_them_stays_out() -> None:
    box = '<div class="text"><div class="cmp-text"><p>{}</p></div></div>'
    two = '<div class="text"><div class="cmp-text"><p>{}</p><p>{}</p></div></div>'
    teaser = '<div class="teaser"><div class="cmp-teaser"><h2><a href="/b">Bridge</a></h2><div class="cmp-text"><p>Mill Street will be shut for two weeks while crews replace two of its girders.</p></div></div></div>'
    page = f"<div><h1>Scanner altered</h1></div>{two.format(*LONGER[:2])}{box.format(LONGER[2])}{teaser}{box.format(LONGER[3])}"

    assert read(f'<div class="root"><div class="aem-Grid">{page}</div></div>') == LONGER


def test_boxes_of_lines_on_a_page_without_paragraphs_are_read_like_paragraphs() -> None:
    box = '<div class="t-rec"><div class="t004"><div class="t-text">{}<br><br>{}<br></div></div></div>'
    page = f"<div><h1>Scanner altered</h1></div>{box.format(*LONGER[:2])}{box.format(*LONGER[2:])}"

    assert read(page) == LONGER


def test_lines_that_a_mail_program_broke_are_one_paragraph() -> None:
    broken = "<br><br>".join(line.replace(" that ", "\nthat ") for line in STORY)

    assert read(f"<h1>Scanner altered</h1><div class=post><b></b>{broken}</div>") == STORY


@pytest.mark.parametrize("names", ["MsoFooter", "text-widget", "sidebar-copy", "menu-text"])
def test_a_sentence_between_two_of_the_story_is_read_by_whatever_name(names: str) -> None:
    first, second, *rest = STORY
    named = f'<p class="{names}">{second}</p>'
    assert (
        read(
            f"<h1>Scanner altered</h1><div><p>{first}</p>{named}{''.join(f'<p>{line}</p>' for line in rest)}</div>"
        )
        == STORY
    )


@pytest.mark.parametrize("names", ["share-text", "newsletter-copy", "ad-text", "cookie-text"])
def test_a_sentence_whose_name_tells_what_it_is_stays_out(names: str) -> None:
    first, *rest = STORY
    other = "Tell your friends what you have read here today, and let us know what they had to say."
    named = f'<p class="{names}">{other}</p>'
    assert other not in read(
        f"<h1>Scanner altered</h1><div><p>{first}</p>{named}{''.join(f'<p>{line}</p>' for line in rest)}</div>"
    )


@pytest.mark.parametrize(
    "standfirst",
    ['<div data-gu-name="standfirst"><div class="x-1"><p>{}</p></div></div>', '<p class="article-subheading">{}</p>', '<h2 data-testid="subheadline">{}</h2>'],
)  # fmt: skip
def test_a_standfirst_is_known_by_what_scripts_call_it(standfirst: str) -> None:
    lead = (
        "Two observers watched, and the board wants to know who had the key to the room at night."
    )
    head = f"<header><h1>Scanner altered</h1>{standfirst.format(lead)}</header>"
    assert read(f"<main>{head}<div class=body>{TEXT}</div></main>") == [lead, *STORY]


@pytest.mark.parametrize("most", [0, 5, 40, 400])
def test_an_element_is_read_until_its_words_are_known_to_be_more(most: int) -> None:
    markup = (
        f"<div> One<b>two</b>{' ' * 90}\n<i>three <u>four</u></i>{'<p>five six</p> ' * 30}</div>"
    )
    element = fragment_fromstring(markup)
    whole = words_of_element(element)

    words = first_words(element, most)

    assert words[:most] == whole[:most]
    assert (len(words) > most) == (len(whole) > most)
