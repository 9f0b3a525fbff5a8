"""A hostile page's data costs no more than its length, and each bound keeps what lies below it."""

import json

import pytest
from lxml.html import document_fromstring

from extractors.articles.body.fallbacks import MOST_BLOCKS, MOST_TEXT, text_in_scripts
from extractors.articles.body.script_data import (
    DEEPEST_DATA,
    MOST_ASSIGNED,
    MOST_LITERAL,
    MOST_SCRIPT,
    page_data,
)
from extractors.articles.extract import extract_article

LINES = [
    "The county clerk said on Friday that the scanner at the north precinct had been altered.",
    "The election board will meet on Monday evening to decide about a count by hand.",
]
STORY = {"blocks": [{"text": line} for line in LINES]}


def values(*scripts: str) -> list[object]:
    tree = document_fromstring("<p>x</p>" + "".join(f"<script>{code}</script>" for code in scripts))
    return list(page_data(tree, list(tree.iter("script"))))


def story(value: object) -> list[str]:
    tree = document_fromstring(f"<p>x</p><script>window.state = {json.dumps(value)}</script>")
    return text_in_scripts(tree, list(tree.iter("script")), "Scanner altered").split("\n")


def test_a_field_may_hold_what_scripts_read() -> None:
    page = f"<div id=root>Loading</div><textarea hidden>{json.dumps(STORY)}</textarea>"
    article = extract_article(page.encode(), url="https://gazette.example/a/1")
    assert article.body.split("\n") == LINES


def nested(levels: int) -> object:
    value: object = STORY
    for _ in range(levels):
        value = {"props": value}
    return value


def test_of_a_script_so_many_values_are_read() -> None:
    script = ";".join(f'v = {{"n": {number}}}' for number in range(MOST_ASSIGNED + 5))

    assert values(script) == [{"n": number} for number in range(MOST_ASSIGNED)]


@pytest.mark.slow
def test_scripts_are_read_up_to_their_common_length() -> None:
    state = f"state = {json.dumps(STORY)}"

    assert values("/" * (MOST_SCRIPT - len(state)), state) == [STORY]
    assert values("/" * (MOST_SCRIPT - len(state) + 1), state) == []


@pytest.mark.parametrize(("more", "expected"), [(-100, [{"a": 1}]), (100, [])])
def test_a_literal_of_a_program_is_read_up_to_its_length(more: int, expected: list[object]) -> None:
    blanks = " " * (MOST_LITERAL + more)

    assert values(f"init({{data: {{a: {blanks}1}}}})") == expected


def test_data_is_read_down_to_a_depth_and_no_deeper() -> None:
    assert story(nested(DEEPEST_DATA - 1)) == LINES
    assert story(nested(DEEPEST_DATA + 1)) == [""]


def test_data_of_a_hundred_thousand_levels_is_none() -> None:
    assert values("state = " + '{"a":' * 100_000, "state = " + "[" * 100_000) == []


def test_of_a_list_so_many_blocks_are_read() -> None:
    lines = [f"{number}. {LINES[0]}" for number in range(MOST_BLOCKS + 5)]

    assert story([{"text": line} for line in lines]) == lines[:MOST_BLOCKS]


def test_of_a_text_so_many_characters_are_read() -> None:
    text = "\n".join(story({"body": "<p>" + "word and " * (MOST_TEXT // 6) + "</p>"}))

    assert len(text) == MOST_TEXT
