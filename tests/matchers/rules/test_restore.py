"""A stored rule finds again what it found when it was stored."""

from dataclasses import asdict

from matchers.engine.engine import Engine, find_hits
from matchers.query.parser import parse_query
from matchers.rules.restore import restored, written_out
from matchers.text.article_text import ArticleText

DEFINITION = {
    "id": "r", "title": "t", "severity": "high", "category": "c", "sha256": "abc",
    "query": '"poll workers"',
}  # fmt: skip
ACROSS = ArticleText(body="After the poll, workers left.")
TOGETHER = ArticleText(body="Poll workers left.")


def finds(stored, text):
    again = restored({**DEFINITION, "written_out": stored})
    assert again is not None
    assert again.rule.sha256 == "abc"
    return bool(find_hits(Engine([(again.rule, again.query, again.unless)]), text))


def test_a_rule_that_is_kept_today_stops_its_phrases_at_commas():
    stored = asdict(written_out(parse_query('"poll workers"').node, None))

    assert finds(stored, TOGETHER)
    assert not finds(stored, ACROSS)


def test_a_rule_kept_by_an_older_version_still_runs_across_them():
    stored = {"query": '"poll workers" AND NOT unrest', "unless": '"polling firm"'}

    assert finds(stored, TOGETHER)
    assert finds(stored, ACROSS)
    assert not finds(
        stored, ArticleText(body="After the poll, workers left. The polling; firm too.")
    )
