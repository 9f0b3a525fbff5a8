"""Rule files: every fault at once, each with its place; examples are run."""

import pickle
from pathlib import Path

import pytest
import yaml

from config.checked_hashes import hash_of_code, keep_proven
from matchers.engine.engine import compile_rules, find_hits
from matchers.rules.examples import MATCHERS, PASSED, print_of_examples
from matchers.rules.format import formatted
from matchers.rules.lint.lint import lint
from matchers.rules.load import load_folder, load_rules
from matchers.rules.new_rule import new_rule
from matchers.text.article_text import ArticleText

RULES = Path(__file__).parents[3] / "rules"
GOOD = """\
# Kept.
rules:
  - id: ballots-hacked
    title: Ballots hacked
    severity: high
    category: infrastructure-cyber
    query: $ballots NEAR/5 hack*
    examples:
      match: [Hackers changed a ballot.]
      ignore: [A ballot was counted.]
"""
TERMS = "ballots: [ballot, ballots, $more]\nmore: [voting paper*, =EAC]\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "lists.yaml").write_text(TERMS, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def faults(folder, text=None, terms=None):
    if text is not None:
        (folder / "rules.yaml").write_text(text, encoding="utf-8")
    if terms is not None:
        (folder / "terms" / "lists.yaml").write_text(terms, encoding="utf-8")
    return [str(fault).replace(str(folder) + "/", "") for fault in load_folder(folder).faults]


def test_good_rules_load_pickle_and_hit(folder):
    rules = pickle.loads(pickle.dumps(load_rules(folder)))

    hits = find_hits(compile_rules(rules), ArticleText("", "They hacked the voting papers."))

    assert [hit.rule_id for hit in hits] == ["ballots-hacked"]
    assert hits[0].rule_sha256 == rules.rules[0].sha256 != ""
    assert (rules.rules[0].path.endswith("rules.yaml"), rules.rules[0].line) == (True, 3)


def test_hash_covers_lists_and_query_and_not_prose(folder):
    first = load_rules(folder).rules[0].sha256
    assert faults(folder, GOOD.replace("Ballots hacked", "Other title")) == []
    assert load_rules(folder).rules[0].sha256 == first
    assert faults(folder, terms=TERMS.replace("=EAC", "=FEC")) == []
    assert load_rules(folder).rules[0].sha256 != first


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("severity: high", "severty: high", ['rules.yaml:5:5: unknown key "severty"\n    hint: did you mean "severity"?', "rules.yaml:3:5: severity: is missing"]),
        ("severity: high", "severity: hihg", ['rules.yaml:5:15: severity: "hihg" is not one of low, medium, high, critical']),
        ("NEAR/5 hack*", "NEAR/5 hack* and x", ["rules.yaml:7:34: ballots-hacked: query: an operator is missing here", "    |                                  ^^^", "write AND in capitals"]),
        ("$ballots NEAR", "$balots NEAR", ["rules.yaml:7:12:", "there is no word list $balots", "did you mean $ballots?"]),
        ("$ballots NEAR/5 hack*", "titel:x", ["rules.yaml:7:12:", 'there is no field "titel"', "did you mean title:?"]),
        ("$ballots NEAR/5 hack*", "NOT x", ["matches nearly every article"]),
        ("[Hackers changed a ballot.]", "[Nothing.]", ["rules.yaml:9:15: ballots-hacked: examples.match: the rule does not match"]),
        ("[A ballot was counted.]", "[A hacked ballot.]", ["rules.yaml:10:16: ballots-hacked: examples.ignore: the rule matches, and should be ignored"]),
        ("match: [Hackers changed a ballot.]", "match: []", ["at least one text that the rule must match is needed"]),
        ("id: ballots-hacked", "id: Ballots Hacked", ["not a usable id"]),
        ("category: infrastructure-cyber", "category: [", ["not valid YAML"]),
        ("category: infrastructure-cyber", "category: infrastructure-cyber\n    category: b", ['rules.yaml:7:5: the key "category" comes twice']),
        ("category: infrastructure-cyber", "category: infrastructure-cyber\n    unless: hack*", ["the rule can never match"]),
    ],
)  # fmt: skip
def test_faults_name_their_place(folder, before, after, expected):
    sentences = "\n".join(faults(folder, GOOD.replace(before, after)))

    for part in expected:
        assert part in sentences


def test_all_faults_of_all_files_at_once(folder):
    (folder / "more.yaml").write_text(
        GOOD.replace("NEAR/5", "NEAR").replace("high", "top"), encoding="utf-8"
    )
    (folder / "terms" / "bad.yaml").write_text(
        "a: [$b]\nb: [$a, 'x OR y', 'ab*']\n", encoding="utf-8"
    )

    sentences = "\n".join(faults(folder))

    assert "these lists contain each other: $a → $b → $a" in sentences
    assert '"OR" has no meaning in a word list' in sentences
    assert 'the prefix "ab*" is shorter than 4 letters' in sentences
    assert "NEAR needs a number of words" in sentences
    assert '"top" is not one of' in sentences
    assert 'the id "ballots-hacked" is also used in' in sentences
    with pytest.raises(ExceptionGroup):
        load_rules(folder)


@pytest.mark.parametrize("style", ["|", ">-", '"', "plain"])
def test_places_in_every_style_of_scalar(folder, style):
    query = {
        "|": "|\n      $ballots NEAR/5\n      (hack* oops)",
        ">-": ">-\n      $ballots NEAR/5\n      (hack* oops)",
        '"': '"$ballots NEAR/5\n      (hack* oops)"',
        "plain": "$ballots NEAR/5\n      (hack* oops)",
    }[style]
    text = GOOD.replace("$ballots NEAR/5 hack*", query)

    fault = load_folder(folder).faults or faults(folder, text)

    line = next(n for n, line in enumerate(text.split("\n"), 1) if "oops" in line)
    assert str(fault[0]).startswith(
        f"rules.yaml:{line}:{text.split(chr(10))[line - 1].index('oops') + 1}:"
    )


def test_missing_folder_and_empty_folder(tmp_path):
    assert "no such file" in str(load_folder(tmp_path / "none").faults[0])
    assert "holds no rules" in str(load_folder(tmp_path).faults[0])


def test_one_rule_alone_several_documents_and_a_bare_list(tmp_path):
    rule = yaml.safe_load(GOOD.replace("$ballots", "ballot"))["rules"][0]
    two = {**rule, "id": "two"}
    for name, text in (
        ("one", yaml.safe_dump(rule)),
        ("list", yaml.safe_dump([rule, two])),
        ("documents", yaml.safe_dump_all([rule, two])),
    ):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        assert len(load_rules(path).rules) == (1 if name == "one" else 2)


def test_new_rule_loads_without_a_warning(tmp_path):
    path = tmp_path / "new.yaml"
    path.write_text(new_rule("It's new: a rule", "voting-equipment"))
    loaded = load_folder(path)

    assert (loaded.faults, lint(loaded, strict=True)) == ([], [])


def test_format_keeps_meaning_and_comments_and_is_done_once(folder):
    loaded = load_folder(folder)
    text = GOOD.replace("$ballots NEAR/5 hack*", "( $ballots   NEAR/5 hack* )  OR “hacked vote”")
    after = formatted(text, loaded.lists)

    assert "# Kept." in after
    assert '($ballots NEAR/5 hack*) OR "hacked vote"' in after
    assert formatted(after, loaded.lists) == after


@pytest.mark.parametrize(
    ("query", "warning"),
    [
        ("ballot NEAR/40 hack*", "wider than 30 words"),
        ("hack* OR hackers OR ballot NEAR/5 hack*", "hackers adds nothing beside hack*"),
        ("hack* AND ballot OR hacked", "without parentheses"),
        ("hack* OR Republican*", "names a party or a person without a term for conduct"),
        ("hack* OR Democrats", "names a party or a person without a term for conduct"),
    ],
)
def test_lint(folder, query, warning):
    assert (
        faults(
            folder,
            GOOD.replace("$ballots NEAR/5 hack*", query).replace("A ballot was counted", "Ok"),
        )
        == []
    )

    sentences = "\n".join(str(fault) for fault in lint(load_folder(folder)))

    assert warning in sentences
    assert "no rule uses the list $ballots" in sentences


def test_lint_names_list_entries_that_another_entry_finds_anyway(folder):
    lists = """\
ballots: [ballots, ballot*, stolen ballot*, $more, rerun]
more: [voting paper*, noncitizen, non-citizen*, re-run, =EAC]
"""
    (folder / "terms" / "lists.yaml").write_text(lists, encoding="utf-8")

    warnings = [fault for fault in lint(load_folder(folder)) if "adds nothing" in fault.why]

    # "stolen ballot*" also finds #StolenBallots, which ballot* does not.
    assert [(fault.line, fault.why) for fault in warnings] == [
        (1, "ballots adds nothing beside ballot*"),
        (1, "rerun adds nothing beside re-run"),
        (2, "noncitizen adds nothing beside non-citizen*"),
    ]


def test_lint_finds_near_duplicates_and_few_examples(folder):
    twin = GOOD.replace("ballots-hacked", "twin").replace(
        "$ballots NEAR/5 hack*", "$ballots NEAR/6 hack*"
    )
    (folder / "twin.yaml").write_text(twin, encoding="utf-8")

    sentences = "\n".join(str(fault) for fault in lint(load_folder(folder), strict=True))

    assert "1 examples; 3 are wanted" in sentences
    assert "nearly the same terms as ballots-hacked" in sentences


def test_all_faults_of_all_queries_are_told_at_once(folder):
    text = GOOD.replace("$ballots NEAR/5 hack*", "$balots NEAR/5 hac* AND titel:x") + (
        "      unless: lost ballot\n"
    ).replace("      unless", "    unless")
    second = text.split("rules:\n")[1].replace("ballots-hacked", "more-hacked")

    sentences = faults(folder, text + second)

    assert [fault.split(": ", 1)[0] for fault in sentences] == [
        "rules.yaml:7:12", "rules.yaml:7:27", "rules.yaml:7:36", "rules.yaml:11:18",
        "rules.yaml:16:12", "rules.yaml:16:27", "rules.yaml:16:36", "rules.yaml:20:18",
    ]  # fmt: skip


@pytest.mark.parametrize("query", [
    "fentanyl OR ($ballots NEAR/5 hack*)",
    "($ballots NEAR/5 hack*) OR fentanyl OR theft",
    "(fentanyl OR theft) AND (ballot OR ($ballots NEAR/5 hack*))",
])  # fmt: skip
def test_formatting_keeps_the_parentheses_that_the_check_asks_for(folder, query):
    (folder / "rules.yaml").write_text(
        GOOD.replace("$ballots NEAR/5 hack*", query), encoding="utf-8"
    )
    before = [warning.why for warning in lint(load_folder(folder))]

    text = formatted((folder / "rules.yaml").read_text(encoding="utf-8"), load_folder(folder).lists)
    (folder / "rules.yaml").write_text(text, encoding="utf-8")

    assert query in text
    assert [warning.why for warning in lint(load_folder(folder))] == before
    assert not any("without parentheses" in why for why in before)


def test_many_idle_lists_are_one_warning(folder):
    terms = TERMS + "".join(f"list{number}: [word]\n" for number in range(9))
    (folder / "terms" / "lists.yaml").write_text(terms, encoding="utf-8")

    sentences = [warning.why for warning in lint(load_folder(folder))]

    assert sentences == ["no rule uses the list $list0, nor 8 others"]


def kept_as_passed(folder):
    """The examples of the folder's rules as if they had all passed."""
    code = hash_of_code(MATCHERS)
    keep_proven(PASSED, {print_of_examples(draft, code) for draft in load_folder(folder).drafts})


def test_examples_that_passed_are_run_again_only_when_asked(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    wrong = GOOD.replace("Hackers changed", "Nobody changed")
    assert "does not match" in faults(folder, wrong)[0]
    assert "does not match" in faults(folder, wrong)[0]  # what failed is not remembered
    kept_as_passed(folder)
    assert faults(folder) == []
    assert [fault.why for fault in load_folder(folder, afresh=True).faults] == [
        'the rule does not match: "Nobody changed a ballot."'
    ]


def test_a_changed_word_list_or_example_is_tried_though_the_rule_passed(
    folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert faults(folder) == []
    assert "does not match" in faults(folder, terms=TERMS.replace("ballot, ", ""))[0]
    assert faults(folder, terms=TERMS) == []
    assert (
        "should be ignored"
        in faults(folder, GOOD.replace("[A ballot was", "[A hacked ballot was"))[0]
    )
