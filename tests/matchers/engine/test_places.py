"""Faults in rule files: the line, the column and the caret, in every way to write a query."""

import unicodedata

import pytest

from matchers.rules.lint.lint import lint
from matchers.rules.load import load_folder

RULE = """\
rules:
  - id: a-rule
    title: A rule
    severity: low
    category: physical-security
    query: {}
    examples: {{match: [ballot], ignore: [nothing]}}
"""

# What stands after `query: `; the fault is expected right after each ¦.
FAULTS = [
    "ballot ¦fraud",
    "ballot AND (box ¦lost)",
    "ballot\tAND\tbox ¦lost",
    "¦)ballot",
    "ballot ¦OR",
    "ballot AND ¦(box",
    'ballot AND ¦"box',
    "選挙 AND 投票 ¦ballot",
    "選挙 ¦投票",
    "😀選挙 AND x ¦ballot",
    "e\u0301lection AND x ¦ballot",
    "👩\u200d👩\u200d👧x AND a ¦ballot",
    "a\u200e AND ｆｕｌｌ ¦ballot",
    "بطاقة AND انتخابات ¦ballot",
    "ballot \u2028¦fraud",
    "ballot \x85¦fraud",
    "ballot\u00a0¦fraud",
    "ballot OR\n      (box ¦lost)",
    "ballot OR\n\n      (box ¦lost)",
    "|\n      ballot OR\n      (box ¦lost)",
    "|-\n      ballot OR\n        (box\n        ¦lost)",
    "|2\n      ballot OR\n      (box ¦lost)",
    "|+\n\n      ballot OR\n\n      (box ¦lost)\n\n",
    "| # a remark\n      ballot OR\n      (box ¦lost)",
    "|\n      選挙 OR\n      投票 ¦ballot",
    ">\n      ballot OR\n      (box ¦lost)",
    ">-\n\n      ballot\n\n      OR (box ¦lost)",
    ">-\n      ballot OR\n        (box\n        ¦lost)",
    ">2-\n      ballot OR ¦OR",
    '"ballot ¦fraud"',
    r'"ballot AND \"box lost\" ¦fraud"',
    r'"\u0062allot AND \x41 ¦fraud"',
    r'"ballot\tAND\nbox ¦fraud"',
    r'"\U0001f600 OR \u9078\u6319 OR ¦OR"'.replace("\\U0001f600", "a"),
    r'"ballot\_AND\x20box ¦fraud"',
    '"ballot AND\n      box ¦fraud"',
    '"ballot AND \\\n      box ¦fraud"',
    '"ballot AND\n\n      box\\\n      \\ ¦fraud"',
    "'ballot ¦fraud'",
    "'it''s OR the AND county''s ¦fraud'",
    "'it''s AND\n\n      it''s ¦fraud'",
    "!!str ballot ¦fraud",
    "!!str |\n      ballot ¦fraud",
]


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("query", FAULTS)
def test_faults_stand_where_the_eye_sees_them(tmp_path, query, mark, line_break):
    marked = RULE.format(query)
    text = marked.replace("¦", "")
    path = tmp_path / "r.yaml"
    path.write_bytes((mark + text.replace("\n", line_break)).encode())
    before = marked.partition("¦")[0]

    (fault,) = load_folder(path).faults

    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert (fault.line, fault.column) == (line, column)
    _, source, carets = fault.why.split("\n")
    assert source == "    | " + text.split("\n")[line - 1]
    assert screen(carets.rstrip("^")) == screen("    | " + before.rpartition("\n")[2])


def screen(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text.expandtabs(8)
    )


@pytest.mark.parametrize(
    ("data", "line", "column", "why"),
    [
        (RULE.format("bal\x07lot").encode(), 6, 15, "the control character U+0007"),
        (RULE.format("選\x00挙").encode(), 6, 13, "not UTF-8 text"),
        (RULE.format("elección").encode("latin-1"), 6, 18, "not UTF-8 text"),
        (RULE.format("選挙").encode().replace("挙".encode(), b"\xff"), 6, 13, "not UTF-8 text"),
        (RULE.format("x").encode("utf-16"), 1, 4, "not UTF-8 text"),
        (RULE.format("bal\ud800lot").encode("utf-8", "surrogatepass"), 6, 15, "not UTF-8 text"),
        (RULE.format('"voting machine" AND x').encode(), 6, 29, "not valid YAML"),
        (RULE.format("title: ballot").encode(), 6, 17, "not valid YAML"),
        (RULE.format("*ballot").encode(), 6, 12, "not valid YAML"),
        (RULE.format("x").replace("    severity", "\tseverity").encode(), 4, 1, "not valid YAML"),
        (RULE.format("[ballot]").encode(), 6, 12, "must be one text"),
        (RULE.format("~").encode(), 6, 12, "is empty"),
        (RULE.format("x\n    languages: [en, no, 5]").encode(), 7, 25, '"5" is not a language tag'),
        (RULE.format("ballot\n    unless: a b").encode(), 7, 15, "an operator is missing"),
        (RULE.format("ballot\n    query: x").encode(), 7, 5, 'the key "query" comes twice'),
        (RULE.format("ballot\n    qurey: x").encode(), 7, 5, 'unknown key "qurey"'),
        (RULE.format("ballot\n    <<: {a: b}").encode(), 7, 5, 'unknown key "<<"'),
    ],
)
def test_faults_of_the_file_itself_have_a_place(tmp_path, data, line, column, why):
    path = tmp_path / "r.yaml"
    path.write_bytes(data)

    fault = load_folder(path).faults[0]

    assert (fault.line, fault.column) == (line, column)
    assert fault.why.startswith(why)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("yes", "yes"), ("no", "no"), ("2024", "2024"), ("1e3", "1e3"), ("2024-11-05", "2024-11-05"),
     ("true", "true"), ("null*", "null*"), ("0x1F", "0x1F"), ("=CISA", "=CISA"),
     ('"ballot"', "ballot"), ("'ballot'", "ballot"), ("|\n      \"a b\"\n", '"a b"'),
     ('"\\"a b\\""', '"a b"'), (">-\n      a OR\n      b", "a OR b"), ("a OR b # why", "a OR b")],
)  # fmt: skip
def test_queries_that_yaml_could_take_for_something_else_stay_text(tmp_path, query, expected):
    path = tmp_path / "r.yaml"
    path.write_text(RULE.format(query), encoding="utf-8")

    loaded = load_folder(path)

    assert [draft.rule and draft.rule.query for draft in loaded.drafts] == [expected]


def test_a_hashtag_that_yaml_takes_for_a_comment_is_told(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text(RULE.format("ballot OR tally #StopTheSteal"), encoding="utf-8")

    (warning,) = lint(load_folder(path))

    assert "#StopTheSteal and what follows is taken for a comment" in str(warning)


def test_rules_of_several_documents_and_of_files_ending_in_capitals_are_read(tmp_path):
    first, two = RULE.format("ballot"), RULE.format("ballot").replace("a-rule", "b-rule")
    (tmp_path / "r.YAML").write_text(first + "---\n" + two)
    (tmp_path / "terms" / "more").mkdir(parents=True)
    (tmp_path / "terms" / "more" / "lists.YML").write_text("names: [ballot]\n")

    loaded = load_folder(tmp_path)

    assert [rule.id for rule in loaded.rules.rules] == ["a-rule", "b-rule"]
    assert (list(loaded.lists), loaded.faults) == (["names"], [])
