"""Recall with an interval, from the audit's sample.

What was shown is counted by the verdicts of the queue, and by the sample where no verdict was given.
What was missed is estimated twice:

- by the model: a logistic curve is fitted through the judged articles over their scores, and summed
  over the scores of all articles that were neither shown nor judged; the judged ones are known. Its
  slope is held near 1 (standard deviation 0.1), as the score is a calibrated log-odds, unless the
  judged articles speak clearly against that: then it is held loosely (0.3), and the interval is
  wider. This is the figure to quote.
- by the design: each miss that was found counts as often as its chance to be drawn says
  (Horvitz and Thompson, 1952). It needs no model and is far less exact; where the two disagree, the
  score is misleading for these sources.

The interval is of 95 %, on the logarithm of what was missed.
"""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from storage.queries.rules.figures import NORMAL_95

SLOPE_SDS, INTERCEPT_SD = (0.1, 0.3), 3.0  # of the slope: at first, and where that does not fit
DOUBT = 1.0  # gain in log-likelihood from which the loose slope is believed
STEPS = 100
Curve = tuple[float, float, tuple[float, float, float]]  # intercept, slope, information


@dataclass(frozen=True, slots=True)
class Judged:
    """One judged article that was not shown."""

    score: float  # log-odds
    wanted: bool
    chance: float
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Sampled:
    """All that the estimate rests on. `scores`: of all articles not shown, in bins with counts."""

    judged: tuple[Judged, ...]
    scores: tuple[tuple[float, int], ...]
    confirmed: int  # shown articles whose story was confirmed or escalated
    unjudged: int  # shown articles without a verdict
    unjudged_sample: tuple[bool, ...] = ()  # of those, what the sample said
    dismissed: int = 0  # shown articles whose story was dismissed


@dataclass(frozen=True, slots=True)
class Recall:
    share: float
    low: float
    high: float
    shown_wanted: float
    missed: float
    missed_by_design: float
    judged: int
    misses_found: int


def estimate(sampled: Sampled) -> Recall | None:
    """Recall of the days sampled; None before anything was judged."""
    shown_wanted, shown_variance = shown_estimate(sampled)
    if not sampled.judged or shown_wanted <= 0:
        return None
    missed, variance = missed_estimate(sampled.judged, sampled.scores)
    misses = sum(judgement.wanted for judgement in sampled.judged)
    relative = math.sqrt(variance / missed**2 + shown_variance / shown_wanted**2)
    ratio, spread = missed / shown_wanted, math.exp(NORMAL_95 * relative)
    return Recall(
        share=1 / (1 + ratio),
        low=1 / (1 + ratio * spread),
        high=1 / (1 + ratio / spread),
        shown_wanted=shown_wanted,
        missed=missed,
        missed_by_design=sum(
            1 / judgement.chance for judgement in sampled.judged if judgement.wanted
        ),
        judged=len(sampled.judged),
        misses_found=misses,
    )


@dataclass(frozen=True, slots=True)
class ShownPrecision:
    """Of all shown articles of the sample's days, those without a verdict counted by the sample."""

    share: float
    low: float
    high: float
    shown: int
    sampled: int  # judged blindly, of those without a verdict


def shown_precision(sampled: Sampled) -> ShownPrecision | None:
    """None where nothing was shown, or nothing is known of what has no verdict."""
    shown = sampled.confirmed + sampled.dismissed + sampled.unjudged
    if not shown or (sampled.unjudged and not sampled.unjudged_sample):
        return None
    shown_wanted, variance = shown_estimate(sampled)
    share, reach = shown_wanted / shown, NORMAL_95 * math.sqrt(variance) / shown
    return ShownPrecision(share, max(0.0, share - reach), min(1.0, share + reach), shown, len(sampled.unjudged_sample))  # fmt: skip


def shown_estimate(sampled: Sampled) -> tuple[float, float]:
    """How many shown articles were wanted, and the variance of that."""
    sample = sampled.unjudged_sample
    if not sample:
        return float(sampled.confirmed), 0.0
    share = sum(sample) / len(sample)
    smoothed = (sum(sample) + 1) / (len(sample) + 2)  # so that 0 of 5 is not a certainty
    variance = sampled.unjudged**2 * smoothed * (1 - smoothed) / len(sample)
    return sampled.confirmed + sampled.unjudged * share, variance


def missed_estimate(
    judged: Sequence[Judged], scores: Sequence[tuple[float, int]]
) -> tuple[float, float]:
    """How many articles that were not shown are wanted, and the variance of that."""
    intercept, slope, (aa, ab, bb) = believed(judged)
    found_wanted = float(sum(judgement.wanted for judgement in judged))
    missed = along_a = along_b = 0.0
    for score, count in (*scores, *((judgement.score, -1) for judgement in judged)):
        chance = logistic(intercept + slope * score)
        weight = count * chance * (1 - chance)
        missed += count * chance
        along_a += weight
        along_b += weight * score
    determinant = aa * bb - ab * ab
    variance = (bb * along_a**2 - 2 * ab * along_a * along_b + aa * along_b**2) / determinant
    # Of the curve, and of chance around it; where nearly all is judged, rounding leaves less than none.
    return max(missed, 0.0) + max(found_wanted, 1e-9), variance + max(along_a, 0.0)


def believed(judged: Sequence[Judged]) -> Curve:
    """The curve with a slope near 1, or the looser one where that fits the judged clearly better."""
    tight, loose = (fitted(judged, slope_sd) for slope_sd in SLOPE_SDS)
    return loose if likelihood(judged, loose) > likelihood(judged, tight) + DOUBT else tight


def likelihood(judged: Sequence[Judged], curve: Curve) -> float:
    """The logarithm of the chance of these judgements under the curve."""
    intercept, slope, _ = curve
    sign = ((judgement.score, 1 if judgement.wanted else -1) for judgement in judged)
    return sum(math.log(logistic(side * (intercept + slope * score))) for score, side in sign)


def fitted(judged: Sequence[Judged], slope_sd: float) -> Curve:
    """Intercept and slope by Newton's method, and the information matrix there."""
    intercept, slope = 0.0, 1.0
    for _ in range(STEPS):
        to_a, to_b = -intercept / INTERCEPT_SD**2, -(slope - 1) / slope_sd**2
        aa, ab, bb = 1 / INTERCEPT_SD**2, 0.0, 1 / slope_sd**2
        for judgement in judged:
            chance = logistic(intercept + slope * judgement.score)
            weight, gap = chance * (1 - chance), judgement.wanted - chance
            to_a, to_b = to_a + gap, to_b + gap * judgement.score
            aa, ab, bb = (
                aa + weight,
                ab + weight * judgement.score,
                bb + weight * judgement.score**2,
            )
        determinant = aa * bb - ab * ab
        step_a, step_b = (
            (bb * to_a - ab * to_b) / determinant,
            (aa * to_b - ab * to_a) / determinant,
        )
        intercept, slope = intercept + step_a, slope + step_b
        if abs(step_a) + abs(step_b) < 1e-9:
            break
    return intercept, slope, (aa, ab, bb)


def logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, log_odds))))


JUDGED_DRAWS = """SELECT d.score, d.judgement = 'wanted', s.chance, d.category FROM audit_draws d
  JOIN audit_strata s USING (day, stratum)
  WHERE d.kind = 'unshown' AND d.judgement IN ('wanted', 'unwanted') AND d.day BETWEEN :since AND :until
  GROUP BY d.text_sha256 HAVING d.id = min(d.id)"""  # the same text under two addresses counts once
SCORES = """SELECT round(audit_score, 1), count(DISTINCT text_sha256) FROM articles
  WHERE audit_score IS NOT NULL AND day IN (SELECT day FROM audit_strata WHERE day BETWEEN :since AND :until)
  GROUP BY 1"""
# By the days of the sample: what a rule shows of them now, and how its stories were judged.
SHOWN_AND_JUDGED = """SELECT count(DISTINCT CASE WHEN s.status IN ('confirmed', 'escalated') THEN a.text_sha256 END),
    count(DISTINCT CASE WHEN s.status IS NULL OR s.status = 'new' THEN a.text_sha256 END),
    count(DISTINCT CASE WHEN s.status = 'dismissed' THEN a.text_sha256 END)
  FROM articles a JOIN stories s ON s.id = a.story_id
  WHERE a.day IN (SELECT day FROM audit_strata WHERE day BETWEEN :since AND :until)
    AND EXISTS (SELECT 1 FROM hits h WHERE h.article_id = a.id AND h.shown)"""
UNJUDGED = """SELECT d.judgement = 'wanted' FROM audit_draws d JOIN articles a ON a.id = d.article_id
  LEFT JOIN stories s ON s.id = a.story_id
  WHERE d.kind = 'unjudged' AND d.judgement IN ('wanted', 'unwanted') AND d.day BETWEEN :since AND :until
    AND (s.status IS NULL OR s.status = 'new')"""


def sampled(connection: sqlite3.Connection, since: str, until: str) -> Sampled:
    """What was judged of the days from `since` to `until`, both included."""
    days = {"since": since, "until": until}
    confirmed, unjudged, dismissed = connection.execute(SHOWN_AND_JUDGED, days).fetchone()
    return Sampled(
        judged=tuple(
            Judged(score, bool(is_wanted), chance, category)
            for score, is_wanted, chance, category in connection.execute(JUDGED_DRAWS, days)
        ),
        scores=tuple(tuple(row) for row in connection.execute(SCORES, days)),
        confirmed=confirmed,
        unjudged=unjudged,
        unjudged_sample=tuple(bool(row[0]) for row in connection.execute(UNJUDGED, days)),
        dismissed=dismissed,
    )


def recall(connection: sqlite3.Connection, since: str, until: str) -> Recall | None:
    return estimate(sampled(connection, since, until))


@dataclass(frozen=True, slots=True)
class Miss:
    """A wanted article that was not shown, as the sample found it."""

    draw: int
    day: str
    outlet: str
    title: str
    url: str
    category: str | None
    note: str


MISSES = """SELECT d.id, d.day, a.outlet, a.title, a.url, d.category, d.note FROM audit_draws d
  JOIN articles a ON a.id = d.article_id
  WHERE d.kind = 'unshown' AND d.judgement = 'wanted' AND d.day BETWEEN :since AND :until
  GROUP BY d.text_sha256 HAVING d.id = min(d.id) ORDER BY d.id DESC"""


def misses(connection: sqlite3.Connection, since: str, until: str) -> tuple[Miss, ...]:
    rows = connection.execute(MISSES, {"since": since, "until": until})
    return tuple(Miss(*row) for row in rows)


MISS_TEXT = """SELECT a.title, coalesce(t.summary, '') FROM audit_draws d JOIN articles a ON a.id = d.article_id
  JOIN article_texts t ON t.article_id = a.id WHERE d.id = ? AND d.judgement = 'wanted'"""


def miss_text(connection: sqlite3.Connection, draw: int) -> tuple[str, str] | None:
    """Headline and summary of an article that was judged as wanted; None for any other draw."""
    row = connection.execute(MISS_TEXT, [draw]).fetchone()
    return None if row is None else (row[0], row[1])


def missed_by_category(sample: Sampled, missed: float) -> dict[str, float]:
    """The estimate of what was missed, shared out as the misses found are, by their weight."""
    weights: dict[str, float] = {}
    for judgement in sample.judged:
        if judgement.wanted:
            name = judgement.category or "no category given"
            weights[name] = weights.get(name, 0.0) + 1 / judgement.chance
    total = sum(weights.values())
    return {name: missed * weight / total for name, weight in sorted(weights.items())}
