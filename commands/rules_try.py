"""`pollwatch rules try`."""

import json
from pathlib import Path

import click

from commands.places import RULES
from commands.rules_shared import load_leniently, rule_or_exit, sources
from commands.rules_why import marked
from matchers.engine import compile_one, find_hits
from matchers.explaining import evidence_json
from model import Evidence, Hit


@click.command(
    "try", epilog="Example: ./pollwatch rules try voter-data-breach --db data/pollwatch.db"
)
@click.argument("rule_id", metavar="RULE")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule file or folder.")  # fmt: skip
@click.option("--db", type=click.Path(path_type=Path), help="Try on the archive of this database.")
@click.option("--article", type=int, help="With --db: only the article of this number.")
@click.option("--limit", type=int, default=50, show_default=True, help="Show at most so many hits.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each hit.")
@click.pass_context
def try_rule(
    ctx: click.Context,
    rule_id: str,
    files: tuple[str, ...],
    rules: Path,
    db: Path | None,
    article: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Run RULE, enabled or not, against texts or the archive, and show the sentences that it hits.

    FILE is plain text or JSON lines {"title", "text", …}. The exit code is 1 when nothing matches.
    """
    ruleset = load_leniently(rules)
    rule_or_exit(ruleset, rule_id)
    engine = compile_one(ruleset, rule_id)
    seen = hits = 0
    for name, text in sources(files, db, article):
        seen += 1
        for hit in find_hits(engine, text):
            hits += 1
            if hits <= limit:
                show(name, hit, as_json)
    if not as_json:
        click.echo(f"{hits} of {seen} texts match {rule_id}")
    ctx.exit(0 if hits else 1)


def show(name: str, hit: Hit, as_json: bool) -> None:
    if as_json:
        evidence = [evidence_json(one) for one in hit.evidence]
        click.echo(json.dumps({"id": name, "score": hit.score, "snippet": hit.snippet, "evidence": evidence}))  # fmt: skip
        return
    start, end = hit.snippet_start, hit.snippet_start + len(hit.snippet)
    inside = [
        Evidence(one.field, one.start - start, one.end - start, one.text, one.clause)
        for one in hit.evidence
        if one.field == hit.snippet_field and start <= one.start and one.end <= end
    ]
    click.echo(f"{name}  {hit.score:.2f}  {marked(hit.snippet, inside)}")
