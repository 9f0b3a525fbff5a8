"""A choice of thousands of values, of which each story has one: counted story by story, or only where something changed."""

from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from pyroaring import BitMap

# A set with fewer than one in so many numbers: laid over thousands of others it is slow.
SPARSE = 16


@dataclass(slots=True)
class OneOfMany:
    """Values are numbered from 1; `of_story` holds the number of each story's, 0 where it has none."""

    numbers: dict[str | int, int] = field(default_factory=dict)
    of_story: "array[int]" = field(default_factory=lambda: array("I"))

    def put(self, value: str | int, stories: Iterable[int]) -> None:
        """Number the value and note it for `stories`."""
        number = self.numbers.setdefault(value, len(self.numbers) + 1)
        for story in stories:
            missing = story + 1 - len(self.of_story)
            if missing > 0:
                self.of_story.extend([0] * (missing + missing // 8))
            self.of_story[story] = number

    def forget(self, stories: Iterable[int]) -> None:
        for story in stories:
            if story < len(self.of_story):
                self.of_story[story] = 0

    def counted(self, within: BitMap) -> dict[str, int]:
        """How many of these stories have each value; stories that were never put have none."""
        stories = within.to_array()
        if stories and stories[-1] >= len(self.of_story):
            stories = (within & BitMap(range(len(self.of_story)))).to_array()
        counts = Counter(map(self.of_story.__getitem__, stories))
        return {str(value): counts[number] for value, number in self.numbers.items() if counts[number]}  # fmt: skip


def is_sparse(within: BitMap) -> bool:
    return bool(within) and len(within) * SPARSE < within.max() - within.min() + 1


VIEWS_KEPT = 8


@dataclass(slots=True)
class CountsOfViews:
    """How many stories of each value the views have that were asked for lately. A value is counted again
    where one of its stories has changed since, by whatever a view asks of it."""

    change: int = 0
    changed: dict[str, int] = field(default_factory=dict)  # value -> its last change
    views: dict[Hashable, tuple[int, dict[str, int]]] = field(default_factory=dict)

    def note(self, values: Iterable[str]) -> None:
        """Stories that have or had these values are others than before."""
        self.change += 1
        self.changed.update(dict.fromkeys(values, self.change))

    def counted(
        self, view: Hashable, count_all: Callable[[], dict[str, int]], count: Callable[[str], int]
    ) -> dict[str, int]:
        """By value how many stories it has: what `count_all` says of all values, or `count` of one."""
        upto, counts = self.views.pop(view, (-1, {}))
        if upto < 0:
            counts = count_all()
        for value in [value for value, at in self.changed.items() if at > upto >= 0]:
            counts[value] = count(value)
        while len(self.views) >= VIEWS_KEPT:
            self.views.pop(next(iter(self.views)))
        self.views[view] = self.change, counts
        return counts
