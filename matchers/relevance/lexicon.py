"""Single words and pairs of neighbours that speak for or against, found in a text by look-ups."""

from collections.abc import Iterable, Sequence
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

    def found(self, text: Sequence[str]) -> list[str]:
        """Each word, then each pair of neighbours, as often as they occur."""
        seconds = self._second.get
        words = list(filter(self.words.__contains__, text))
        pairs = [
            ends[second]
            for first, second in pairwise(text)
            if (ends := seconds(first)) and second in ends
        ]
        return words + pairs
