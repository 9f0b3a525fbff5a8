"""The field `summary`: what an outlet's own feed says, beside its page."""

import pytest

from matchers.engine.engine import Engine, find_hits
from matchers.query.parser import parse_query
from matchers.text.article_text import ArticleText
from model import Examples, Hit, Rule

BODY = "The clerk spoke on Friday. She named no machine.\nThe count goes on."
TEXT = ArticleText(
    title="Clerk speaks",
    body=BODY,
    summary="Hackers altered ballots. The board met at noon. #VoterRolls",
)


def hits(query: str, text: ArticleText = TEXT, unless: str | None = None) -> tuple[Hit, ...]:
    rule = Rule(
        id="r", title="R", severity="high", category="c", query=query, examples=Examples((), ())
    )
    other = None if unless is None else parse_query(unless).node
    return find_hits(Engine([(rule, parse_query(query).node, other)]), text)


@pytest.mark.parametrize(
    "query",
    [
        *("hackers", "summary:hackers", "ballots AND clerk", "hackers NEAR/3 ballots"),
        *("hackers SENTENCE altered", "hackers PARAGRAPH noon", '"altered ballots"', "#voterrolls"),
        *('"hackers ballots"~2', "ATLEAST/2(hackers OR noon)", "clerk NOT summary:clerk"),
        *("summary:(hackers AND noon)", "ALTERED", "ATLEAST/2(hackers OR clerk)"),
    ],
)
def test_its_words_count(query: str) -> None:
    assert hits(query.replace("ALTERED", "altered"))


@pytest.mark.parametrize(
    "query",
    [
        *("title:hackers", "body:hackers", "lede:hackers", "summary:clerk", "summary:machine"),
        *("count NEAR/50 hackers", "speaks NEAR/50 hackers", "goes SENTENCE hackers"),
        *("goes PARAGRAPH hackers", '"on hackers"', '"count hackers"~30', "clerk NOT hackers"),
    ],
)
def test_nothing_holds_across_its_border(query: str) -> None:
    assert not hits(query)


def test_unless_sees_it() -> None:
    assert not hits("clerk", unless="noon")


def test_evidence_names_the_field_and_the_place() -> None:
    (hit,) = hits("altered")
    (passage,) = hit.evidence

    assert passage.field == "summary"
    assert TEXT.summary[passage.start : passage.end] == passage.text == "altered"
    assert (hit.snippet_field, hit.snippet) == ("summary", TEXT.summary)


def test_a_sentence_that_it_repeats_counts_once() -> None:
    says = "Ballots were stolen in the night."
    twice = ArticleText(title="Ballots stolen", body=says, summary=f"Ballots stolen\n{says}")
    cut = ArticleText(title="Night", body=says, summary="Ballots were stolen in the …")
    more = ArticleText(title="Night", body=says, summary="Stolen ballots were found.")

    assert not hits("ATLEAST/3(stolen)", twice)
    assert hits("ATLEAST/2(stolen)", twice)
    assert not hits("ATLEAST/2(stolen)", cut)
    assert hits("ATLEAST/2(stolen)", more)


def test_without_one_nothing_changes() -> None:
    bare = ArticleText(title=TEXT.title, body=BODY)

    assert hits("clerk", bare)[0].evidence == hits("clerk", TEXT)[0].evidence
    assert not hits("summary:clerk OR hackers", bare)
