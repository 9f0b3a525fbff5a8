"""Every example of rules/README.md is true."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.rules.group import command
from matchers.engine.engine import Engine, find_hits
from matchers.query.parser import parse_query
from matchers.rules.load import load_rules
from matchers.text.article_text import ArticleText
from model import Examples, Rule

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
MANUAL = (RULES / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)
RULE_BLOCKS = [text for language, text in BLOCKS if language == "yaml"]
FOUND, WHY, MISSED, WHY_NOT = (text for language, text in BLOCKS if language == "text")
LIST_BLOCKS = [text for language, text in BLOCKS if language == "list"]
LANGUAGE = MANUAL.split("| query | finds | does not find |")[1].split("\n\n")[0]
ROW = re.compile(r"^\| `([^`]+)` \| ([^|`]+) \| ([^|`]+) \|$", re.MULTILINE)


def folder(path: Path, text: str) -> Path:
    """A folder of rules with one file, and with the shipped word lists where it names any."""
    if "$" in text:
        shutil.copytree(RULES / "terms", path / "terms")
    path.mkdir(exist_ok=True)
    (path / "own.yaml").write_text(text, encoding="utf-8")
    return path


def matches(query: str, text: str) -> bool:
    rule = Rule("row", "Row", "low", "test", query, Examples((), ()))
    engine = Engine([(rule, parse_query(query).node, None)])
    return any(
        find_hits(engine, article) for article in (ArticleText(title=text), ArticleText(body=text))
    )


@pytest.mark.parametrize("block", RULE_BLOCKS)
def test_rule_loads_and_holds_its_examples(block: str, tmp_path: Path) -> None:
    assert len(load_rules(folder(tmp_path / "rules", block)).rules) == 1


@pytest.mark.parametrize("block", LIST_BLOCKS)
def test_word_list_of_the_manual_can_be_used(block: str, tmp_path: Path) -> None:
    home = folder(tmp_path / "rules", RULE_BLOCKS[0].replace("missing)", "missing OR $my_town)"))
    (home / "terms" / "my-lists.yaml").write_text(block, encoding="utf-8")

    assert len(load_rules(home).rules) == 1


@pytest.mark.parametrize(("query", "finds", "misses"), ROW.findall(LANGUAGE))
def test_row_of_the_language_table(query: str, finds: str, misses: str) -> None:
    assert matches(query, finds)
    assert not matches(query, misses)


def test_table_of_the_language_was_found() -> None:
    assert len(ROW.findall(LANGUAGE)) >= 15


@pytest.mark.parametrize(
    ("action", "text", "answer"), [("why", FOUND, WHY), ("why-not", MISSED, WHY_NOT)]
)
def test_explanations_are_as_shown(action: str, text: str, answer: str, tmp_path: Path) -> None:
    rules = folder(tmp_path / "rules", RULE_BLOCKS[0])
    saved = tmp_path / "text.txt"
    saved.write_text(text, encoding="utf-8")

    result = CliRunner().invoke(
        command, [action, "ballot-theft", str(saved), "--rules", str(rules)]
    )

    for line in answer.splitlines():
        assert line in result.output


@pytest.mark.slow
def test_answer_of_check_after_adding_the_first_rule(tmp_path: Path) -> None:
    shown = re.search(r"`(\d+ rules and \d+ examples read, 0 errors, 0 warnings)`", MANUAL)
    shutil.copytree(RULES, tmp_path / "rules")
    (tmp_path / "rules" / "my-rules.yaml").write_text(RULE_BLOCKS[0], encoding="utf-8")

    result = CliRunner().invoke(command, ["check", str(tmp_path / "rules")])

    assert shown is not None
    assert shown[1] in result.output


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`\$(\w+)`", MANUAL)) - {"name", "my_town"})
)
def test_list_named_in_the_manual_exists(name: str) -> None:
    lists = "\n".join(path.read_text(encoding="utf-8") for path in RULES.glob("terms/*.yaml"))

    assert re.search(rf"^{name}:$", lists, re.MULTILINE)


@pytest.mark.slow
def test_all_lists_are_named_as_the_command_prints_them() -> None:
    printed = CliRunner().invoke(command, ["lists", "--rules", str(RULES)]).output

    shown = re.findall(r"^- (`[\w-]+\.yaml` \(\d+ lists?\): .*)$", MANUAL, re.MULTILINE)
    assert shown == printed.splitlines(), "copy the output of ./pollwatch rules lists into the page"
    assert "`spanish.yaml`" in printed


@pytest.mark.slow
def test_words_of_one_list_are_printed() -> None:
    result = CliRunner().invoke(command, ["lists", "$drop_box", "--rules", str(RULES)])
    misspelt = CliRunner().invoke(command, ["lists", "drop_bx", "--rules", str(RULES)])

    assert '"ballot drop-box"' in result.output
    assert misspelt.exit_code == 2
    assert "did you mean $drop_box?" in misspelt.output


@pytest.mark.parametrize("path", sorted(RULES.glob("*.yaml")), ids=lambda path: path.name)
def test_file_is_in_the_table_of_what_is_shipped(path: Path) -> None:
    assert f"`{path.name}`" in MANUAL.replace("in `spanish.yaml`", "`spanish.yaml`")


@pytest.mark.parametrize("words", ["ballot fraud", "vot*"])
def test_what_the_manual_calls_an_error_is_one(words: str) -> None:
    with pytest.raises(Exception, match=r"operator is missing|shorter than 4"):
        parse_query(words)
