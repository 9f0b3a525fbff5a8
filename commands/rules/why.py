"""`pollwatch rules why` and `why-not`."""

import json
from collections.abc import Iterable
from dataclasses import replace

import click

from commands.rules.rules_and_texts import (
    RuleAndTexts,
    given_texts,
    read_leniently,
    rule_or_exit,
    takes_texts,
)
from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.explain.explain import ExplainedClause, Explanation, explain, explanation_json
from matchers.relevance.explanation import relevance_in_words
from matchers.rules.load import Loaded
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Evidence, Hit

BRACKETS = ("[", "]")
PLAIN_NODES = {"TERM", "PHRASE", "LIST"}  # alternatives of one word each need no line of their own
EXCLUSIONS = {"UNLESS": "not excluded by unless:", "NOT": "NOT"}
LONGEST_SHOWN_QUERY = 100  # characters of a query shown beside a reason


@click.command(
    epilog='Example: echo "Voter data leaked." | ./pollwatch rules why voter-data-breach -'
)
@takes_texts("One JSON object for each text.")
@click.pass_context
def why(ctx: click.Context, chosen: RuleAndTexts, as_json: bool) -> None:
    """Show clause by clause what RULE finds in a text, with the passages marked.

    FILE is plain text (first line: the title when a blank line follows it) or JSON lines
    {"title", "text", …}. Without one, the rule's own examples are explained: those that it matches
    and should ignore, or else those that it should match. The exit code is 0 when every text
    matches, else 1.
    """
    explain_texts(ctx, chosen, as_json, missing=False)


@click.command(epilog="Example: ./pollwatch rules why-not voter-data-breach article.txt")
@takes_texts("One JSON object for each text.")
@click.pass_context
def why_not(ctx: click.Context, chosen: RuleAndTexts, as_json: bool) -> None:
    """Show which clauses of RULE fail in a text, and what came nearest.

    Without a FILE, the rule's own examples are explained: those that it should match and does not,
    or else those that it ignores. The exit code is 0 when no text matches, else 1.
    """
    explain_texts(ctx, chosen, as_json, missing=True)


def explain_texts(
    ctx: click.Context, chosen: RuleAndTexts, as_json: bool, *, missing: bool
) -> None:
    rule_id, loaded = chosen.rule_id, read_leniently(chosen.rules)
    rule = rule_or_exit(loaded.rules, rule_id, loaded.faults)
    if chosen.db is not None and chosen.article is None:
        raise click.UsageError("--db needs --article, a number or an address; rules try shows them")
    texts = (
        given_texts(chosen)
        if chosen.files or chosen.db or chosen.article
        else own_texts(loaded, rule_id, missing=missing)
    )
    as_wanted = True
    engine = compile_rules(loaded.rules)
    for name, text in texts:
        explanation, text = explained(loaded.rules, rule_id, text)
        as_wanted = as_wanted and explanation.held != missing
        hit = hit_of(engine, rule_id, text) if explanation.held else None
        if as_json:
            click.echo(
                json.dumps({"id": name, **explanation_json(explanation), **relevance_json(hit)})
            )
        elif missing:
            show_reasons(name, explanation)
        else:
            print_explanation(name, explanation, text, hit)
        if explanation.held and rule.catch_all and not as_json:
            click.echo("A catch-all: it makes a hit only where no sharper rule does.")
    ctx.exit(0 if as_wanted else 1)


def own_texts(loaded: Loaded, rule_id: str, *, missing: bool) -> list[tuple[str, ArticleText]]:
    """The examples to explain: those that fail, or else those that hold."""
    draft = next(candidate for candidate in loaded.drafts if candidate.id == rule_id)
    failing, holding = ("match", "ignore") if missing else ("ignore", "match")
    for kind in (failing, holding):
        texts = [
            (f"{draft.document.path}:{node.start_mark.line + 1} {kind}", example_text(text))
            for text, node in draft.examples[kind]
        ]
        fitting = [
            (name, text)
            for name, text in texts
            if explained(loaded.rules, rule_id, text)[0].held != missing
        ]
        if fitting:
            return fitting
    return []


def example_text(text: ArticleText) -> ArticleText:
    """An example of one line may be a headline or a body."""
    return text if text.body else replace(text, title="", body=text.title)


def explained(ruleset: RuleSet, rule_id: str, text: ArticleText) -> tuple[Explanation, ArticleText]:
    """One line without a title may be a headline or a body, as in a rule's examples."""
    explanation = explain(ruleset, rule_id, text)
    if explanation.held or text.title or "\n" in text.body.strip():
        return explanation, text
    headline = replace(text, title=text.body.strip(), body="")
    other = explain(ruleset, rule_id, headline)
    return (other, headline) if other.held or "title:" in other.clause.text else (explanation, text)


def show_reasons(name: str, explanation: Explanation) -> None:
    if explanation.held:
        click.echo(f"{name}: {explanation.rule_id} matches; nothing failed")
        return
    click.echo(f"{name}: {explanation.rule_id} does not match")
    for line in missing_lines(explanation.clause, 1):
        click.echo(line)


def missing_lines(clause: ExplainedClause, depth: int) -> Iterable[str]:
    """What failed: of AND each failing part, of alternatives each one, with what came nearest."""
    if clause.held:
        return
    bullet = "  " * depth + "- "
    nested = clause.op == "OR" and any(part.op not in PLAIN_NODES for part in clause.clauses)
    if clause.op in ("AND", "RULE"):
        for part in clause.clauses:
            yield from missing_lines(part, depth)
    elif nested:
        yield f"{bullet}none of {len(clause.clauses)} alternatives holds:"
        for number, part in enumerate(clause.clauses, 1):
            if part.clauses and part.op != "LIST":
                yield f"{'  ' * (depth + 1)}{number}. {short_line(part.text)}"
                yield from missing_lines(part, depth + 2)
            else:
                yield f"{'  ' * (depth + 1)}{number}. {short_line(part.text)}: {part.nearest}"
    else:
        why = clause.nearest or "does not hold"
        yield f"{bullet}{'unless: ' if clause.op == 'UNLESS' else ''}{short_line(clause.text)}: {why}"


def short_line(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN_QUERY else f"{text[: LONGEST_SHOWN_QUERY - 1]}…"


def hit_of(engine: Engine, rule_id: str, text: ArticleText) -> Hit | None:
    """The rule's hit beside those of all enabled rules, since these count in its relevance."""
    return next((hit for hit in find_hits(engine, text) if hit.rule_id == rule_id), None)


def relevance_json(hit: Hit | None) -> dict[str, object]:
    if hit is None or not hit.weights_sha256:
        return {}
    return {
        "relevance": hit.relevance,
        "relevance_parts": [list(part) for part in hit.relevance_parts],
        "weights_sha256": hit.weights_sha256,
    }


def print_explanation(
    name: str, explanation: Explanation, text: ArticleText, hit: Hit | None
) -> None:
    verb = "matches" if explanation.held else "does not match"
    click.echo(f"{name}: {explanation.rule_id} {verb}")
    if hit is not None and hit.weights_sha256:
        click.echo(f"  relevance {relevance_in_words(hit.relevance, hit.relevance_parts)}")
    for line in tree_lines(explanation.clause, 1):
        click.echo(line)
    for field, value in (
        ("title", text.title),
        ("body", text.body),
        ("summary", text.summary),
    ):
        evidence = [passage for passage in explanation.evidence if passage.field == field]
        if evidence:
            click.echo(f"\n{field}: {telling_paragraphs(value, evidence)}")


def tree_lines(clause: ExplainedClause, depth: int) -> Iterable[str]:
    if clause.op == "RULE":
        for part in clause.clauses:
            yield from tree_lines(part, depth)
        return
    sign = click.style("yes", fg="green") if clause.held else click.style("no ", fg="red")
    passages = ", ".join(dict.fromkeys(passage.text for passage in clause.evidence[:8]))
    detail = f"  → {passages}" if passages else ""
    if clause.nearest:
        detail += f"  ({clause.nearest})"
    yield f"{'  ' * depth}{sign} {clause_line(clause)}{detail}".rstrip()
    for part in clause.clauses:
        yield from tree_lines(part, depth + 1)


def clause_line(clause: ExplainedClause) -> str:
    """A clause in one line: a group by its operator, for its parts follow."""
    if clause.op in EXCLUSIONS:
        return f"{EXCLUSIONS[clause.op]} {short_line(clause.text)}"
    if clause.op == "LANGUAGES":
        return f"languages {clause.text}"
    return clause.op if clause.clauses and clause.op != "LIST" else short_line(clause.text)


def telling_paragraphs(text: str, evidence: list[Evidence]) -> str:
    """The paragraphs that hold evidence, marked; … for what stands between them."""
    out: list[str] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        inside = [
            replace(
                passage,
                start=max(0, passage.start - start),
                end=min(len(line), passage.end - start),
            )
            for passage in evidence
            if passage.start < end and passage.end > start
        ]
        if inside:
            out.append(marked_text(line, inside))
        elif line and out[-1:] != ["…"]:
            out.append("…")
        start = end + 1
    return "\n".join(out)


def marked_text(text: str, evidence: Iterable[Evidence]) -> str:
    """The text with its evidence set off; overlapping passages become one."""
    out, position = "", 0
    spans: list[list[int]] = []
    for passage in sorted(evidence, key=lambda passage: passage.start):
        if spans and passage.start < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], passage.end)
        else:
            spans.append([passage.start, passage.end])
    for start, end in spans:
        middle = click.style(BRACKETS[0] + text[start:end] + BRACKETS[1], bold=True, fg="yellow")
        out += text[position:start] + middle
        position = end
    return out + text[position:]
