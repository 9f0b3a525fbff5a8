"""Where the words of a text stand that speak for or against its relevance."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from matchers.text.normalize import folded_words

ConceptPlace = tuple[int, int]  # number of the word in the text, number of the concept
FeatureValues = dict[str, float]  # how much of each feature a text or hit shows, by its name
SHORTEST_CONCEPT_PREFIX = 2
WORDS_REMEMBERED = 50_000  # words of which the concepts are kept; a language's everyday words fit


class Vocabulary:
    """Concepts compiled to look-ups: a word, a prefix*, or a phrase whose last word may be one."""

    def __init__(self, concepts: Mapping[str, Iterable[str]]) -> None:
        self.names = tuple(concepts)
        self._whole: dict[str, set[int]] = {}
        self._prefixes: dict[str, set[int]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], bool, int]]] = {}
        for number, entries in enumerate(concepts.values()):
            for entry in entries:
                self._add(entry, number)
        self.of_word = lru_cache(maxsize=WORDS_REMEMBERED)(self._of_word)

    def _add(self, entry: str, number: int) -> None:
        words, open_end = folded_words(entry.rstrip("*")), entry.endswith("*")
        if len(words) == 1:
            table = self._prefixes if open_end else self._whole
            table.setdefault(words[0], set()).add(number)
        elif words:
            self._phrases.setdefault(words[0], []).append((words, open_end, number))

    def _of_word(self, word: str) -> tuple[tuple[int, ...], bool] | None:
        """The concepts that a word stands for by itself, and whether it may begin a phrase.

        None of most words, so that a text's words are passed over without a look at each.
        """
        concepts = set(self._whole.get(word, ()))
        for length in range(SHORTEST_CONCEPT_PREFIX, len(word) + 1):
            concepts |= self._prefixes.get(word[:length], set())
        if not concepts and word not in self._phrases:
            return None
        return tuple(sorted(concepts)), word in self._phrases

    def places(self, text: Sequence[str]) -> list[ConceptPlace]:
        """Each word of a concept, and the first word of each of its phrases, in order."""
        concept_places: list[ConceptPlace] = []
        for position, concepts in enumerate(map(self.of_word, text)):
            if concepts:
                numbers, begins = concepts
                for number in numbers:
                    concept_places.append((position, number))
                if begins:
                    concept_places += self._phrases_at(text, position)
        return concept_places

    def _phrases_at(self, text: Sequence[str], position: int) -> list[ConceptPlace]:
        concept_places: list[ConceptPlace] = []
        for phrase, open_end, number in self._phrases[text[position]]:
            here = tuple(text[position : position + len(phrase)])
            if here == phrase or (open_end and begins_so(here, phrase)):
                concept_places.append((position, number))
        return concept_places


def begins_so(here: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether the words are the phrase with a longer last word."""
    return len(here) == len(phrase) and here[:-1] == phrase[:-1] and here[-1].startswith(phrase[-1])
