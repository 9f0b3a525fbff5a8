"""Mistakes of a first day with rule files: each is told, at its place, with the way out."""

import pytest

from matchers.rules.lint.categories import what_follows
from matchers.rules.lint.lint import lint
from matchers.rules.load import load_folder
from privacy import about_people

MINE = """\
rules:
  - id: mine
    title: Mine
    severity: high
    category: voting-equipment
    query: ballot NEAR/5 (stolen OR theft)
    examples:
      match:
        - One ballot was stolen.
      ignore:
        - The ballot is long.
"""
TERMS = "my_town:\n  - Springfield\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "terms").mkdir()
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    return tmp_path


def told(folder, *, warnings=False):
    loaded = load_folder(folder)
    faults = lint(loaded) if warnings else loaded.faults
    return [str(fault).replace(f"{folder}/", "") for fault in faults]


@pytest.mark.parametrize(
    ("before", "after", "place", "way_out"),
    [
        ("severity: high", "severity: High", "mine.yaml:4:15", "write high"),
        ("    query", "    status: off\n    query", "mine.yaml:6:13", "write disabled"),
        ("title: Mine", "title:", "mine.yaml:3:11: title: is empty", ""),
        ("ballot NEAR/5 (stolen OR theft)", "[ballot, stolen]", "mine.yaml:6:12", "one query"),
        ("ballot NEAR/5 (stolen OR theft)", '"stolen ballot"', "mine.yaml:6:20", "removed the quotation marks: write 'query: |'"),
        ("ballot NEAR/5 (stolen OR theft)", "#StopTheSteal", "mine.yaml:6:11", "write 'query: |'"),
        ("(stolen OR theft)", "(stolen OR #Stop)", "mine.yaml:6:34", "#Stop begins a comment here"),
        ("ballot NEAR/5 (stolen OR theft)", "!ballot", "mine.yaml:6:12", "write 'query: |'"),
        ("- The ballot is long.", "- Breaking: The ballot is long.", "mine.yaml:11:11", "put the text in quotes"),
        ("- The ballot is long.", "- #ballot is long.", "mine.yaml:11:10", "put the text in quotes"),
        ("\n        - The ballot is long.", "\n        -", "mine.yaml:11:10: examples.ignore: is empty", ""),
        ("      match:\n        - One ballot was stolen.\n      ignore:\n        - The ballot is long.", "      - match: One ballot was stolen.", "mine.yaml:8:7", "without a dash"),
        ("NEAR/5", "AND lang:es AND", "mine.yaml:9:11", "rules why-not mine"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_fault_with_the_way_out(folder, before, after, place, way_out):
    (folder / "mine.yaml").write_text(MINE.replace(before, after), encoding="utf-8")

    sentences = told(folder)

    assert len(sentences) == 1
    assert sentences[0].startswith(place)
    assert way_out in sentences[0]


@pytest.mark.parametrize(
    ("before", "after", "warning"),
    [
        ("title: Mine", "title: Mine #1 of two", "mine.yaml:3:12: mine: title: #1 and what follows"),
        ("(stolen OR theft)", "stolen #StopTheSteal", "mine.yaml:6:12: mine: query: #StopTheSteal and"),
        ("ballot is long", "ballot is #StopTheSteal", "mine.yaml:11:11: mine: examples.ignore: #Stop"),
        ("    query", "    languages: [sp]\n    query", 'no article has the language "sp"\n    hint: write es'),
        ("    query", "    unless: sports\n    query", "mine.yaml:6:13: mine: unless: sports hides a hit"),
        ("ballot NEAR/5", "ballot AND (lang:english OR lang:en) AND", 'no article has the language "english"'),
    ],
)  # fmt: skip
def test_what_is_legal_and_loses_something_is_warned_of(folder, before, after, warning):
    (folder / "mine.yaml").write_text(MINE.replace(before, after), encoding="utf-8")

    assert any(warning in fault for fault in told(folder, warnings=True))


def test_comments_that_were_meant_are_no_warning(folder):
    text = MINE.replace("title: Mine", "title: Mine # later").replace("theft)", "theft)  # thieves")
    (folder / "mine.yaml").write_text(text, encoding="utf-8")

    assert told(folder, warnings=True) == []


@pytest.mark.parametrize("name", ["mine.yaml.txt", "mine.txt", "mine"])
def test_file_that_is_not_read_because_of_its_name_is_warned_of(folder, name):
    (folder / name).write_text(MINE, encoding="utf-8")

    assert told(folder, warnings=True) == [
        f"{name}: is not read\n    hint: a file of rules or word lists ends in .yaml"
    ]


@pytest.mark.parametrize("text", ["- x\n", "hello there\n", "rules:\n"])
def test_what_is_no_rule_is_told_without_talk_of_mappings(folder, text):
    (folder / "mine.yaml").write_text(text, encoding="utf-8")

    sentences = told(folder)

    assert len(sentences) == 1
    assert "no rule stands here\n    hint: ./pollwatch rules new" in sentences[0]


def test_file_without_rules_is_warned_of(folder):
    (folder / "later.yaml").write_text("# to be written\n", encoding="utf-8")

    assert told(folder, warnings=True)[0].startswith("later.yaml: holds no rules")


def test_ending_in_capitals_is_read_and_hidden_files_are_not(folder):
    (folder / "OTHER.YAML").write_text(MINE.replace("id: mine", "id: other"), encoding="utf-8")
    (folder / "._mine.yaml").write_bytes(b"\x00\x05\x16\x07")  # what a Mac leaves on shared disks

    assert [rule.id for rule in load_folder(folder).rules.rules] == ["other", "mine"]
    assert told(folder) == []


def test_lists_in_folders_of_terms_are_read(folder):
    (folder / "terms" / "towns").mkdir()
    (folder / "terms" / "towns" / "ohio.yaml").write_text(TERMS, encoding="utf-8")

    assert "my_town" in load_folder(folder).lists


@pytest.mark.parametrize(
    ("name", "text", "why", "way_out"),
    [
        ("towns.yaml", TERMS, "these are word lists and not rules", "into terms/"),
        ("terms/r.yaml", MINE, "these are rules and not word lists", "out of terms/"),
        ("terms/t.yaml", "- Springfield\n", "the words stand under no name", "such as my_towns:"),
        ("terms/t.yaml", "$my_town:\n  - Salem\n", "may hold only letters", "write my_town:"),
        ("terms/t.yaml", "my town:\n  - Salem\n", "may hold only letters", "write my_town:"),
        ("terms/t.yaml", "my_town: Salem, Dayton\n", "must be a list of terms", "one term a line"),
        ("terms/t.yaml", "my_town:\n  -Salem\n  -Dayton\n", "must be a list", "a dash and a blank"),
        ("terms/t.yaml", "my_town:\n  - Salem, Dayton\n", 'unexpected ","', "each term on its own line"),
        ("terms/t.yaml", "my_town:\n  - #Salem\n", "must be text", "write Salem"),
    ],
)  # fmt: skip
def test_rules_and_lists_in_each_others_place(folder, name, text, why, way_out):
    (folder / name).write_text(text, encoding="utf-8")

    sentences = told(folder)

    assert len(sentences) == 1
    assert sentences[0].startswith(f"{name}:")
    assert why in sentences[0]
    assert way_out in sentences[0]


def test_terms_by_themselves_are_not_taken_for_rules(folder):
    (folder / "terms" / "towns.yaml").write_text(TERMS, encoding="utf-8")

    for path in (folder / "terms", folder / "terms" / "towns.yaml"):
        faults = load_folder(path).faults
        assert len(faults) == 1
        assert faults[0].hint == f"./pollwatch rules check {folder}"


def test_one_file_is_not_blamed_for_lists_that_other_files_use(folder):
    (folder / "terms" / "towns.yaml").write_text(TERMS, encoding="utf-8")

    assert told(folder / "mine.yaml", warnings=True) == []
    assert "no rule uses the list $my_town" in told(folder, warnings=True)[0]


def test_category_that_is_nearly_one_of_many_is_warned_of(folder):
    for name, category in (("b", "voting-equipment"), ("c", "voting-equipmnt")):
        text = MINE.replace("id: mine", f"id: {name}").replace("voting-equipment", category)
        (folder / f"{name}.yaml").write_text(text.replace("theft", name * 3), encoding="utf-8")

    sentences = [fault for fault in told(folder, warnings=True) if "category" in fault]

    assert len(sentences) == 1
    assert "did you mean voting-equipment?" in sentences[0]


@pytest.mark.parametrize(
    ("category", "hint"),
    [
        ("voting-equipmnt", "did you mean voting-equipment? Else its stories are a group of their own"),
        ("Physical security", "did you mean physical-security?"),
        ("mayors", "its stories are a group of their own in filters, figures and alerts, and home addresses and phone numbers in them are not masked"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_a_made_up_category_is_warned_of_with_what_follows(folder, category, hint, whole):
    text = MINE.replace("voting-equipment", category)
    (folder / "mine.yaml").write_text(text, encoding="utf-8")

    [warning] = told(folder if whole else folder / "mine.yaml", warnings=True)

    assert "mine.yaml:5:15: mine: no other rule has the category" in warning
    assert hint in warning


def test_a_category_of_ones_own_that_several_rules_have_is_none_of_our_business(folder):
    for name in ("mine", "other"):
        text = MINE.replace("id: mine", f"id: {name}").replace("voting-equipment", "mayors")
        (folder / f"{name}.yaml").write_text(text.replace("theft", name * 3), encoding="utf-8")

    assert told(folder, warnings=True) == []


@pytest.mark.parametrize("category", ["mayors", "threats-to-mayors", "Threat"])
def test_what_the_warning_says_of_masks_is_so(category):
    warned = "are not masked" in what_follows(category, None)

    assert warned is not about_people([category])
