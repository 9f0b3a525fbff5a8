"""`pollwatch rules try`."""

import json
from typing import Any

import click

from commands.rules.rules_and_texts import (
    RuleAndTexts,
    given_texts,
    read_leniently,
    rule_or_exit,
    takes_texts,
)
from commands.rules.why import marked_text
from matchers.engine.engine import compile_one, find_hits
from matchers.explain.explain import evidence_json
from matchers.text.article_text import ArticleText
from model import Evidence, Hit
from model.plurals import count_of


@click.command(
    "try", epilog="Example: ./pollwatch rules try voter-data-breach --db data/pollwatch.db"
)
@takes_texts("One JSON object for each hit.")
@click.option(
    "--limit", type=int, default=50, show_default=True, help="Show at most this many hits."
)
@click.pass_context
def try_rule(ctx: click.Context, chosen: RuleAndTexts, limit: int, as_json: bool) -> None:
    """Run RULE, enabled or not, against texts or the archive, and show the sentences that it hits.

    FILE is plain text or JSON lines {"title", "text", …}. The exit code is 1 when nothing matches.
    """
    loaded = read_leniently(chosen.rules)
    ruleset = loaded.rules
    rule_or_exit(ruleset, chosen.rule_id, loaded.faults)
    engine = compile_one(ruleset, chosen.rule_id)
    texts = hits = 0
    for name, text in given_texts(chosen):
        texts += 1
        for hit in find_hits(engine, text):
            hits += 1
            if hits <= limit:
                print_hit(name, text, hit, as_json=as_json)
    if not as_json:
        verb = "matches" if texts == 1 else "match"
        click.echo(f"{hits} of {count_of(texts, 'text')} {verb} {chosen.rule_id}")
    ctx.exit(0 if hits else 1)


def print_hit(name: str, text: ArticleText, hit: Hit, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(hit_json(name, text, hit)))
        return
    start, end = hit.snippet_start, hit.snippet_start + len(hit.snippet)
    inside = [
        Evidence(
            passage.field, passage.start - start, passage.end - start, passage.text, passage.clause
        )
        for passage in hit.evidence
        if passage.field == hit.snippet_field and start <= passage.start and passage.end <= end
    ]
    passage = marked_text(hit.snippet, inside)
    title = passage if hit.snippet_field == "title" else text.title
    click.echo(f"{name}  {hit.score:.2f}  {title}".rstrip())
    if hit.snippet_field != "title":
        click.echo(f"    {passage}")
    if text.url:
        click.echo(f"    {text.url}")


def hit_json(name: str, text: ArticleText, hit: Hit) -> dict[str, Any]:
    return {
        "id": name,
        "title": text.title,
        "url": text.url,
        "score": hit.score,
        "snippet": hit.snippet,
        "evidence": [evidence_json(passage) for passage in hit.evidence],
    }
