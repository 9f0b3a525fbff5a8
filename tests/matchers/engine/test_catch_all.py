"""A catch-all is a hit only where no sharper rule is."""

import pytest

from matchers.engine.engine import Engine, find_evidence, find_hits
from matchers.query.parser import parse_query
from matchers.rules.load import load_folder, load_rules
from matchers.text.article_text import ArticleText
from model import Examples, Rule

ONE = """\
- id: net
  title: Net
  severity: medium
  category: c
  catch_all: true
  query: ballot
  examples: {match: [ballot], ignore: [vote]}
"""


def rule(name, query, severity="medium", *, catch_all=False, status="stable"):
    new_rule = Rule(name, name, severity, "c", query, Examples((), ()), status=status, catch_all=catch_all)  # fmt: skip
    return new_rule, parse_query(query).node, None


def hits(*rules, text="A ballot was stolen."):
    engine = Engine(rules)
    rule_ids = [hit.rule_id for hit in find_hits(engine, ArticleText("", text))]
    proofs = find_evidence(engine, ArticleText("", text))
    assert [proof.rule.id for proof in proofs] == rule_ids
    return rule_ids


NET = rule("net", "ballot", catch_all=True)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], ["net"]),
        ([rule("sharp", "stolen")], ["sharp"]),
        ([rule("sharp", "stolen", "critical")], ["sharp"]),
        ([rule("sharp", "lost")], ["net"]),
        ([rule("mild", "stolen", "low")], ["mild", "net"]),
        ([rule("tried", "stolen", status="experimental")], ["net", "tried"]),
        ([rule("graver", "stolen", "high", catch_all=True)], ["graver"]),
    ],
    ids=lambda value: None if isinstance(value, tuple) else str(len(value)),
)
def test_net_hits_only_where_no_sharper_rule_does(others, expected):
    assert sorted(hits(NET, *others)) == expected
    assert sorted(hits(*others, NET)) == expected


def test_of_two_nets_that_hold_alike_the_first_hits():
    wider = rule("wider", "stolen", catch_all=True)
    assert hits(NET, wider) == ["net"]
    assert hits(wider, NET) == ["wider"]


def test_net_on_trial_does_not_take_the_place_of_one_that_shows_its_hits():
    trial = rule("trial", "stolen", catch_all=True, status="experimental")

    assert hits(trial, NET) == ["net"]


def test_key_is_read_and_part_of_the_rules_hash(tmp_path):
    (tmp_path / "a.yaml").write_text(ONE)
    with_it = load_rules(tmp_path).rules[0]
    (tmp_path / "a.yaml").write_text(ONE.replace("  catch_all: true\n", ""))
    without = load_rules(tmp_path).rules[0]

    assert (with_it.catch_all, without.catch_all) == (True, False)
    assert with_it.sha256 != without.sha256


def test_value_that_is_neither_is_a_fault_with_its_place(tmp_path):
    (tmp_path / "a.yaml").write_text(ONE.replace("true", "perhaps"))

    (fault,) = load_folder(tmp_path).faults

    assert (fault.line, fault.field) == (5, "catch_all")
    assert fault.why == '"perhaps" is not one of false, true'
