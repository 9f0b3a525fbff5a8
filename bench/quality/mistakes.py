"""Every false alarm and every miss, with the sentence that caused it."""

from collections.abc import Iterable, Iterator

from bench.quality.flagged import Alarm, Judged
from bench.quality.labelled import Labelled
from bench.quality.scores import Share
from matchers.explain.explain import reasons_why_not
from matchers.relevance.explanation import relevance_in_words
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Hit

NEAREST = 2  # rules that are named beside a miss


def one_line(text: str, most: int = 200) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def hit_lines(hits: Iterable[Hit]) -> Iterator[str]:
    for hit in hits:
        yield f"      {hit.rule_id}: {one_line(hit.snippet)}"
        if hit.weights_sha256:
            yield f"        {relevance_in_words(hit.relevance, hit.relevance_parts)}"


def error_lines(judged: tuple[Judged, ...], rules: RuleSet) -> Iterator[str]:
    heaviest = sorted(judged, key=lambda case: -case.item.weight)
    for case in heaviest:
        if case.hits and not case.item.relevant:
            yield headline("FALSE ALARM", case.item)
            yield f"      label says: {case.item.reason}"
            yield from hit_lines(case.hits)
    for case in heaviest:
        if case.item.relevant and not case.hits:
            yield headline("MISSED", case.item)
            yield f"      label says: {case.item.category}; {case.item.reason}"
            yield from hit_lines(case.possible) if case.possible else near_lines(case.item, rules)


def headline(kind: str, item: Labelled) -> str:
    weight = "" if item.weight == 1 else f", stands for {item.weight:g}"
    return f"  {kind} {item.id} [{item.confidence}{weight}] {one_line(item.title or item.text)}"


def near_lines(item: Labelled, rules: RuleSet) -> Iterator[str]:
    """What the rules of the label's own category lacked: the two with the fewest failed clauses."""
    text = ArticleText(title=item.title, body=item.text, lang=item.language)
    near = [
        (reasons_why_not(rules, rule.id, text), rule.id)
        for rule in rules.rules
        if rule.category == item.category and rule.status != "disabled"
    ]
    for reasons, rule_id in sorted(near, key=lambda pair: len(pair[0]))[:NEAREST]:
        yield f"      {rule_id}: {one_line('; '.join(reasons))}"


def alarm_lines(text_count: int, alarms: tuple[Alarm, ...], *, errors: bool) -> Iterator[str]:
    yield f"unrelated texts flagged: {len(alarms)} of {text_count}, share {Share(len(alarms), text_count)}"
    for alarm in alarms if errors else ():
        yield f"  FALSE ALARM {alarm.item.where}: {one_line(alarm.item.title, 120)}"
        yield from hit_lines(alarm.hits)
