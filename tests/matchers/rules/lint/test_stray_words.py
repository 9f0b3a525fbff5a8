"""The check names what is legal in a query and finds other things than its author meant."""

import pytest

from matchers.query.parser import parse_query
from matchers.rules.lint.stray_words import crossing_phrases, everywhere, swallowed
from matchers.rules.names import old_names


def told(lint, query):
    return [
        (query[remark.start : remark.end], remark.why) for remark in lint(parse_query(query).node)
    ]


@pytest.mark.parametrize(("query", "place", "others"), [
    ("dropbox* AND ballot", "dropbox*", "Dropbox"),
    ("title:(drop-box OR ballot)", "drop-box", "Dropbox"),
    ("elect* AND fraud", "elect*", "electric, electrician, electricity"),
    ("electr* AND fraude", "electr*", "electric, electrician, electricity"),
    ("audit*", "audit*", "auditorium, audition"),
])  # fmt: skip
def test_a_term_that_a_known_word_contains(query, place, others):
    ((at, why),) = told(swallowed, query)

    assert at == place
    assert why.endswith(f"also finds {others}")


@pytest.mark.parametrize("query", [
    "ballot*", "election*", "dropbox", "Dropbox AND phishing", "=Dropbox", '"drop box" AND ballot',
    "dropbox* NEAR/5 ballot", "url:dropbox*",
])  # fmt: skip
def test_terms_that_say_what_they_mean(query):
    assert told(swallowed, query) == []


@pytest.mark.parametrize(("query", "place", "why"), [
    ("drones OR the", "the", "this OR holds nearly always"),
    ("drones AND the", "the", "it asks for nothing"),
    ("ballot NEAR/5 said", "said", "it asks for nothing"),
    ("stat* AND ballot", "stat*", "it asks for nothing"),
    ("said", "said", "this matches nearly always"),
])  # fmt: skip
def test_a_term_that_nearly_every_text_holds(query, place, why):
    ((at, sentence),) = told(everywhere, query)

    assert at == place
    assert sentence.endswith(why)


@pytest.mark.parametrize(
    "query", ["ballot", "title:said AND ballot", '"the vote"', "=US AND ballot"]
)
def test_terms_that_tell_texts_apart(query):
    assert told(everywhere, query) == []


def test_a_phrase_that_may_cross_a_comma():
    assert told(crossing_phrases, '"poll worker"~0 AND "poll clerk" AND "a b"~3') == [
        ('"poll worker"~0', '"poll worker"~0 may cross a comma or the end of a sentence')
    ]


@pytest.mark.parametrize(("query", "why"), [
    ("Dominion AND hack*", "Dominion is called Liberty Vote today"),
    ('"Dominion Voting Systems" AND hack*', "Dominion Voting Systems is called Liberty Vote today"),
    ('"Instituto Federal Electoral" AND fraude', "Instituto Federal Electoral is called Instituto Nacional Electoral today"),
])  # fmt: skip
def test_a_name_that_has_changed(query, why):
    assert [remark.why for remark in old_names(parse_query(query).node)] == [why]


def test_both_names_are_no_matter():
    assert list(old_names(parse_query('Dominion OR "Liberty Vote"').node)) == []


@pytest.mark.parametrize(
    "old", ["Twitter", '"Dominion Voting Systems"', 'title:"Dominion Voting Systems"']
)
def test_what_is_said_of_a_name_that_has_changed_can_be_pasted(old):
    (remark,) = old_names(parse_query(f"{old} AND hack*").node)

    advice = remark.hint.removeprefix("look for both: ")

    assert list(old_names(parse_query(f"{advice} AND hack*").node)) == []
