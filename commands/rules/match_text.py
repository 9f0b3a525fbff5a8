"""`pollwatch rules match`: which rules catch a sentence or two, and which nearly."""

import json
from pathlib import Path

import click

from commands.match import how_telling
from commands.output.faults import CommandFailed
from commands.output.shared_options import RULES
from commands.rules.rules_and_texts import load_leniently, texts_of_file
from matchers.engine.engine import compile_rules, find_hits
from matchers.explain.explain import explain
from matchers.explain.nearest_rules import nearest_rules
from matchers.relevance.explanation import relevance_in_words
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Hit


@click.command(epilog='Example: ./pollwatch rules match "Drones seen over the counting hall"')
@click.argument("text")
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule file or folder.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def match_text(ctx: click.Context, text: str, rules: Path, as_json: bool) -> None:
    """Show which rules match TEXT, and which nearly do.

    TEXT is read as a headline and, again, as the beginning of an article; the reading that more rules
    match, or else makes it more relevant, is shown. The name of a file, or - for standard input, stands
    for what is in it: its first line is the headline where a blank line follows. The exit code is 0 when
    a rule matches, else 1.
    """
    given = given_text(text)
    ruleset = load_leniently(rules)
    engine = compile_rules(ruleset)
    readings = (given,) if given.title else (given, ArticleText(title=given.body))
    best = max(readings, key=lambda reading: how_telling(find_hits(engine, reading)))
    hits = find_hits(engine, best)
    near = nearest_rules(ruleset, engine, best, {hit.rule_id for hit in hits})
    kind = "whole article" if given.title else "headline" if best.title else "text"
    if as_json:
        click.echo(json.dumps(as_item(hits, near)))
    else:
        for line in match_lines(hits, near, kind):
            click.echo(line)
        for line in exclusions(ruleset, hits, readings[-1]) if kind == "text" else []:
            click.echo(line)
    ctx.exit(0 if hits else 1)


def given_text(given: str) -> ArticleText:
    """What was typed, or the one text of the file that it names; `-` is standard input."""
    if given != "-" and not is_file(given):
        return ArticleText(body=given)
    texts = [text for _, text in texts_of_file(given)]
    if len(texts) != 1:
        raise CommandFailed(
            f"{given} holds {len(texts)} texts; ./pollwatch match {given} takes many"
        )
    return texts[0]


def is_file(given: str) -> bool:
    try:
        return Path(given).is_file()
    except (OSError, ValueError):  # too long for a name, or with a zero byte
        return False


def exclusions(rules: RuleSet, hits: tuple[Hit, ...], headline: ArticleText) -> list[str]:
    """What a run would find otherwise, were TEXT the headline: the rules that `unless` takes from it."""
    return [
        f"no hit of {hit.rule_id} where this is the headline: unless: {part.nearest}"
        for hit in hits
        for part in explain(rules, hit.rule_id, headline).clause.clauses
        if part.op == "UNLESS" and not part.held
    ]


def as_item(hits: tuple[Hit, ...], near: list[tuple[str, tuple[str, ...]]]) -> dict[str, object]:
    return {
        "hits": [
            {"rule": hit.rule_id, "severity": hit.severity, "relevance": hit.relevance}
            for hit in hits
        ],
        "nearly": [{"rule": rule, "reasons": list(reasons)} for rule, reasons in near],
    }


def match_lines(
    hits: tuple[Hit, ...], near: list[tuple[str, tuple[str, ...]]], kind: str
) -> list[str]:
    printed = [f"no rule catches this {kind}"] if not hits else []
    for hit in hits:
        passages = ", ".join(dict.fromkeys(passage.text for passage in hit.evidence[:6]))
        printed.append(f"{hit.rule_id} ({hit.severity}) catches it as a {kind}: {passages}")
        if hit.weights_sha256:
            printed.append(f"  relevance {relevance_in_words(hit.relevance, hit.relevance_parts)}")
    for rule, reasons in near:
        printed.append(f"nearly {rule}:")
        printed += [f"  - {reason}" for reason in reasons[:2]]
    return printed
