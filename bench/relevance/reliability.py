"""Whether a relevance of 0.8 means eight in ten: chances against what was wanted, by kind of text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.quality.scores import Share

TENTHS = 10
FEWEST = 5  # texts of a tenth, below which its share says nothing


@dataclass(frozen=True, slots=True)
class Chance:
    """One text that a rule can flag, with what the model says and what its reader said."""

    kind: str  # its language and length
    relevance: float  # 0 to 1
    wanted: bool
    weight: float


def kind_of(*, spanish: bool, short: bool) -> str:
    return f"{'Spanish' if spanish else 'English'}, {'feed items' if short else 'articles'}"


def reliability_lines(chances: Iterable[Chance]) -> Iterator[str]:
    """Of each kind the tenths of relevance with the mean relevance and the share that was wanted.

    Weighted, beside the share with each text counted once: a few texts that stand for many sway
    the former.
    """
    by_kind: dict[str, dict[int, list[Chance]]] = defaultdict(lambda: defaultdict(list))
    for chance in chances:
        tenth = min(int(chance.relevance * TENTHS), TENTHS - 1)
        by_kind[chance.kind][tenth].append(chance)
    for kind in sorted(by_kind):
        yield f"relevance against what was wanted, {kind}"
        yield f"  {'relevance':12} {'texts':>5} {'mean':>6} {'wanted':>7}  each text once"
        for tenth, here in sorted(by_kind[kind].items()):
            yield f"  {tenth / TENTHS:.1f} to {(tenth + 1) / TENTHS:.1f}   {tenth_line(here)}"


def tenth_line(here: list[Chance]) -> str:
    weight = sum(item.weight for item in here)
    mean = sum(item.relevance * item.weight for item in here) / weight
    positives = sum(item.weight for item in here if item.wanted) / weight
    once = Share(sum(item.wanted for item in here), len(here))
    few = "  (few)" if len(here) < FEWEST else ""
    return f"{len(here):5d} {mean:6.2f} {positives:7.2f}  {once}{few}"
