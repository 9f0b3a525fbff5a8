"""Lines of a query in which no word means an election: names of cases, or a clause too wide."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matchers.query.ast import Node, Not, Or, Term, Window, children, error_at
from matchers.query.labels import label
from matchers.relevance.features import VOTING
from matchers.relevance.vocabulary import Vocabulary
from matchers.rules.names import name_lists
from model import QueryError

NEARLY = ("campaign", "counting")  # what happens to these concerns a vote
CASES = "known cases"
LONGEST_SHOWN_LINE = 60


@dataclass(frozen=True, slots=True)
class Meaning:
    """The words that mean an election, by the concepts of rules/relevance.json."""

    vocabulary: Vocabulary
    numbers: frozenset[int]

    def means_election(self, text: tuple[str, ...]) -> bool:
        return any(number in self.numbers for _, number in self.vocabulary.places(text))


def meaning_of(concepts: Mapping[str, tuple[str, ...]]) -> Meaning:
    vocabulary = Vocabulary({**concepts, CASES: name_lists()["cases"]})
    meanings = (*VOTING, *NEARLY, CASES)
    numbers = {n for n, name in enumerate(vocabulary.names) if name in meanings}
    return Meaning(vocabulary, frozenset(numbers))


def lines_without_election(query: Node, meaning: Meaning) -> Iterator[QueryError]:
    """Each alternative of the outermost OR without a single word that means an election."""
    plain = isinstance(query, Or) and query.name is None
    for line in query.children if plain and isinstance(query, Or) else (query,):
        if not names_election(line, meaning):
            text = label(line)
            shown = (
                text if len(text) <= LONGEST_SHOWN_LINE else f"{text[: LONGEST_SHOWN_LINE - 1]}…"
            )
            yield error_at(
                line,
                f"{shown} names no election, vote, ballot or candidate",
                "add one with NEAR, SENTENCE or AND, such as … SENTENCE $election; or name "
                "`languages:` where the rule is in another language than English and Spanish",
            )


def names_election(node: Node, meaning: Meaning) -> bool:
    """Whether some word in it, outside of NOT, means an election; of a list one is enough."""
    if isinstance(node, Term):
        return all(meaning.means_election(variant.words) for variant in node.variants[:1])
    if isinstance(node, Window):
        return any(names_election(term, meaning) for term in node.terms)
    if isinstance(node, Not):
        return False
    return any(names_election(child, meaning) for child in children(node))
