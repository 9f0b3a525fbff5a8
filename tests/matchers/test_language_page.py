"""Every example of docs/query-language.md."""

import re
from pathlib import Path

import pytest

from matchers.engine.engine import Engine, find_hits
from matchers.query.parser import parse_query
from matchers.query.validate import check_sense
from matchers.text.article_text import ArticleText
from model import Examples, QueryError, Rule

PAGE = Path(__file__).parents[2] / "docs" / "query-language.md"
BLOCK = re.compile(r"```example\n(.*?)```", re.S)


def cases():
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        lines = [line.partition(": ") for line in block.strip().split("\n")]
        query = lines[0][2]
        for kind, _, text in lines[1:]:
            yield pytest.param(query, kind, text, id=f"{query} {kind} {text}"[:90])


@pytest.mark.parametrize(("query", "kind", "text"), list(cases()))
def test_page_tells_the_truth(query, kind, text):
    if kind == "error":
        assert text in refusal(query)
        return
    title, _, body = text.rpartition(" | ")
    rule = Rule("r", "", "low", "", query, Examples((), ()))

    hits = find_hits(Engine([(rule, parse_query(query).node, None)]), ArticleText(title, body))

    assert bool(hits) == (kind == "match")


def refusal(query):
    try:
        faults = check_sense(parse_query(query).node, None)
    except QueryError as error:
        return error.why
    return faults[0][0].why if faults else ""


def test_page_has_examples():
    assert len(list(cases())) > 40
