"""The commands for matching and for rule authors, run as processes are: through click."""

import json

import pytest
from click.testing import CliRunner

from cli import main
from tests.matchers.rules.test_load import GOOD, TERMS


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "lists.yaml").write_text(TERMS, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def run(*arguments, text=None):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=text)


def test_match_answers_line_by_line(folder):
    lines = '{"id": 7, "title": "T", "text": "Hackers changed a ballot \\ud800."}\n\nnope\n{"id": 8}\n[1]\n{"id": 9, "text": 3}\n'

    done = run("match", "--rules", folder, "-", text=lines)

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [answer["id"] for answer in answers] == [7, None, 8, None, 9]
    assert answers[0]["hits"][0]["rule"] == "ballots-hacked"
    assert answers[0]["hits"][0]["evidence"][0] == {
        "field": "body", "start": 0, "end": 7, "text": "Hackers", "clause": "hack*",
    }  # fmt: skip
    assert (answers[1]["line"], answers[3]["line"], answers[4]["error"]) == (
        3,
        5,
        "text must be text",
    )
    assert answers[2]["hits"] == []


@pytest.mark.parametrize(("text", "places"), [
    ("Hackers changed a ballot.", [("body", 0, 7), ("body", 18, 24)]),
    ("Vote hacked\n\nHackers, said Roe, changed\na ballot.\n", [("body", 0, 7), ("body", 29, 35)]),
    ("Quiet night\n\nHackers changed a ballot.\nOf course.", [("body", 0, 7), ("body", 18, 24)]),
    ("\ufeffHacked ballot", [("body", 0, 6), ("body", 7, 13)]),
])  # fmt: skip
def test_match_takes_plain_text_as_one_text(folder, text, places):
    done = run("match", "--rules", folder, "-", text=text)

    (answer,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    evidence = [
        (e["field"], e["start"], e["end"]) for hit in answer["hits"] for e in hit["evidence"]
    ]
    assert evidence == places


def test_match_says_when_there_are_no_weights(folder):
    done = run("match", "--rules", folder, "-", text="Hacked ballot")

    assert f"{folder / 'relevance.json'} is missing, so every relevance is 1" in done.stderr
    assert f"{folder / 'relevance.json'} is missing" in run("rules", "check", folder).stderr


def test_json_lines_may_begin_with_a_byte_order_mark(folder):
    line = '\ufeff{"id": 1, "text": "Hackers changed a ballot."}'

    done = run("match", "--rules", folder, "-", text=line)

    assert json.loads(done.stdout)["hits"][0]["rule"] == "ballots-hacked"
    answer = run("rules", "why", "ballots-hacked", "--rules", folder, "--json", "-", text=line)
    assert json.loads(answer.stdout)["evidence"][0]["start"] == 0


def test_match_refuses_faulty_rules_without_a_traceback(folder):
    (folder / "rules.yaml").write_text(GOOD.replace("high", "top"), encoding="utf-8")

    done = run("match", "--rules", folder, "-", text="{}")

    assert done.exit_code == 2
    assert '"top" is not one of' in done.stderr


def test_check(folder):
    assert run("rules", "check", folder).exit_code == 0
    assert run("rules", "check", folder, "--strict").exit_code == 1
    data = json.loads(run("rules", "check", folder, "--json", "--strict").stdout)
    assert (data["rules"], data["errors"], len(data["warnings"])) == (1, [], 2)


def test_try_marks_what_was_found(folder):
    done = run(
        "rules",
        "try",
        "ballots-hacked",
        "--rules",
        folder,
        "-",
        text="First. Hackers changed a ballot.",
    )

    assert "[Hackers] changed a [ballot]" in done.stdout
    assert done.exit_code == 0
    assert run("rules", "try", "ballots-hacked", "--rules", folder, "-", text="x").exit_code == 1
    wrong = run("rules", "try", "ballot-hacked", "--rules", folder, "-", text="x")
    assert (wrong.exit_code, "did you mean ballots-hacked?" in wrong.stderr) == (2, True)


def test_why_and_why_not(folder):
    why = run(
        "rules", "why", "ballots-hacked", "--rules", folder, "-", text="Hackers changed a ballot."
    )
    assert (why.exit_code, "NEAR/5" in why.stdout, "[Hackers]" in why.stdout) == (0, True, True)

    text = "Hackers were here. Later on that day somebody counted a ballot."
    why_not = run("rules", "why-not", "ballots-hacked", "--rules", folder, "-", text=text)
    assert "words from" in why_not.stdout
    answer = run("rules", "why-not", "ballots-hacked", "--rules", folder, "-", "--json", text=text)
    assert json.loads(answer.stdout)["held"] is False


def test_why_not_tells_of_each_alternative(folder):
    query = "(title:ballot* NEAR/5 hack*) OR (ballot* AND breach*)"
    text = GOOD.replace("query: ", f"query: >-\n      {query}\n    description: ", 1)
    (folder / "rules.yaml").write_text(text, encoding="utf-8")

    answer = run(
        "rules", "why-not", "ballots-hacked", "--rules", folder, "-", text="Ballots arrived."
    )

    assert "none of 2 alternatives holds" in answer.stdout
    assert "1. title:ballot*" in answer.stdout
    assert "breach*: not in the text" in answer.stdout


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("\tquery: x", "no tabs"),
        ('    query: "poll books" AND hacked', "query: |"),
        ("   severity: low", "same column"),
        ("    query: headline:ballots", "write title:"),
    ],
)
def test_beginners_mistakes_are_named(folder, line, hint):
    start = "rules:\n  - id: mine\n    title: Mine\n"
    (folder / "rules.yaml").write_text(f"{start}{line}\n", encoding="utf-8")

    answer = run("rules", "check", folder)

    assert answer.exit_code == 2
    assert "rules.yaml:4:" in answer.stderr
    assert hint in answer.stderr
    assert "^" in answer.stderr


def test_trouble_with_files_is_told_without_the_usage(folder):
    for words in (("--db", folder / "none.db"), (folder,), (folder / "none.txt",)):
        answer = run("rules", "try", "ballots-hacked", "--rules", folder, *words)
        assert (answer.exit_code, "Usage" in answer.stderr) == (2, False)
        assert answer.stderr.startswith("pollwatch: ")


def test_new_list_format_schema(folder):
    assert "id: poll-books" in run("rules", "new", "Poll books").stdout
    assert "ballots-hacked" in run("rules", "list", "--rules", folder).stdout
    assert (
        json.loads(run("rules", "list", "--rules", folder, "--json").stdout)["severity"] == "high"
    )
    (folder / "rules.yaml").write_text(GOOD.replace("NEAR/5", "  NEAR/5  "), encoding="utf-8")
    assert run("rules", "format", folder, "--check").exit_code == 1
    assert run("rules", "format", folder).exit_code == 0
    assert run("rules", "format", folder, "--check").exit_code == 0
    assert json.loads(run("rules", "schema").stdout)["title"] == "Pollwatch rules"


@pytest.mark.parametrize(
    "name", ["check", "try", "why", "why-not", "new", "list", "format", "stats", "schema"]
)
def test_help_has_an_example(name):
    done = run("rules", name, "--help")

    assert (done.exit_code, "Example: " in done.stdout) == (0, True)


def test_missing_database_is_told_in_one_line(folder):
    for name in (["stats"], ["why", "ballots-hacked", "--rules", folder]):
        done = run("rules", *name, "--db", folder / "none.db")
        assert (done.exit_code, "Traceback" in done.output) == (2, False)


def test_no_color_is_obeyed(folder, monkeypatch):
    words = ["rules", "why", "ballots-hacked", "--rules", str(folder), "-"]
    assert "\x1b" in CliRunner().invoke(main, words, input="Nothing.", color=True).stdout

    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b" not in CliRunner().invoke(main, words, input="Nothing.", color=True).stdout


def test_match_tells_relevance_and_whether_a_text_is_flagged(folder):
    weights = {
        "threshold": 0.5, "bias": 0.0, "concepts": {}, "places": {},
        "words": {"dropbox": -9.0, "audit": 9.0},
    }  # fmt: skip
    (folder / "relevance.json").write_text(json.dumps(weights), encoding="utf-8")
    lines = "\n".join(
        json.dumps({"id": number, "text": text})
        for number, text in enumerate(
            ["Hackers changed a ballot; audit.", "Hackers changed a ballot on Dropbox.", "Rain."]
        )
    )

    likely, unlikely, nothing = map(
        json.loads, run("match", "--rules", folder, "-", text=lines).stdout.splitlines()
    )

    assert (likely["flagged"], unlikely["flagged"], nothing["flagged"]) == (True, False, False)
    assert likely["relevance"] == likely["hits"][0]["relevance"] > 0.8
    assert unlikely["relevance"] == unlikely["hits"][0]["relevance"] < 0.2
    assert nothing == {"id": 2, "title": "Rain.", "flagged": False, "hits": []}


def test_a_bare_paragraph_is_matched_under_its_opening_as_runs_read_it(tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text(HEADLINE_RULE, encoding="utf-8")
    paragraph = f"A ballot was stolen at noon. {'The clerk told the council of it. ' * 8}".strip()
    told = json.dumps({"id": 1, "text": paragraph})

    answer = json.loads(run("match", "--rules", rules, "-", text=told).stdout)
    why = run("rules", "why", "in-headlines", "--rules", rules, "-", text=told)

    assert answer["title"] == "A ballot was stolen at noon."
    assert [hit["rule"] for hit in answer["hits"]] == ["in-headlines"]
    assert answer["hits"][0]["evidence"][0]["field"] == "title"
    assert "in-headlines matches" in why.stdout
    assert "ballot was [stolen]" in why.stdout.replace("[ballot]", "ballot")


def test_a_paragraph_saved_as_plain_text_is_matched_the_same_way(tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text(HEADLINE_RULE, encoding="utf-8")
    paragraph = "A ballot was stolen at noon.\nThe clerk told the council of it."

    answer = json.loads(run("match", "--rules", rules, "-", text=paragraph).stdout)

    assert [hit["rule"] for hit in answer["hits"]] == ["in-headlines"]


HEADLINE_RULE = """\
rules:
  - id: in-headlines
    title: Stolen ballots in headlines
    severity: medium
    category: custody-and-insiders
    query: title:(ballot NEAR/3 stolen)
    examples:
      match: [A ballot was stolen]
      ignore: [Ballots are counted]
"""
