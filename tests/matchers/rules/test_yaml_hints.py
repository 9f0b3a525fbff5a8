"""Files that are no YAML: the hint names the cause, which may stand a line above the complaint."""

import pytest

from extractors.feed_list.load import load_feeds
from matchers.rules.load import load_folder
from tests.matchers.rules.test_first_day import MINE

NOTEPAD = "save it as plain text in the encoding UTF-8"


@pytest.mark.parametrize(
    ("before", "after", "line", "hint"),
    [
        ("severity: high", "severity:high", 5, "a blank is missing after the colon"),
        ("severity: high", "severity high", 5, "lacks a colon after severity"),
        ("    severity", "     severity", 4, "begin in the same column"),
        ("    severity", "   severity", 4, "begin in the same column"),
        ("    severity", "\tseverity", 4, "YAML takes no tabs"),
        ("    severity", "\u00a0\u00a0\u00a0\u00a0severity", 5, "blanks that are not spaces"),
        ("  - id", "  -id", 3, "a blank is missing after the dash"),
        ("title: Mine", "title: Mine: a story", 3, "write 'title: |'"),
        ("query: ballot", "query: *ballot", 6, "write 'query: |'"),
        ("query: ballot", "query: &lost ballot", 6, "write 'query: |'"),
        ("query: ballot", "query: !lost ballot", 6, "write 'query: |'"),
        ("title: Mine", "title: !lost Mine", 3, "write 'title: |'"),
        (
            "title: Mine",
            "title: 'a\u2028b\u2028c'\n    description: &lost words",
            4,
            "write 'description: |'",
        ),
        ("query: ballot", "query: |\n    ballot", 8, "below 'query: |' is indented further"),
        ("query: ballot", "query: ballot # first\n      ", 7, "the # of the line above"),
        ("- The ballot", '- "The" ballot', 11, "in quotes, or on the line after '- |-'"),
        ("- The ballot", "- @The ballot", 11, "in quotes, or on the line after '- |-'"),
    ],
)
def test_cause_is_named(tmp_path, before, after, line, hint):
    (tmp_path / "mine.yaml").write_text(MINE.replace(before, after), encoding="utf-8")

    (fault, *others) = load_folder(tmp_path).faults

    assert (fault.line, others) == (line, [])
    assert hint in (fault.hint or "")


@pytest.mark.parametrize("indent", ["", "  "])
def test_items_whose_list_has_lost_its_line_are_told_which_line_is_missing(tmp_path, indent):
    feeds = tmp_path / "feeds.yaml"
    settings = "settings:\n  contact: https://example.org/x  # put your own here\n"
    feeds.write_text(f"{settings}{indent}- name: A\n{indent}  url: https://a.example/rss\n")

    with pytest.raises(ExceptionGroup) as raised:
        load_feeds(feeds)

    (fault,) = raised.value.exceptions
    assert fault.line == 3
    assert "the line that names its list, such as 'feeds:', is missing above" in (fault.hint or "")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_other_encodings_are_told_how_to_save(tmp_path, encoding):
    (tmp_path / "mine.yaml").write_bytes(MINE.replace("Mine", "“Mía”").encode(encoding))

    (fault,) = load_folder(tmp_path).faults

    assert (fault.why, fault.hint) == ("not UTF-8 text", NOTEPAD)


def test_documents_that_each_begin_with_rules_are_read(tmp_path):
    other = MINE.replace("id: mine", "id: other")
    (tmp_path / "mine.yaml").write_text(f"{MINE}---\n{other}", encoding="utf-8")

    loaded = load_folder(tmp_path)

    assert ([rule.id for rule in loaded.rules.rules], loaded.faults) == (["mine", "other"], [])


def test_key_in_capitals_is_recognised(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE.replace("- id", "- ID"), encoding="utf-8")

    assert 'did you mean "id"?' in [fault.hint for fault in load_folder(tmp_path).faults]
