"""`pollwatch rules match`: which rules catch a sentence or two, and which nearly."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from commands.match import how_telling
from commands.rules.rules_and_texts import (
    load_leniently,
    no_file,
    texts_by_line,
    texts_of_file,
)
from commands.shared.faults import CommandFailed
from commands.shared.shared_options import RULES
from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.explain.explain import explain
from matchers.explain.nearest_rules import nearest_rules
from matchers.relevance.explanation import relevance_in_words
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Hit

HEADING = 100  # characters of a text that name it


@click.command(epilog='Example: ./pollwatch rules match "Drones seen over the counting hall"')
@click.argument("text")
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule file or folder.")  # fmt: skip
@click.option("--lines", "by_lines", is_flag=True, help="Each line of the file is a text of its own.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each text.")
@click.pass_context
def match_text(ctx: click.Context, text: str, rules: Path, by_lines: bool, as_json: bool) -> None:
    """Show which rules match TEXT, and which nearly do.

    TEXT is read as a headline and, again, as the beginning of an article; the reading that more rules
    match, or else makes it more relevant, is shown. The name of a file, or - for standard input, stands
    for what is in it: one text, of which the first line is the headline where a blank line follows, or
    a JSON object a line, {"title", "text"}, or with --lines a headline or sentence a line. The exit
    code is 0 when a rule matches one of them, else 1.
    """
    texts = texts_to_match(text, by_lines=by_lines)
    ruleset = load_leniently(rules)
    engine = compile_rules(ruleset)
    matched = False
    for number, (name, text_given) in enumerate(texts):
        answer = text_hits(ruleset, engine, text_given)
        matched |= bool(answer.hits)
        if as_json:
            numbered = {"id": name} if len(texts) > 1 else {}
            click.echo(json.dumps(numbered | as_item(answer.hits, answer.near)))
            continue
        if len(texts) > 1:
            click.echo(("\n" if number else "") + named_text(name, text_given))
        for line in (*match_lines(answer.hits, answer.near, answer.kind), *answer.exclusions):
            click.echo(line)
    ctx.exit(0 if matched else 1)


@dataclass(frozen=True, slots=True)
class TextHits:
    """What the rules say of one text, in the more telling of its readings."""

    kind: str  # of reading: "text", "headline" or "whole article"
    hits: tuple[Hit, ...]
    near: list[tuple[str, tuple[str, ...]]]  # rules that nearly match, and what they lack
    exclusions: list[str]


def text_hits(ruleset: RuleSet, engine: Engine, text: ArticleText) -> TextHits:
    headline = ArticleText(title=text.body)
    one_line = not text.title and "\n" not in text.body.strip()
    readings = (text, headline) if one_line else (text,)
    best = max(readings, key=lambda reading: how_telling(find_hits(engine, reading)))
    hits = find_hits(engine, best)
    near = nearest_rules(ruleset, engine, best, {hit.rule_id for hit in hits})
    kind = "whole article" if text.title else "headline" if best.title else "text"
    excluded = exclusions(ruleset, hits, headline) if one_line and kind == "text" else []
    return TextHits(kind, hits, near, excluded)


def named_text(name: str, text: ArticleText) -> str:
    return f"{name}: {cut_to_heading(text.title or text.body)}"


def cut_to_heading(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= HEADING else f"{line[: HEADING - 1]}…"


def texts_to_match(text: str, *, by_lines: bool) -> list[tuple[str, ArticleText]]:
    """What was typed, or the texts of the file that it names, each with its name; `-` is standard input.

    Raises CommandFailed for a file without a text, and for none where lines are asked for.
    """
    if text != "-" and not is_file(text):
        if by_lines:
            raise CommandFailed(no_file(text))
        return [("", ArticleText(body=text))]
    texts = list(texts_by_line(text) if by_lines else texts_of_file(text))
    if not texts:
        raise CommandFailed(f"{text} holds no text")
    return texts


def is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
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
