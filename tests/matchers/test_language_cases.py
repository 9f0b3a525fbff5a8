"""The language case by case: what each query finds, what it passes over, what is refused."""

import pytest

from matchers.engine.engine import find_hits
from matchers.query.ast import canonical
from matchers.query.parser import parse_query
from matchers.query.validate import check_sense
from matchers.text.article_text import ArticleText
from model import QueryError
from tests.matchers.cases import distance, parts, refused, scripts, words
from tests.matchers.engines import engine

# Tables by name: one test walks a whole table and names every case that fails, as 1,600 tests of a
# millisecond each would cost ten times that in setting up and reporting.
HITS = {
    name: table
    for module in (words, scripts, distance, parts)
    for name, table in vars(module).items()
    if name.isupper()
}
REFUSED = {name: getattr(refused, name) for name in ("SHAPE", "OPERATORS", "HABITS", "SENSE")}


def text_of(written: str | ArticleText) -> ArticleText:
    """A text as the page on the language writes it: `title | body`."""
    if isinstance(written, ArticleText):
        return written
    title, border, body = written.partition(" | ")
    return ArticleText(title, body) if border else ArticleText(body=written)


def evidence(query: str, written: str | ArticleText) -> list[str] | None:
    """What a hit shows, each passage being exactly what stands at its offsets."""
    text = text_of(written)
    hits = find_hits(engine(query), text)
    if not hits:
        return None
    spans = hits[0].evidence
    assert [getattr(text, span.field)[span.start : span.end] for span in spans] == [
        span.text for span in spans
    ]
    return [span.text for span in spans]


@pytest.mark.parametrize("table", HITS)
def test_queries_find_exactly_this(table):
    results = [(query, text, evidence(query, text)) for query, text, _ in HITS[table]]

    wrong = [
        (case, result)
        for case, result in zip(HITS[table], results, strict=True)
        if result != tuple(case)
    ]
    assert wrong == []


@pytest.mark.parametrize("table", HITS)
def test_offsets_count_characters_whatever_stands_before(table):
    """An emoji, a mark and an unpaired surrogate before the text move the offsets by three."""
    before = "\U0001f5f3\ud800\u0301\n"
    for query, text, expected in HITS[table]:
        if expected is None or not isinstance(text, str) or len(text) >= 1_000:
            continue
        title, border, body = text.rpartition(" | ")

        plain = find_hits(
            engine(query), ArticleText(title, body) if border else ArticleText(body=text)
        )[0]
        (moved,) = find_hits(
            engine(query),
            ArticleText(title, before + body) if border else ArticleText(body=before + text),
        )

        shift = {"body": len(before), "title": 0}
        assert [(span.start - shift[span.field], span.text) for span in moved.evidence] == [
            (span.start, span.text) for span in plain.evidence
        ], (query, text)


@pytest.mark.parametrize("table", REFUSED)
def test_queries_are_refused_at_their_faults(table):
    for query, start, end, why in REFUSED[table]:
        faults = faults_of(query)

        assert [(fault.start, fault.end) for fault in faults] == [(start, end)], query
        assert why in faults[0].why, query


def faults_of(query: str) -> list[QueryError]:
    try:
        return [fault for fault, _ in check_sense(parse_query(query).node, None)]
    except QueryError as fault:
        return [fault]


@pytest.mark.parametrize(("query", "hint"), refused.HINTS)
def test_refusal_tells_what_to_write_instead(query, hint):
    with pytest.raises(QueryError) as caught:
        parse_query(query)

    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("query", refused.LEGAL)
def test_query_makes_sense(query):
    assert check_sense(parse_query(query).node, None) == []


@pytest.mark.parametrize(("query", "start", "end"), refused.MIXED)
def test_and_beside_or_is_remarked_where_it_stands(query, start, end):
    assert [(remark.start, remark.end) for remark in parse_query(query).remarks] == [(start, end)]


@pytest.mark.parametrize("table", HITS)
def test_canonical_form_means_the_same(table):
    for query in {query for query, _, _ in HITS[table]}:
        node = parse_query(query).node

        assert parse_query(canonical(node)).node == node, query


@pytest.mark.parametrize(("query", "text", "expected"), [
    ("lang:es", ArticleText(body="hola", lang="ca-ES"), None),
    ("lang:us", ArticleText(body="hello", lang="en-US"), None),
    ('"poll worker*"', "#PollWorkers", ["PollWorkers"]),
    ("选举", "选，举", None),
    ("=ÉTÉ", "É.T.É.", ["É.T.É"]),
])  # fmt: skip
def test_query_finds_no_look_alikes(query, text, expected):
    assert evidence(query, text) == expected
