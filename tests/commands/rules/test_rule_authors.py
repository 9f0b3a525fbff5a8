"""What rule authors are told by why, why-not, try, new, format, check and match."""

import json

import pytest

from matchers.rules.lint.lint import lint
from matchers.rules.load import load_folder
from matchers.rules.new_rule import new_rule
from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from tests.commands.rules.test_match_and_rules import run
from tests.databases import new_store
from tests.matchers.rules.test_first_day import MINE
from tests.matchers.rules.test_load import GOOD, TERMS
from tests.storage.making import NOON, feed, listed, reading

FAILING = MINE.replace("One ballot was stolen", "Ballots were stolen").replace(
    "The ballot is long", "The ballot theft was an exercise"
)

UNLESS_IN_TITLE = """\
rules:
  - id: ballots-hacked
    title: Ballots hacked
    severity: high
    category: test
    query: ballots NEAR/5 hacked
    unless: title:Oscar*
    examples:
      match: [Ballots were hacked.]
      ignore: [Ballots were printed.]
"""


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    return path


@pytest.fixture
def archive(tmp_path):
    """A database of two read articles; the second is what the rule looks for."""
    with new_store(tmp_path / "pollwatch.db", NOON) as store:
        sync_feeds(store.db, [feed("gazette")], NOON)
        first, second = listed(store, ["a", "b"])
        quiet, loud = "Nothing happened.", "Then a ballot was stolen."
        readings = [reading(first, quiet), reading(second, loud, title="A bad night")]
        record_readings(store.db, None, readings)
    return tmp_path / "pollwatch.db"


def test_hint_of_a_failing_example_can_be_followed_word_for_word(rules):
    rules.write_text(FAILING, encoding="utf-8")
    hints = [fault.hint for fault in load_folder(rules).faults]
    assert hints == [
        "./pollwatch rules why-not mine tells the reason",
        "./pollwatch rules why mine tells the reason",
    ]

    why_not = run("rules", "why-not", "mine", "--rules", rules)
    why = run("rules", "why", "mine", "--rules", rules)

    assert f"{rules}:9 match: mine does not match" in why_not.stdout
    assert "found 'ballots', which ballot does not match" in why_not.stdout
    assert f"{rules}:11 ignore: mine matches" in why.stdout
    assert "[ballot] [theft]" in why.stdout


def test_check_says_where_the_hints_need_the_folder(rules):
    rules.write_text(FAILING, encoding="utf-8")

    assert (
        f"note: rules why and why-not need --rules {rules} here"
        in run("rules", "check", rules).stderr
    )


def test_examples_that_hold_are_explained_when_none_fails(rules):
    why = run("rules", "why", "mine", "--rules", rules)
    why_not = run("rules", "why-not", "mine", "--rules", rules)

    assert (why.exit_code, "One [ballot] was [stolen]" in why.stdout) == (0, True)
    assert (why_not.exit_code, f"{rules}:11 ignore" in why_not.stdout) == (0, True)


def test_try_shows_headline_sentence_and_address(rules, archive):
    done = run("rules", "try", "mine", "--rules", rules, "--db", archive)

    assert done.stdout.splitlines() == [
        "2  0.52  A bad night",
        "    Then a [ballot] was [stolen].",
        "    https://gazette.example/b",
        "1 of 2 texts match mine",
    ]


@pytest.mark.parametrize("name", ["2", "https://gazette.example/b", "http://gazette.example/b/"])
def test_stored_article_is_named_by_number_or_address(rules, archive, name):
    words = ["--rules", rules, "--db", archive, "--article", name]

    assert "[ballot]" in run("rules", "why", "mine", *words).stdout
    assert "nothing failed" in run("rules", "why-not", "mine", *words).stdout


def test_ways_to_name_an_article_wrongly_are_told(rules, archive):
    for words, way_out in (
        (["--db", archive], "--db needs --article"),
        (["--article", "2"], "--article needs --db"),
        (["2"], "--db data/pollwatch.db --article"),
        (["--db", archive, "--article", "9"], "holds no text of article 9"),
    ):
        done = run("rules", "why", "mine", "--rules", rules, *words)
        assert (done.exit_code, way_out in done.stderr) == (2, True)


def test_rule_with_faults_is_not_said_to_be_absent(rules):
    other = MINE.removeprefix("rules:\n").replace("id: mine", "id: other")
    rules.write_text(MINE + other.replace("NEAR/5", "NEAR"), encoding="utf-8")

    done = run("rules", "why", "other", "--rules", rules)

    assert "the rule other has faults; ./pollwatch rules check lists them" in done.stderr
    assert "note: 1 fault in" in done.stderr


def test_why_shows_the_paragraphs_that_count(rules, tmp_path):
    rules.write_text(MINE.replace("theft)", 'theft OR "ballot box"~0)'), encoding="utf-8")
    body = "Long before.\n\nQuiet.\nA ballot and a ballot\nbox were stolen.\nMuch later."
    (tmp_path / "text.txt").write_text(f"Night\n\n{body}", encoding="utf-8")

    done = run("rules", "why", "mine", "--rules", rules, tmp_path / "text.txt")

    shown = done.stdout.partition("body: ")[2]
    assert shown == "…\nA [ballot] and a [ballot]\n[box] were [stolen].\n…\n"


def test_unless_is_told_as_what_it_is(rules, tmp_path):
    text = MINE.replace("    examples", "    unless: title:library\n    examples")
    rules.write_text(text, encoding="utf-8")
    (tmp_path / "text.txt").write_text("Library robbed\n\nA ballot was stolen.", encoding="utf-8")
    words = ["mine", "--rules", rules, tmp_path / "text.txt"]

    assert (
        "yes ballot NEAR/5 (stolen OR theft)  → ballot, stolen"
        in run("rules", "why", *words).stdout
    )
    assert (
        "- unless: title:library: excluded by 'Library'" in run("rules", "why-not", *words).stdout
    )


@pytest.mark.parametrize("title", ["Stolen\nballots", "It's: #1 “new”", "选举"])
def test_new_rule_of_any_title_and_category_is_in_order(rules, title):
    rules.write_text(new_rule(title, "Voting: equipment"), encoding="utf-8")
    loaded = load_folder(rules)

    assert (loaded.faults, lint(loaded, strict=True)) == ([], [])
    assert loaded.rules.rules[0].category == "voting-equipment"


def test_new_wants_a_title():
    assert run("rules", "new", " ").exit_code == 2


def test_format_says_when_there_is_nothing_to_do(rules):
    assert run("rules", "format", rules).stdout == "nothing to change\n"


def test_match_counts_what_it_could_not_use(rules):
    lines = '{"id": 1, "title": "T", "text": ""}\n{"id": 2, "body": "A stolen ballot."}\nnope\n'

    done = run("match", "--rules", rules, "-", text=lines)

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[1] == {"id": 2, "error": '"body" is not read: call it "text"', "line": 2}
    assert "2 of 3 lines could not be used" in done.stderr


def test_match_tells_which_rules_catch_a_text_and_which_nearly(tmp_path):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "lists.yaml").write_text(TERMS, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(GOOD, encoding="utf-8")
    folder = tmp_path
    caught = run("rules", "match", "--rules", folder, "Hackers changed a ballot.")
    nearly = run("rules", "match", "--rules", folder, "A ballot was printed.")
    nothing = run("rules", "match", "--rules", folder, "Rain is expected.")

    assert (caught.exit_code, nearly.exit_code, nothing.exit_code) == (0, 1, 1)
    assert "ballots-hacked (high) catches it as a text: Hackers" in caught.stdout
    assert "nearly ballots-hacked:" in nearly.stdout
    assert nothing.stdout.strip() == "no rule catches this text"
    item = json.loads(
        run("rules", "match", "--rules", folder, "--json", "Hackers changed a ballot.").stdout
    )
    assert [hit["rule"] for hit in item["hits"]] == ["ballots-hacked"]


def test_match_tells_what_keeps_a_headline_out_though_its_words_would_hit(tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text(UNLESS_IN_TITLE, encoding="utf-8")

    answer = run("rules", "match", "--rules", rules, "Oscars night: ballots hacked")

    assert "ballots-hacked (high) catches it as a text: ballots, hacked" in answer.stdout
    assert (
        "no hit of ballots-hacked where this is the headline: unless: excluded by 'Oscars' in the title"
        in answer.stdout
    )


@pytest.mark.slow  # reads all shipped rules
def test_a_rule_is_said_to_nearly_match_only_with_what_it_lacks():
    answer = run("rules", "match", "A homemade bomb set a ballot box on fire, police said.").stdout
    lines = answer.splitlines()
    near = [number for number, line in enumerate(lines) if line.startswith("nearly ")]
    assert near
    assert all(lines[number + 1].startswith("  - ") for number in near)


@pytest.mark.slow  # reads all shipped rules
def test_a_headline_alone_is_read_as_one():
    answer = run("rules", "match", "Incendiary device burns ballots in Vancouver drop box").stdout
    assert "drop-boxes-attacked (high) catches it as a headline" in answer


def test_the_name_of_a_file_stands_for_the_text_in_it(rules, tmp_path):
    file = tmp_path / "found.txt"
    words = "Quiet night\n\nOne ballot was stolen at dawn.\n"
    file.write_text(words, encoding="utf-8")

    by_name = run("rules", "match", "--rules", rules, str(file))
    piped = run("rules", "match", "--rules", rules, "-", text=words)

    assert by_name.exit_code == piped.exit_code == 0
    assert "catches it as a whole article" in by_name.stdout
    assert piped.stdout == by_name.stdout


def test_each_text_of_a_file_of_json_lines_is_told_by_its_id(rules, tmp_path):
    many = tmp_path / "many.jsonl"
    many.write_text(
        '{"id": 7, "title": "Rain", "text": "More of it."}\n{"title": "", "text": "One ballot was stolen."}\n',
        encoding="utf-8",
    )

    answer = run("rules", "match", "--rules", rules, str(many))
    lines = run("rules", "match", "--rules", rules, "--json", str(many)).stdout.splitlines()

    assert answer.exit_code == 0
    first, second = answer.stdout.split("\n\n")
    assert first.splitlines()[:2] == ["7: Rain", "no rule catches this whole article"]
    assert second.splitlines()[0] == f"{many}:2: One ballot was stolen."
    assert "mine (high) catches it" in second
    assert [[hit["rule"] for hit in json.loads(line)["hits"]] for line in lines] == [[], ["mine"]]


def test_with_lines_each_line_is_a_text_of_its_own(rules, tmp_path):
    headlines = tmp_path / "headlines.txt"
    headlines.write_text("Rain is expected\n\nOne ballot was stolen\n", encoding="utf-8")

    answer = run("rules", "match", "--rules", rules, "--lines", "--json", str(headlines))
    nothing = run("rules", "match", "--rules", rules, "--lines", "-", text="Rain\nSun\n")
    missing = run("rules", "match", "--rules", rules, "--lines", str(tmp_path / "none.txt"))

    items = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(item["id"], len(item["hits"])) for item in items] == [
        (f"{headlines}:1", 0),
        (f"{headlines}:3", 1),
    ]
    assert nothing.exit_code == 1
    assert "there is no file" in missing.stderr


def test_a_line_that_is_no_text_is_named(rules, tmp_path):
    many = tmp_path / "many.jsonl"
    many.write_text('{"text": "a"}\n{"text": 5}\n', encoding="utf-8")

    refused = run("rules", "match", "--rules", rules, str(many))

    assert refused.exit_code == 2
    assert f"{many}:2: text must be text" in refused.stderr


def test_a_line_ends_where_it_is_broken_and_not_at_a_sign_within_json(rules, tmp_path):
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"text": "Rain.\u2028A stolen ballot."}\r\nRain\r\n', encoding="utf-8")
    answer = run("rules", "match", "--rules", rules, "--lines", lines)

    assert answer.exit_code == 0, answer.stderr
    assert f"{lines}:2: Rain\n" in answer.stdout
