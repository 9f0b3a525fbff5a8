"""Whether two texts are one report: one a copy of the other, cut, framed or carried on. Pure."""

from storage.ingest.grouping.fingerprints import (
    Shared,
    WholeText,
    headlines_alike,
    of_two_subjects,
    tells_of,
)

FEWEST_SHARED = 16  # shingles, of five words each, that two texts must share
FEWEST_IF_ALIKE = 8  # under headlines that are alike
ENOUGH_SHARED = 40  # shingles; where fewer are shared, more of the shorter text must be
STATEMENT = 150  # shingles at most that an office's statement has
SIMILAR = 0.45
SHORT_IS_SIMILAR = 0.7
ALIKE_IS_SIMILAR = 0.35  # of the shorter text and of its opening, under headlines that are alike
# Of the first words of either; copies are cut at the end, and boilerplate stands there
OPENS_WITH = 0.2
LENGTHS = 0.2  # a text five times as long is a collection, unless the shorter one is its summary
SUMMARY = 100  # words at most


def is_copy(text: WholeText, other: WholeText, shared: Shared, *, kin: bool) -> bool:
    """Whether one is the other, copied, cut, framed or carried on: not two that share a tail or a frame,
    nor two of one form whose figures differ, as results and weather have."""
    if kin and of_two_subjects(text, other):
        return False
    alike = headlines_alike(text, other)
    if shared.shingles < (FEWEST_IF_ALIKE if alike else FEWEST_SHARED) or shared.numbers < SIMILAR:
        return False
    if shared.lengths < LENGTHS and not is_summary(text, other, shared):
        return False
    if alike and shared.similarity >= ALIKE_IS_SIMILAR and shared.opening >= ALIKE_IS_SIMILAR:
        return True
    if shared.similarity < (SIMILAR if shared.shingles >= ENOUGH_SHARED else SHORT_IS_SIMILAR):
        return False
    if shared.opening < OPENS_WITH or (not alike and quotes_alone(shared)):
        return False
    return alike or not kin or tells_of(text, other)


def quotes_alone(shared: Shared) -> bool:
    """Whether all that the two share may be a statement that both quote, under beginnings of their own."""
    return (
        shared.shingles < STATEMENT
        and shared.similarity < SHORT_IS_SIMILAR
        and shared.lede < OPENS_WITH
    )


def is_summary(text: WholeText, other: WholeText, shared: Shared) -> bool:
    """Whether the shorter one is how the longer begins, and what its headline is about; else the longer is a
    collection that begins with it."""
    brief = min(len(text.words), len(other.words)) <= SUMMARY
    return brief and shared.begins >= SHORT_IS_SIMILAR and tells_of(text, other)
