"""The strongest passage begins with a sentence, not with what the page set before it."""

import pytest

from matchers.engine.engine import Engine, find_hits
from matchers.query.parser import parse_query
from matchers.text.article_text import ArticleText
from matchers.text.furniture import prose_start, stands_in_furniture
from model import Examples, Rule

QUERY = "hacked OR breach*"
HACK = Engine(
    [(Rule("r", "R", "high", "c", QUERY, Examples((), ())), parse_query(QUERY).node, None)]
)


def passage(body: str) -> str:
    (hit,) = find_hits(HACK, ArticleText("Clerks meet", body))
    assert body[hit.snippet_start :].startswith(hit.snippet)
    return hit.snippet


@pytest.mark.parametrize("furniture", [
    "CLOSE ",
    "Advertisement ",
    "Image copyright Getty Images Image caption ",
    "Enlarge this image toggle caption Ann Poe/AFP/Getty Images Ann Poe/AFP/Getty Images ",
    "LISTEN TO ARTICLE 2:40 SHARE THIS ARTICLE Share Tweet Post Email Photographer: Ann Poe/Bloomberg ",
    "(AP Photo/Ann Poe) ",
    "William Barr, Ann Poe and Lee Moss Opinion contributors ",
    "MUST WATCH Clerks on the count 02:22 ",
])  # fmt: skip
def test_a_passage_begins_after_the_page_s_furniture(furniture: str) -> None:
    assert passage(f"{furniture}The county was hacked on Monday.") == "The county was hacked on Monday."  # fmt: skip


@pytest.mark.parametrize("sentence", [
    "The paper told USA TODAY Friday that the office was hacked.",
    "Advertisement prices rose after the county was hacked.",
    "WASHINGTON (Reuters) - A county was hacked on Monday.",
    "At 10:30 Monday a county was hacked.",
    "Sen. Ann Poe (R-Ariz.) said that the roll was hacked.",
])  # fmt: skip
def test_the_words_of_a_sentence_stay(sentence: str) -> None:
    assert passage(sentence) == sentence


def test_evidence_in_the_prose_is_shown_before_that_in_links_and_captions() -> None:
    links = "- County hacked: what we know\n- Second breach reported\n"
    caption = "A hacked server after the breach in May. (Photo: Ann Poe, Getty Images)\n"
    prose = "On Monday the clerk found that the roll had been hacked."

    assert passage(f"{links}{caption}{'It rained. ' * 30}\n{prose}") == prose
    assert passage(links.strip()).startswith("County hacked")


def test_a_long_sentence_is_cut_at_its_end_if_what_was_found_fits() -> None:
    body = "Before. The roll was hacked " + "and the clerks counted by hand " * 20 + "until noon."

    shown = passage(body)
    assert shown.startswith("The roll was hacked")
    assert 380 < len(shown) <= 420
    assert body[body.index(shown) + len(shown)] == " "


def test_what_was_found_is_never_cut_off() -> None:
    body = "CLOSE Hacked was the county."

    assert prose_start(body, 0, body.index("Hacked")) == body.index("Hacked")
    assert prose_start(body, 0, 3) == 0
    assert not stands_in_furniture("The watch was read.\nMore.", 4)
