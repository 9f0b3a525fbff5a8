"""Single words and pairs of neighbours that speak for or against, found in a text by look-ups."""

from collections.abc import Iterable, Sequence


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

    def terms_in(self, text: Sequence[str]) -> list[str]:
        """Each word, then each pair of neighbours, as often as they occur."""
        words = list(filter(self.words.__contains__, text))
        beginning = map(self._second.get, text)
        pairs = [
            ends[second]
            for ends, second in zip(beginning, text[1:], strict=False)
            if ends and second in ends
        ]
        return words + pairs
