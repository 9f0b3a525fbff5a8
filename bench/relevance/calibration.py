"""Whether relevance is right on average in each kind of text: by language, length and place of the hit."""

from collections import defaultdict
from collections.abc import Iterator

from bench.relevance.corpus import Sample
from bench.relevance.fold_scores import NEVER, Scored, can_flag
from matchers.relevance.features import HitFacts, in_title, opens
from matchers.relevance.relevance import chance

# Words below the headline from which a text is of the next kind.
LENGTHS = (
    (0, "headline, or little more"), (30, "headline and summary"), (90, "90 words and more"),
    (300, "300 words and more"), (800, "800 words and more"), (1500, "1,500 words and more"),
)  # fmt: skip


def calibration_lines(scored: Scored) -> Iterator[str]:
    """Of calibrated scores: texts of each kind, mean relevance, share wanted; each text counts once.

    Only texts that a rule can flag, and whose readers were people: not those in our own words.
    """
    by_kind: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for sample, best in zip(scored.samples, scored.best, strict=True):
        if best > NEVER and sample.item.confidence != "own":
            for kind in kinds_of_text(sample):
                by_kind[kind].append((chance(float(best)), sample.item.relevant))
    yield f"{'kind of text':46} {'texts':>5} {'mean':>6} {'wanted':>7}"
    for kind, judged in sorted(by_kind.items()):
        mean = sum(relevance for relevance, _ in judged) / len(judged)
        relevant = sum(relevant for _, relevant in judged) / len(judged)
        yield f"{kind:46} {len(judged):5d} {mean:6.2f} {relevant:7.2f}"


def kinds_of_text(sample: Sample) -> tuple[str, str]:
    """By language and length, and by where the foremost hit that can flag it stands."""
    language = "Spanish" if sample.text["Spanish text"] else "English"
    length = next(name for words, name in reversed(LENGTHS) if len(sample.body) >= words)
    hits = [hit for hit, rule in zip(sample.hits, sample.rules, strict=True) if can_flag(rule)]
    size = "short" if sample.text["short text"] else "long"
    return f"{language}, {length}", f"{size}, hit in the {foremost(hits)}"


def foremost(hits: list[HitFacts]) -> str:
    if any(in_title(hit.evidence) for hit in hits):
        return "headline"
    return "opening" if any(opens(hit.evidence) for hit in hits) else "body alone"
