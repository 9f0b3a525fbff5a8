"""What people who come from Meltwater, Lucene or Media Cloud paste, and what they are told."""

import pytest

from matchers.query.parser import parse_query
from model import QueryError


def refused(query):
    with pytest.raises(QueryError) as raised:
        parse_query(query)
    return raised.value


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("(election OR vote*) near/5 (hack* OR breach*)", "write NEAR/5, in capitals"),
        ("hack* Near/5 election", "write NEAR/5, in capitals"),
        ("hack* NEAR5 election", "write NEAR/5"),
        ("hack* NEAR:7 election", "write NEAR/7"),
        ("hack* NEAR/ 7 election", "write NEAR/7"),
        ("hack* w/5 election", "write NEAR/5"),
        ("hack* w/in 5 election", "write NEAR/5"),
        ("hack* ADJ3 election", "write ONEAR/3"),
        ("hack* pre/5 election", "write ONEAR/5"),
        ("hack* /s election", "write SENTENCE"),
        ("hack* SAME election", "write PARAGRAPH"),
        ("NEAR/5(hack*, election)", "stands between its two sides"),
        ("NEAR/5 election", "stands between its two sides"),
        ("atleast2(fraud)", "write ATLEAST/2 (…), in capitals"),
        ("election ANDNOT sports", "write AND NOT"),
        ("+ballot +fraud", "remove it"),
        ("ballot +fraud", "write AND"),
        ('"voter roll"~5 -sports', "write AND NOT"),
        ("ballot AND -sports", "write NOT"),
        ("-sports ballot", "write first what must be found, then AND NOT"),
        ('title:"recount" && !automatic', "write AND"),
        ("electon~1 AND fraud", "write each with OR"),
        ("electon~ AND fraud", "write each with OR"),
        ("‘voter roll’ AND purge", "double quotes"),
        ("media_name:ledger AND fraud", "write source:"),
        ("url:https://example.org/politics", "put an address in quotes"),
        ("fraud OR AND ballot", "remove it"),
        ("ballot AND", "add one, or remove AND"),
        ("ballot AND fraud # my comment", "write it above query:"),
        ("# my comment\nballot AND fraud", "write it above query:"),
        ("date:[2020-01-01 TO 2020-02-01] AND fraud", "ranges, of dates"),
    ],
)
def test_hint_says_what_to_write_instead(query, hint):
    assert hint in (refused(query).hint or "")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ('"stole* election"', 6),
        ('"election *fraud"', 10),
        ('fraud OR "elect?on fraud"', 15),
        ("elec*ion", 0),
        ('="US* vote"', 4),
    ],
)
def test_wildcard_that_would_find_nothing_is_refused_at_its_place(query, place):
    assert refused(query).start == place


@pytest.mark.parametrize(
    "query", ['"stolen elect*"', '"stolen elect"*', '"who won?"', "“voter roll” AND purge"]
)
def test_what_looks_alike_and_is_legal_stays_so(query):
    assert parse_query(query).remarks == ()
