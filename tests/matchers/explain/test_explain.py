"""Why, and why not."""

import json
from dataclasses import replace

import pytest

from matchers.engine.engine import compile_rules
from matchers.explain.explain import explain, explanation_json, reasons_why_not
from matchers.query.parser import parse_query
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Examples, Rule


def ruleset(query, unless=None, languages=()):
    rule = Rule("r", "R", "high", "c", query, Examples((), ()), unless, languages)
    trees = ((parse_query(query).node, parse_query(unless).node if unless else None),)
    return RuleSet("x", (rule,), trees, "")


@pytest.mark.parametrize(
    ("query", "text", "reason"),
    [
        (
            "hacked NEAR/3 ballot",
            "hacked a b c d e ballot",
            "found 'ballot' 5 words from 'hacked', limit 3",
        ),
        ("hacked ONEAR/3 ballot", "ballot was hacked", "and in the other order"),
        ("hacked NEAR/3 ballot", "hacked nothing", "ballot: not in the text"),
        (
            "ballot",
            "balloon, two ballots",
            "found 'ballots', which ballot does not match; a star would: ballot*",
        ),
        ("hacking", "hacked", "found 'hacked', which hacking does not match; a star would: hack*"),
        ("election", "elephant", "election: not in the text"),
        ("=CISA", "Cisa", "found 'Cisa', but the case differs"),
        ("title:ballot", "a ballot", "found 'ballot' in the body, not in the title"),
        ('"poll worker"', "poll and worker", "all its words are there, but not side by side"),
        ("hacked SENTENCE ballot", "Hacked. Ok. Ballot.", "at nearest 2 sentences apart"),
        ("ATLEAST/2 (fraud)", "fraud fraud", "holds in 1 sentence, needs 2"),
        ("ballot AND NOT exercise", "ballot exercise", "excluded by 'exercise' in the body"),
        ('"a1 b1"~1', "a1 x x x b1", "never within 3 words"),
    ],
)
def test_reasons_tell_what_came_nearest(query, text, reason):
    (sentence,) = reasons_why_not(ruleset(query), "r", ArticleText("", text))

    assert reason in sentence


def test_unless_and_languages_are_reasons():
    rules = ruleset("ballot", "exercise", ("es",))

    sentences = reasons_why_not(rules, "r", ArticleText("", "ballot exercise", lang="en"))

    assert sentences == ("exercise: excluded by 'exercise' in the body", "es: the text is in en")


def test_why_holds_the_tree_and_the_evidence():
    explanation = explain(
        ruleset("(hack* OR leak*) AND ballot"), "r", ArticleText("Ballot", "A leak.")
    )

    data = json.loads(json.dumps(explanation_json(explanation)))

    assert data["held"] is True
    assert [(span["field"], span["text"]) for span in data["evidence"]] == [
        ("title", "Ballot"),
        ("body", "leak"),
    ]
    assert data["clause"]["clauses"][0]["clauses"][0]["text"] == "leak*"
    assert reasons_why_not(ruleset("ballot"), "r", ArticleText("", "ballot")) == ()


@pytest.mark.parametrize("text", ["ballot hacked", "Ballots, hacked", "the hacked a b c ballot"])
def test_an_engine_of_several_rules_explains_each_as_one_of_its_own_does(text):
    queries = ('"ballot hacked"', '"ballot hacked"~0', "hacked NEAR/2 ballot", "title:ballot")
    alone = [ruleset(query) for query in queries]
    renamed = [
        replace(ruleset_of_one.rules[0], id=query)
        for ruleset_of_one, query in zip(alone, queries, strict=True)
    ]
    trees = tuple(ruleset_of_one.trees[0] for ruleset_of_one in alone)
    together = RuleSet("x", tuple(renamed), trees, "")
    engine, article = compile_rules(together), ArticleText("", text)

    for query in queries:
        assert explain(together, query, article, engine) == explain(together, query, article)
