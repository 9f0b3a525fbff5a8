"""The shipped ruleset keeps its promises: clean, complete, documented, quiet on other news."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bench.quality.flagged import FLAGGING, alarms, flags, possible
from bench.quality.labelled import Unlabelled, read_unlabelled
from commands.rules.group import command
from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.rules.lint.categories import SHIPPED_CATEGORIES
from matchers.rules.load import load_rules
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Rule

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules"
CATEGORIES = set(SHIPPED_CATEGORIES)
FILES = sorted(
    path.stem for path in RULES.glob("*.yaml")
)  # one test each: all rules at collection cost seconds


def readings(example: str) -> tuple[ArticleText, ...]:
    """As the loader reads an example: title and body, or one line that may be either."""
    title, _, body = example.partition("\n\n")
    return (ArticleText(title, body),) if body else (ArticleText(title), ArticleText(body=title))


def rule_hits(engine: Engine, rule: Rule, example: str) -> bool:
    """By itself, as a catch-all hits only where no sharper rule does."""
    (compiled,) = (compiled for compiled in engine.rules if compiled.rule.id == rule.id)
    return any(engine.holds(compiled, engine.evaluate(text)) for text in readings(example))


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules(RULES)


@pytest.fixture(scope="module")
def engine(ruleset: RuleSet) -> Engine:
    return compile_rules(ruleset)


def of_file(ruleset: RuleSet, name: str) -> list[Rule]:
    return [rule for rule in ruleset.rules if Path(rule.path).stem == name]


@pytest.mark.slow
def test_check_finds_nothing_to_say() -> None:
    result = CliRunner().invoke(command, ["check", str(RULES), "--strict"])

    assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_files_are_in_the_uniform_format() -> None:
    result = CliRunner().invoke(command, ["format", str(RULES), "--check"])

    assert result.exit_code == 0, result.output


def test_every_rule_stands_in_a_file_that_is_tried(ruleset: RuleSet) -> None:
    tried = [rule.id for name in FILES for rule in of_file(ruleset, name)]

    assert sorted(tried) == sorted(rule.id for rule in ruleset.rules)


@pytest.mark.parametrize("news", [
    "Ransomware attack knocks out county election office",
    "Bomb threat empties polling place",
    "Hackers breach voter registration database",
    "Ballot drop box set on fire",
    "Man charged with threatening to kill election workers",
    "Ciberataque tumba el sistema del organismo electoral",
    "Roban urnas y queman el material electoral de una casilla",
])  # fmt: skip
def test_no_word_of_another_contest_hides_what_happened_to_an_election(
    engine: Engine, news: str
) -> None:
    lists = yaml.safe_load((RULES / "terms" / "contexts.yaml").read_text())
    words = lists["otra_eleccion" if "electoral" in news else "other_contest"]
    headlines = [f"{news}: {word.strip('*')}" for word in words]

    assert len(words) > 20
    assert [line for line in headlines if not find_hits(engine, ArticleText(line))] == []


@pytest.mark.parametrize("name", FILES)
def test_rules_match_their_examples(ruleset: RuleSet, engine: Engine, name: str) -> None:
    for rule in of_file(ruleset, name):
        for example in rule.examples.match:
            assert rule_hits(engine, rule, example), f"{rule.id} misses: {example}"


@pytest.mark.parametrize("name", FILES)
def test_rules_ignore_their_near_misses(ruleset: RuleSet, engine: Engine, name: str) -> None:
    for rule in of_file(ruleset, name):
        for example in rule.examples.ignore:
            assert not rule_hits(engine, rule, example), f"{rule.id} matches: {example}"


@pytest.mark.parametrize("name", FILES)
def test_rules_are_documented(ruleset: RuleSet, name: str) -> None:
    for rule in of_file(ruleset, name):
        assert len(rule.description) >= 30, rule.id
        assert rule.references, rule.id
        assert all(reference.startswith("https://") for reference in rule.references), rule.id
        assert rule.false_positives, rule.id
        assert len(set(rule.examples.match)) >= 3, rule.id
        assert len(set(rule.examples.ignore)) >= 3, rule.id
        assert rule.category in CATEGORIES, rule.id


def test_every_category_has_a_rule_that_flags(ruleset: RuleSet) -> None:
    covered = {rule.category for rule in ruleset.rules if rule.severity in FLAGGING}

    assert covered == CATEGORIES


def test_ids_are_unique(ruleset: RuleSet) -> None:
    assert Counter(rule.id for rule in ruleset.rules).most_common(1)[0][1] == 1


def test_spanish_covers_the_main_subjects(ruleset: RuleSet) -> None:
    spanish = {rule.category for rule in ruleset.rules if rule.id.startswith("es-")}

    assert spanish >= {
        "infrastructure-cyber",
        "physical-security",
        "foreign-interference",
        "disinformation",
        "voter-registration",
        "voting-equipment",
    }


POSITIVES = tuple(read_unlabelled(HERE / "positives.txt"))


# How many of a list the rules must find. The items of recent kinds are mostly bare headlines, and
# some say too little without a summary.
LEAST_FOUND = {"positives": 0.95, "positives_spanish": 0.95, "positives_recent": 0.85}


@pytest.mark.slow
@pytest.mark.parametrize("name", LEAST_FOUND)
def test_rules_find_the_positives(engine: Engine, name: str) -> None:
    items = tuple(read_unlabelled(HERE / f"{name}.txt"))
    missed = [item.title for item in items if not possible(engine, text_of(item))]

    assert len(items) >= 130
    assert len(missed) <= (1 - LEAST_FOUND[name]) * len(items), missed


@pytest.mark.slow
def test_most_positives_are_relevant_enough_to_be_flagged(engine: Engine) -> None:
    """One line says little; of these, nothing but the words tells what an analyst wants."""
    unlikely = [item.title for item in POSITIVES if not flags(engine, text_of(item))]

    assert len(unlikely) <= 0.2 * len(POSITIVES), unlikely


@pytest.mark.slow
@pytest.mark.parametrize("name", ["near_misses", "near_misses_spanish", "near_misses_recent"])
def test_near_misses_are_few_and_unlikely(engine: Engine, name: str) -> None:
    """Rules alone aim at recall; what they flag in passing is for relevance to sort out.

    Most of these are bare headlines, which are shown when a rule hits them: four in five such
    headlines of labelled texts are wanted, and these were written to be the fifth.
    """
    items = tuple(read_unlabelled(HERE / f"{name}.txt"))
    by_rules = [item.title for item in items if possible(engine, text_of(item))]
    text_count, flagged = alarms(engine, items)

    assert text_count >= 130
    assert len(by_rules) <= 0.1 * text_count, by_rules
    assert len(flagged) <= 0.035 * text_count, [
        (item.item.title, [hit.rule_id for hit in item.hits]) for item in flagged
    ]


@pytest.mark.slow
def test_relevance_tells_spanish_politics_from_danger(engine: Engine) -> None:
    """Rules hit a third of these; the weights have seen them, and must not forget them."""
    relevant = tuple(read_unlabelled(HERE / "positives_spanish_politics.txt"))
    text_count, flagged = alarms(engine, read_unlabelled(HERE / "near_misses_spanish_politics.txt"))

    assert sum(bool(flags(engine, text_of(item))) for item in relevant) >= 0.5 * len(relevant)
    assert len(flagged) <= 0.04 * text_count, [item.item.title for item in flagged]


def text_of(item: Unlabelled) -> ArticleText:
    return ArticleText(title=item.title, body=item.text)
