"""The engine against the reference, on random queries and hostile text."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.engine.engine import Engine, find_hits
from matchers.query.ast import canonical
from matchers.query.parser import parse_query
from matchers.query.validate import check_sense
from model import Examples, QueryError, Rule
from tests.matchers.chance import Chance
from tests.matchers.reference import Reference

EXAMPLES = int(os.environ.get("POLLWATCH_EXAMPLES", "60"))
wild = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)


def usable(query):
    node = parse_query(query).node
    return None if check_sense(node, None) else node


def rule(number):
    return Rule(f"r{number}", "", "high", "", "", Examples((), ()))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**40), wild, st.booleans())
@pytest.mark.slow
def test_engine_and_reference_agree_on_hits_and_offsets(seed, wild, native):
    chance = Chance(seed, wild)
    queries, text = chance.some(chance.query, 1, 5), chance.text()

    trees = [
        (rule(number), node, None)
        for number, query in enumerate(queries)
        if (node := usable(query))
    ]
    reference = Reference(text)

    hits = {hit.rule_id: hit for hit in find_hits(Engine(trees, native=native), text)}

    for compiled, node, _ in trees:
        expected = reference.holds(node)
        hit = hits.get(compiled.id)
        assert (hit is not None) == (expected is not None), canonical(node)
        if hit is not None:
            places = [(e.field, e.start, e.end, e.clause) for e in hit.evidence]
            assert set(places) == expected, canonical(node)
            assert len(places) == len(set(places))
            for e in hit.evidence:
                assert getattr(text, e.field)[e.start : e.end] == e.text
            whole = getattr(text, hit.snippet_field)
            assert whole[hit.snippet_start :].startswith(hit.snippet)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**40))
@pytest.mark.slow
def test_canonical_form_parses_to_the_same_tree(seed):
    node = parse_query(Chance(seed).query()).node

    assert parse_query(canonical(node)).node == node
    assert canonical(parse_query(canonical(node)).node) == canonical(node)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(st.sampled_from('ab "()=*~$:/5ANDORNTE-&|!\u201c\ud800\n選'), max_size=30))
def test_any_text_parses_or_is_refused_with_a_place(query):
    refused = None
    try:
        parse_query(query)
    except QueryError as error:
        refused = error

    assert refused is None or 0 <= refused.start <= refused.end <= max(1, len(query))
