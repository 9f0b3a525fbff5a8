"""All faults of a query are told at once, each at its place, and nothing that only follows from one."""

import pytest

from matchers.query.ast import Or
from matchers.query.parser import parse_query
from matchers.query.recovery import query_faults

LISTS = {"election": Or((parse_query("election").node,), name="election")}


@pytest.mark.parametrize(("query", "places"), [
    ("ballot AND election", []),
    ("lost ballot", ["ballot"]),
    ("lost ballot AND ele*", ["ballot", "ele*"]),
    ("a OR ele* OR titel:b", ["ele*", "titel:"]),
    ("$elction AND (vot* OR $electoin) AND $election", ["$elction", "vot*", "$electoin"]),
    ("hack* NEAR ballot AND titel:clerk", ["NEAR", "titel:"]),
    ("hack* NEAR/5 NOT ballot AND vot*", ["NOT", "vot*"]),
    ("title:(hack* AND vot*) OR headline:ballot", ["vot*", "headline:"]),
    ("lost *ballot AND elec*ion", ["*", "elec*ion"]),
    ("(ballot OR clerk AND titel:lost", ["(", "titel:"]),
    ("ballot) AND titel:lost", [")", "titel:"]),
    ('vot* OR "poll worker', ["vot*", '"']),
    ("a && b || titel:c", ["&&", "||", "titel:"]),
    ("a AND b NEAR/300 c AND vot*", ["NEAR/300", "vot*"]),
    ("ballot (lost OR stolen) AND vot*", ["(", "vot*"]),
    ("ATLEAST (a) AND vot*", ["ATLEAST", "vot*"]),
    ("clerk NEAR/6 (fake AND (ad OR job)) OR vot*", ["f", "vot*"]),
    ("clerk NEAR/6 (fake AND (vot* OR job))", ["f", "vot*"]),
])  # fmt: skip
def test_faults_stand_where_they_are(query: str, places: list[str]) -> None:
    faults = query_faults(query, LISTS)

    fault_texts = [query[fault.start : fault.end] for fault in faults]
    assert [
        words[: len(place)] for words, place in zip(fault_texts, places, strict=False)
    ] == places
    assert len(fault_texts) == len(places), [fault.why for fault in faults]


def test_a_hundred_faults_end() -> None:
    assert 0 < len(query_faults(" AND ".join(["vot*"] * 100), {})) <= 25
