"""Of the stories on a page only the one of its headline is read, however the page joins them."""

import pytest

from extractors.articles.body.boilerplate import is_boilerplate
from extractors.articles.extract import extract_article
from model import Outcome

STORY = [
    "A contractor left a copy of the voter roll of Pine County on a public server for eleven days.",
    "The file held names and birth dates of 212,000 people, and was fetched at least nine times.",
    "State police have asked the hosting company for its logs, and want to know who downloaded it.",
    "The contractor said that a test script had been pointed at the wrong storage bucket in May.",
]
OTHER = [
    "Crews began to mill the asphalt on Route 9 this week, and drivers should expect long delays.",
    "The transport department said that night work would follow in January, with two lanes closed.",
    "Shop owners along the road fear for their trade, since many customers come by car to the mall.",
]
TITLE = "Contractor left voter roll on public server"
ROADS = "Route 9 repaving begins"
H1 = f"<h1>{TITLE}</h1>"


def p(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read(body: str, outcome: Outcome = Outcome.OK) -> list[str]:
    page = (
        f"<html lang=en><head><title>{TITLE} | Pine Ledger</title></head><body>{body}</body></html>"
    )
    article = extract_article(
        page.encode(),
        url="https://ledger.example/2026/11/27/roll",
        feed_title=TITLE,
        feed_text=STORY[0],
    )
    assert article.outcome is outcome
    return article.body.split("\n")


@pytest.mark.parametrize(
    "body",
    [
        f"{H1}{p(STORY)}<h1>{ROADS}</h1>{p(OTHER)}",
        f"<main>{H1}{p(STORY)}<h2><a href='/2026/11/27/route-9'>{ROADS}</a></h2>{p(OTHER)}</main>",
        f"<main>{H1}<p>By Ann Poe</p>{p(STORY)}<h2>{ROADS}</h2><p>By Rob Roe</p>{p(OTHER)}</main>",
        f"<main><h2>{TITLE}</h2>{p(STORY)}<h2>{ROADS}</h2>{p(OTHER)}</main>",
        f"<main><h2>{ROADS}</h2>{p(OTHER)}{H1}{p(STORY)}</main>",
        f"<section data-url=/2026/11/27/roll>{H1}{p(STORY)}</section>"
        f"<section data-url=/2026/11/27/route-9><h2>{ROADS}</h2>{p(OTHER)}</section>",
        f"<main><article class=teaser><h2>{ROADS}</h2>{p(OTHER)}</article><article>{H1}{p(STORY)}</article></main>",
        f"<article>{H1}{p(STORY[:2])}<div class=inset><h3><a href=/r9>{ROADS}</a></h3>{p(OTHER[:2])}</div>{p(STORY[2:])}</article>",
        f"<article>{H1}{p(STORY)}</article><section><h2>More stories</h2>{p(OTHER)}</section>",
        f"<article>{H1}{p(STORY)}<div class='sponsored'>{p(OTHER[:1])}</div></article>",
    ],
    ids=[
        *("second h1", "linked h2", "bylines", "same rank", "before the headline"),
        *("address of its own", "teaser", "inset", "more stories", "sponsored"),
    ],
)
def test_another_story_is_left_out(body: str) -> None:
    assert [line for line in read(body) if not line.startswith("By ")] == STORY


@pytest.mark.parametrize(
    "body",
    [
        f"<article>{H1}{p(STORY[:2])}<h2>What the police ask</h2>{p(STORY[2:])}</article>",
        f"<article>{H1}{p(STORY[:2])}<h2><a href=#police>What the police ask</a></h2>{p(STORY[2:])}</article>",
        f"<article>{H1}{p(STORY[:2])}<div><h3>What the police ask</h3>{p(STORY[2:])}</div></article>",
        f"<article>{H1}{p(STORY[:2])}<h2>State police want the logs of a company</h2>{p(STORY[2:])}</article>",
        # A round-up: each part may be the news of the day, and what is left out is never matched.
        f"<main>{H1}{p(OTHER)}<hr><h2>Route 9 repaving begins at night</h2>{p(STORY)}</main>",
    ],
    ids=["h2", "linked to itself", "box", "like a headline", "round-up"],
)
def test_parts_of_the_story_stay(body: str) -> None:
    assert set(STORY) <= set(read(body))


OFFER = (
    "<h3>The Ballot Box</h3><p>Our best stories on the elections of the state, every Thursday.</p>"
)
BIO = "Ann Poe covers the county's elections for the Ledger. Before 2019 she wrote on courts and voter rolls."


@pytest.mark.parametrize(
    "box",
    [
        f"<div class=css-1><div>{OFFER}<form><input type=email></form></div></div>",
        f"<div class=css-1>{OFFER}<a href='/newsletters'>Get it</a></div>",
        f"<div class='kg-card kg-signup-card'>{OFFER}</div>",
        f"<div class=c9><a href='/staff/ann'><img src=a.jpg></a><a rel=author href=/x>Ann Poe</a><p>{BIO}</p></div>",
        f"<div class=author-box><a href='/author/ann'>Ann Poe</a><div><p>{BIO}</p></div></div>",
    ],
    ids=["field", "link", "name", "author", "author's box"],
)
def test_a_box_for_an_address_or_of_an_author_is_no_part_of_the_story(box: str) -> None:
    assert read(f"<article>{H1}<div>{p(STORY[:2])}{box}{p(STORY[2:])}</div></article>") == STORY


def test_a_short_story_with_a_form_or_its_author_beside_it_stays() -> None:
    by = "<a rel=author href=/x>Ann Poe</a>"
    story = f"{p(STORY[:3])}<form><input type=email></form>"

    assert read(f"<article>{H1}{by}<div>{story}</div></article>")[-3:] == STORY[:3]


def test_a_paid_teaser_is_known_beside_longer_stories() -> None:
    offer = "<div><p>Get unlimited digital access for $1. Cancel anytime.</p><p>Subscribe to keep reading</p></div>"
    more = f"<section><h2>More stories</h2>{p(OTHER)}</section>"

    lines = read(f"<article>{H1}{p(STORY[:2])}{offer}</article>{more}", Outcome.PAYWALL)

    assert lines == STORY[:2]


def test_a_template_that_holds_the_story_is_read() -> None:
    long = [f"{line} {line}" for line in STORY]

    assert read(f"<article>{H1}<template id=body>{p(long)}</template></article>") == long


def test_cards_of_other_stories_below_a_short_one_are_no_part_of_it() -> None:
    card = '<article class="card"><h3><a href="/news/{}">{}</a></h3><p>The town will say more about it in March, when the council meets to decide on the money.</p></article>'
    others = ("Bridge to close for two weeks", "School lunches cost more", "Museum hires director")
    cards = "".join(card.format(number, title) for number, title in enumerate(others))
    story = [
        "The county clerk said on Friday that the scanner at the north precinct had been altered.",
        "Officials moved the machine to a locked room, where two observers watched a technician.",
        "The election board will meet on Monday evening to decide about a count by hand.",
    ]
    text = "".join(f"<p>{line}</p>" for line in story)
    page = f"<html lang=en><head><title>Scanner at north precinct altered</title></head><body><article><h1>Scanner at north precinct altered</h1>{text}</article><div>{cards}</div></body></html>"
    article = extract_article(page.encode(), url="https://gazette.example/news/scanner")

    assert article.body.split("\n") == story


@pytest.mark.parametrize(
    "label",
    ["Baca juga", "Читайте также", "यह भी पढ़ें", "Xem thêm", "اقرأ أيضا", "Přečtěte si", "Lue myös"],
)
def test_links_to_other_stories_are_known_in_many_languages(label: str) -> None:
    assert is_boilerplate(f"{label}: Jembatan ditutup selama dua pekan")
    assert not is_boilerplate(f"{label} kata jembatan ditutup selama dua pekan")
