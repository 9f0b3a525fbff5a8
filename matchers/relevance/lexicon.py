"""Single words and pairs of neighbours that speak for or against, found in a text by look-ups."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise


class Lexicon:
    """Entries such as "audit" and "voter roll", all folded. Made once per process."""

    def __init__(self, entries: Iterable[str]) -> None:
        self.words: set[str] = set()
        self._second: dict[str, dict[str, str]] = {}
        for entry in entries:
            first, _, second = entry.partition(" ")
            if second:
                self._second.setdefault(first, {})[second] = entry
            else:
                self.words.add(entry)

    def found(self, text: Sequence[str]) -> Iterator[str]:
        """Each word, then each pair of neighbours, as often as they occur."""
        words, begins = self.words, self._second
        yield from (word for word in text if word in words)
        for first, second in pairwise(text):
            if first in begins and second in begins[first]:
                yield begins[first][second]
