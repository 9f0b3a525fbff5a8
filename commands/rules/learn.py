"""`pollwatch rules learn`: the relevance of rules and clauses by the team's verdicts."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from commands.rules.learned import learned_before, rewrite
from commands.rules.rules_and_texts import every_text, load_or_exit
from commands.shared.faults import CommandFailed, faults_as_messages
from commands.shared.shared_options import RULES
from matchers.engine.engine import Engine, compile_rules, judged_facts
from matchers.relevance.learning import Corrections, HitJudgement, corrected, learn, unseen
from matchers.relevance.relevance import chance, flags
from matchers.relevance.weights import FILE, weights_path
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import ConfigError
from storage.database.errors import StorageError
from storage.queries.rules.figures import Precision, precision
from storage.queries.rules.judged import JudgedHit, judged_hits, verdicts_on_articles
from storage.store import Store

FEWEST_FOLDS = 10  # judged stories: with fewer, what was learned cannot be tried on others
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """What the corrections would change on the archive."""

    articles: int
    gained: tuple[tuple[int, str], ...]  # articles that would be flagged, with their titles
    lost: tuple[tuple[int, str], ...]


@click.command(epilog="Example: ./pollwatch rules learn --db data/pollwatch.db")
@click.option("--db", type=click.Path(path_type=Path), required=True, help="Database with verdicts.")  # fmt: skip
@click.option("--rules", "folder", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule folder.")  # fmt: skip
@click.option(
    "--threshold",
    type=float,
    help="Relevance from which a hit counts as shown; default: that of the weights.",
)
@click.option("--write", is_flag=True, help=f"Write {FILE}; nothing is changed without it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def learn_command(
    db: Path, folder: Path, threshold: float | None, write: bool, as_json: bool
) -> None:
    """Fit the relevance of each rule, and of each of its clauses, to the team's verdicts.

    A verdict on a story counts for the rules that it was shown for and that nobody struck off, in the
    version that hit; judged in Unlikely, for all that hit it. "Old news" and "wrong text" count
    against no rule. Ten verdicts move little, a thousand much; what was written before is not added
    again. Judge some of Unlikely too: a rule is raised only by what you confirm there, and what was
    seen in New can only lower it. Shows what would change on the archive, and the precision before
    and after, by verdicts that the fit had not seen. Run ./pollwatch rematch after writing.
    """
    path = weights_path(folder)
    before = path.read_bytes() if path.is_file() else b""
    rules = load_or_exit(folder)
    if rules.weights is None:
        raise CommandFailed(f"{folder} has no {FILE}: there is no relevance to correct")
    engine = compile_rules(rules)
    judged, verdict_of = read_judged(db)
    least = rules.weights.threshold if threshold is None else threshold
    earlier = corrections_before(path)
    judgements = tuple(judgements_of(engine, rules, judged, earlier))
    corrections = learn(judgements, least).kept_from(earlier)
    change = corrections.less(earlier)
    effect = effect_on(db, engine, change, least)
    report = as_report(judgements, corrections, earlier, effect, least) | {
        "gained_by_verdict": by_verdict(effect.gained, verdict_of),
        "lost_by_verdict": by_verdict(effect.lost, verdict_of),
    }
    click.echo(json.dumps(report) if as_json else "\n".join(report_lines(report)))
    if write:
        learned = {"verdicts": len(judgements), "precision": report["precision_after"]}
        with faults_as_messages():
            rewrite(path, before, corrected(rules.weights, change), corrections, learned)
        click.echo(f"{path} written. ./pollwatch rematch judges the archive anew.", err=True)


def read_judged(db: Path) -> tuple[tuple[JudgedHit, ...], dict[int, str]]:
    """The hits that verdicts count for, and the verdict on each judged article."""
    try:
        with Store.open_existing(db) as store:
            return judged_hits(store.db.conn), verdicts_on_articles(store.db.conn)
    except StorageError as error:
        raise CommandFailed(str(error)) from error


def corrections_before(path: Path) -> Corrections:
    try:
        return learned_before(path)
    except ConfigError as error:
        raise CommandFailed(str(error)) from error


def judgements_of(
    engine: Engine, rules: RuleSet, judged: Sequence[JudgedHit], earlier: Corrections
) -> Iterator[HitJudgement]:
    """Each verdict on a hit that today's rules make in the same way, with its log-odds as if nothing had
    been learned before."""
    today = {rule.id: rule.sha256 for rule in rules.rules}
    for verdict in judged:
        if today.get(verdict.rule_id) != verdict.rule_sha256:
            continue
        text = ArticleText(
            verdict.title,
            verdict.body,
            verdict.source,
            verdict.url,
            verdict.language,
            verdict.summary,
        )
        for rule, hit, odds in judged_facts(engine, text):
            if rule.id == verdict.rule_id:
                shipped = odds - earlier.of(rule.id, hit.clauses)
                yield HitJudgement(verdict.story, rule.id, hit.clauses, shipped, verdict.wanted)


def effect_on(db: Path, engine: Engine, corrections: Corrections, least: float) -> Effect:
    articles = 0
    gained: list[tuple[int, str]] = []
    lost: list[tuple[int, str]] = []
    for number, text in every_text(db, 0):
        articles += 1
        facts = judged_facts(engine, text)
        before = any(flags(rule, chance(odds), least) for rule, _, odds in facts)
        after = any(
            flags(rule, chance(odds + corrections.of(rule.id, hit.clauses)), least)
            for rule, hit, odds in facts
        )
        if before != after:
            (gained if after else lost).append((number, text.title))
    return Effect(articles, tuple(gained), tuple(lost))


def by_verdict(changed: Sequence[tuple[int, str]], verdict_of: Mapping[int, str]) -> dict[str, int]:
    """How many of the articles people wanted (confirmed, escalated), dismissed, or never judged."""
    return dict(Counter(verdict_of.get(number, "not judged") for number, _ in changed))


def as_report(
    judgements: Sequence[HitJudgement],
    corrections: Corrections,
    earlier: Corrections,
    effect: Effect,
    least: float,
) -> dict[str, object]:
    now = [hit.log_odds + earlier.of(hit.rule_id, hit.clauses) for hit in judgements]
    stories = {judgement.story for judgement in judgements}
    later = unseen(judgements, least) if len(stories) >= FEWEST_FOLDS else None
    return {
        "verdicts": len(judgements),
        "stories": len(stories),
        "rules": dict(sorted(corrections.rules.items())),
        "clauses": [
            {"rule": rule, "clause": clause, "correction": value}
            for (rule, clause), value in sorted(corrections.clauses.items())
        ],
        "articles": effect.articles,
        "gained": [list(pair) for pair in effect.gained],
        "lost": [list(pair) for pair in effect.lost],
        "precision_before": of_stories(judgements, now, least),
        "precision_after": None if later is None else of_stories(judgements, later, least),
    }


def of_stories(
    judgements: Sequence[HitJudgement], odds: Sequence[float], least: float
) -> dict[str, object]:
    """Of the judged stories that would be shown: the wanted share with its 95 % interval."""
    is_wanted = {judgement.story: judgement.wanted for judgement in judgements}
    floor = math.log(least / (1 - least)) if 0 < least < 1 else -math.inf
    shown = {
        judgement.story for judgement, value in zip(judgements, odds, strict=True) if value >= floor
    }
    right = sum(is_wanted[story] for story in shown)
    measured: Precision = precision(right, len(shown) - right)
    return {"shown": len(shown), "wanted": right, "share": measured.share, "low": measured.low, "high": measured.high}  # fmt: skip


def report_lines(report: dict[str, object]) -> Iterator[str]:
    yield f"{report['verdicts']} verdicts on rules, on {report['stories']} stories, count"
    rules, clauses = report["rules"], report["clauses"]
    assert isinstance(rules, dict)
    assert isinstance(clauses, list)
    for rule, value in sorted(rules.items(), key=lambda pair: pair[1]):
        yield f"  {rule} {value:+.2f}"
        for clause in (row for row in clauses if row["rule"] == rule):
            yield f"      {clause['correction']:+.2f}  {clause['clause'][:100]}"
    for name, verb in (("gained", "would be flagged"), ("lost", "would be no more")):
        titles = report[name]
        assert isinstance(titles, list)
        counts = report[f"{name}_by_verdict"]
        assert isinstance(counts, dict)
        split = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        yield f"{len(titles)} of {report['articles']} articles {verb}" + (split and f": {split}")
        yield from (f"  {number} {title}" for number, title in titles[:MOST_SHOWN])
    yield f"precision of what is shown: now {share_of_stories(report['precision_before'])}"
    yield f"  after, on verdicts not learned from: {share_of_stories(report['precision_after'])}"
    if is_lower(report["precision_after"], report["precision_before"]):
        yield "  the verdicts do not say that the queue would be better: judge more, in Unlikely too, before --write"


def is_lower(after: object, before: object) -> bool:
    shares = [part["share"] for part in (after, before) if isinstance(part, dict)]
    return len(shares) == 2 and None not in shares and shares[0] < shares[1]


def share_of_stories(share: object) -> str:
    if not isinstance(share, dict) or share["share"] is None:
        return "too few verdicts to say"
    return (
        f"{share['share']:.2f} [{share['low']:.2f}–{share['high']:.2f}] of {share['shown']} stories"
    )
