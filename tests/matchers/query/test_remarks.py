"""What is legal and was probably meant otherwise: said with its place, and never refused."""

import json
from pathlib import Path

import pytest

from matchers.query.parser import parse_query
from matchers.rules.lint.lint import lint
from matchers.rules.load import load_folder


def remarks(query: str) -> list[str]:
    return [
        f"{query[remark.start : remark.end]}: {remark.why}" for remark in parse_query(query).remarks
    ]


@pytest.mark.parametrize(
    "query",
    [
        '"white powder" OR fentanyl NEAR/5 election',
        "election NEAR/5 fentanyl OR powder",
        "vote OR (powder OR fentanyl NEAR/5 election)",
    ],
)
def test_a_word_beside_or_and_near_is_told_what_binds_first(query: str) -> None:
    (remark,) = remarks(query)

    assert (
        remark == "NEAR/5: OR and NEAR/5 stand side by side without parentheses; NEAR/5 binds first"
    )


@pytest.mark.parametrize(
    "query",
    [
        '("white powder" OR fentanyl) NEAR/5 election',
        '"white powder" OR (fentanyl NEAR/5 election)',
        "powder NEAR/5 election OR fentanyl NEAR/5 election",
        '"white powder" OR (fentanyl OR ricin) NEAR/5 election',
        "title:(drones OR ballots)",
        "ballots OR title:drones",
        "title:drones OR title:ballots",
        "title:drones OR (ballots SENTENCE drones)",
    ],
)
def test_what_reads_as_it_is_written_gets_no_remark(query: str) -> None:
    assert remarks(query) == []


def test_a_field_of_one_word_is_told_that_it_ends_there() -> None:
    assert remarks("title:drones OR ballots") == [
        "title:: title: covers drones alone, and not what follows OR"
    ]


def warnings(folder: Path, query: str) -> list[str]:
    (folder / "own.yaml").write_text(
        f"rules:\n  - id: own\n    title: Own\n    severity: high\n    category: disinformation\n    query: {query}\n"
        "    examples:\n      match: [drones by the river]\n      ignore: [Rain]\n",
        "utf-8",
    )
    return [str(fault) for fault in lint(load_folder(folder))]


def test_a_word_that_nearly_every_text_holds_is_named(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, "drones OR the")

    assert "own.yaml:6:22" in warning
    assert "nearly every text holds the" in warning
    assert warnings(tmp_path, "drones OR ballots") == []
    assert warnings(tmp_path, "drones AND (by OR the)") != []


def test_a_name_that_changed_is_told_unless_the_new_one_is_there_too(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, "drones OR (Dominion AND hack*)")

    assert "Dominion is called Liberty Vote today" in warning
    assert warnings(tmp_path, 'drones OR ((Dominion OR "Liberty Vote") AND hack*)') == []


def test_lines_without_an_election_are_named_when_asked(tmp_path: Path) -> None:
    concepts = {"vote": ["vote*", "ballot*"], "election": ["election*"], "attack": ["hack*"]}
    (tmp_path / "relevance.json").write_text(
        json.dumps({"threshold": 0.5, "bias": 0.0, "concepts": concepts}), "utf-8"
    )
    warnings(
        tmp_path, "(drones NEAR/5 river) OR (drones AND (ballots OR hack*)) OR (hack* AND NOT vote)"
    )

    lines = [
        str(remark).split("query: ")[1].split(" names")[0]
        for remark in lint(load_folder(tmp_path), meaning=True)
    ]

    assert lines == ["drones NEAR/5 river", "hack* AND NOT vote"]
    assert lint(load_folder(tmp_path)) == []

    own = tmp_path / "own.yaml"
    german = own.read_text("utf-8").replace("    query:", "    languages: [de]\n    query:", 1)
    own.write_text(german, "utf-8")
    assert "languages" in german
    assert lint(load_folder(tmp_path), meaning=True) == []  # the concepts know no German
