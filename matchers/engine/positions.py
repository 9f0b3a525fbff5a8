"""Places in a text by the numbers of their words, and which of them are near each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from matchers.engine.scanning.scanned_text import Occurrence, ScannedText

Span = tuple[int, int, frozenset[Occurrence]]  # start, end, and the occurrences that it is made of
# Places that are pairs themselves grow with the square of a text that repeats itself. So many are
# looked at, from the start of the text: of one side of NEAR, of one place's partners in either
# direction, and of all pairs.
MOST_SPANS, MOST_PARTNERS, MOST_PAIRS = 2_000, 50, 5_000
MOST_WIDENED = 20_000  # of a window that is a side of NEAR, for each of its words


class Positions:
    """Places in order, with the numbers of their first and last words."""

    __slots__ = ("by_last", "ends", "firsts", "lasts", "places")

    def __init__(
        self,
        scanned: ScannedText,
        places: Sequence[Occurrence] | Sequence[Span],
        *,
        single: bool,
        joined: bool = False,
    ) -> None:
        """`single`: each is one word. `joined`: headline and lede are one text."""
        self.places = places
        self.firsts = scanned.words([place[0] for place in places], joined=joined)
        self.lasts = self.firsts
        if not single:
            self.lasts = scanned.words([place[1] - 1 for place in places], joined=joined)
        self.ends = self.lasts  # the last words in order, and whose they are
        self.by_last: Sequence[int] = range(len(places))
        if not single and any(self.lasts[i] > self.lasts[i + 1] for i in range(len(places) - 1)):
            self.by_last = sorted(range(len(places)), key=self.lasts.__getitem__)
            self.ends = [self.lasts[index] for index in self.by_last]

    def occurrences(self, indices: Iterable[int]) -> set[Occurrence]:
        """The occurrences that some of the places are made of."""
        occurrences: set[Occurrence] = set()
        for index in indices:
            start, end, made_of = self.places[index]
            if isinstance(made_of, int):
                occurrences.add((start, end, made_of))
            else:
                occurrences |= made_of
        return occurrences


def any_follows(left: Positions, right: Positions, most: int) -> bool:
    """Whether some place of the right begins at most so many words after one of the left ends."""
    firsts = right.firsts
    count = len(firsts)
    for last in left.lasts:
        index = bisect_right(firsts, last)
        if index < count and firsts[index] <= last + 1 + most:
            return True
    return False


def any_near(left: Positions, right: Positions, most: int, *, ordered: bool) -> bool:
    return any_follows(left, right, most) or (not ordered and any_follows(right, left, most))


def partners(left: Positions, right: Positions, most: int) -> Iterable[tuple[int, range]]:
    """Each place of the left with those of the right that follow it near enough, onward in both."""
    firsts = right.firsts
    for index, last in zip(left.by_last, left.ends, strict=True):
        low = bisect_right(firsts, last)
        high = bisect_right(firsts, last + 1 + most, low)
        if high > low:
            yield index, range(low, high)


def participants(left: Positions, right: Positions, most: int, *, ordered: bool) -> set[Occurrence]:
    """The occurrences of all pairs that are near each other."""
    lefts: set[int] = set()
    rights: set[int] = set()
    for first, second, a, b in ((left, right, lefts, rights), (right, left, rights, lefts)):
        covered = 0
        for index, near in partners(first, second, most):
            a.add(index)
            if near.stop > covered:
                b.update(range(max(covered, near.start), near.stop))
                covered = near.stop
        if ordered:
            break
    return left.occurrences(lefts) | right.occurrences(rights)


def pairs(left: Positions, right: Positions, most: int, *, ordered: bool) -> list[Span]:
    """All pairs that are near each other, as spans."""
    index_pairs = list(islice(index_pairs_of(left, right, most), MOST_PAIRS))
    if not ordered:
        backwards = islice(index_pairs_of(right, left, most), MOST_PAIRS)
        index_pairs += [(index, other) for other, index in backwards]
    if len(index_pairs) > MOST_PAIRS:
        index_pairs = sorted(index_pairs)[:MOST_PAIRS]
    return distinct(
        together(left.places[a], right.places[b], left.occurrences((a,)) | right.occurrences((b,)))
        for a, b in index_pairs
    )


def index_pairs_of(left: Positions, right: Positions, most: int) -> Iterator[tuple[int, int]]:
    """Each place of the left with the first of those that follow it near enough."""
    for index, near in partners(left, right, most):
        for other in near[:MOST_PARTNERS]:
            yield index, other


def together(
    left: Occurrence | Span, right: Occurrence | Span, occurrences: Iterable[Occurrence]
) -> Span:
    return (min(left[0], right[0]), max(left[1], right[1]), frozenset(occurrences))


def distinct(spans: Iterable[Span]) -> list[Span]:
    """In order, those of the same extent made one."""
    by_extent: dict[tuple[int, int], frozenset[Occurrence]] = {}
    for start, end, occurrences in spans:
        same_extent = by_extent.get((start, end))
        by_extent[start, end] = occurrences if same_extent is None else same_extent | occurrences
    return [(start, end, by_extent[start, end]) for start, end in sorted(by_extent)]


def widened(
    left: Sequence[Span], right: Positions, most: int, scanned: ScannedText, *, joined: bool = False
) -> list[Span]:
    """Stretches of at most `most` words that hold a span of the left and a place of the right."""
    wider: list[Span] = []
    for start, end, occurrences in left:
        if len(wider) >= MOST_WIDENED:
            break
        first, last = scanned.words((start, end - 1), joined=joined)
        low = bisect_left(right.firsts, last - most + 1)
        high = bisect_right(right.firsts, first + most - 1)
        for index in range(low, high):
            if max(last, right.lasts[index]) - min(first, right.firsts[index]) < most:
                place = right.places[index]
                wider.append(
                    together(
                        (start, end, occurrences), place, occurrences | right.occurrences((index,))
                    )
                )
    return distinct(wider)


def stretches(terms: Sequence[Positions], most: int) -> Iterator[list[Sequence[int]]]:
    """The places of each term in every stretch of `most` words that begins with a place of one of
    them and holds places of all, by their indices."""
    for first in stretch_starts(terms, most):
        inside = [places_within(term, first, first + most) for term in terms]
        if all(inside):
            yield inside


def together_in_stretches(terms: Sequence[Positions], most: int) -> set[Occurrence]:
    """The occurrences of all stretches."""
    indices: list[set[int]] = [set() for _ in terms]
    covered = [0] * len(terms)
    for inside in stretches(terms, most):
        for number, here in enumerate(inside):
            fresh = here
            if isinstance(here, range):  # those before were in an earlier stretch
                fresh = range(max(here.start, covered[number]), here.stop)
                covered[number] = here.stop
            indices[number].update(fresh)
    occurrences = (
        term.occurrences(indices_of_term)
        for term, indices_of_term in zip(terms, indices, strict=True)
    )
    return set().union(*occurrences)


def stretch_starts(terms: Sequence[Positions], most: int) -> list[int]:
    """The words of terms near enough before places of the rarest term, as every stretch holds one."""
    rarest = min(terms, key=lambda term: len(term.places))
    starts: set[int] = set()
    for term in terms:
        covered = 0
        for first, last in zip(rarest.firsts, rarest.lasts, strict=True):
            low = bisect_left(term.firsts, last - most + 1, covered)
            covered = bisect_right(term.firsts, first, low)
            starts.update(term.firsts[low:covered])
    return sorted(starts)


def places_within(term: Positions, first: int, end: int) -> Sequence[int]:
    """The indices of places from the word `first` on, and before the word `end`."""
    low = bisect_left(term.firsts, first)
    if isinstance(term.by_last, range):  # the last words are in order, too
        return range(low, bisect_left(term.lasts, end, low))
    high = bisect_left(term.firsts, end, low)
    return [index for index in range(low, high) if term.lasts[index] < end]
