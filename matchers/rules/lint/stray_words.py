"""Words that a term finds beside those that its author meant."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from config.read import LOADER
from matchers.query.ast import And, Near, Node, Or, Term, children, error_at, outline
from matchers.query.validate import covers_places, short_name
from matchers.rules.word_lists import WordListDraft
from matchers.text.frequencies import SHARE_OF_WORD
from matchers.text.normalize import folded_words
from model import QueryError

KNOWN_WORDS_FILE = Path(__file__).with_name("known_words.yaml")
EVERYWHERE = 40  # percent of news articles that hold a word
WORDS_SHOWN = 3
SHORTEST_START = 2  # letters that any prefix has
PREFIX_HINT = "write the words out that you mean, joined with OR"
WRITE_A_PHRASE = "write it as a phrase with a word beside it, such as"


@cache
def known_words() -> dict[str, str]:
    """Well-known words of another meaning, folded, each with how it is written."""
    words = yaml.load(KNOWN_WORDS_FILE.read_text(encoding="utf-8"), LOADER)  # noqa: S506
    return {folded_words(word)[0]: word for of_language in words.values() for word in of_language}


def swallowed(query: Node) -> Iterator[QueryError]:
    """A prefix that begins a well-known word of another meaning, or a compound that is one: where
    no other word need stand near it."""
    reported: set[str] = set()
    for term in lone_terms(query):
        if term.scope in ("source", "url", "lang"):
            continue
        others = swallowed_by(term)
        if others and term.text not in reported:
            reported.add(term.text)
            hint = (
                PREFIX_HINT if term.text.endswith("*") else f'{WRITE_A_PHRASE} "ballot {term.text}"'
            )
            yield error_at(
                term,
                f"{short_name(term)} also finds {', '.join(others[:WORDS_SHOWN])}",
                hint,
                width=len(term.text),
            )


def lone_terms(query: Node) -> Iterator[Term]:
    """The terms outside of distances and word lists."""
    stack = [query]
    while stack:
        child = stack.pop()
        if isinstance(child, Term):
            yield child
        elif not isinstance(child, Near) and getattr(child, "name", None) is None:
            stack.extend(reversed(children(child)))


def swallowed_by(term: Term) -> list[str]:
    """The well-known words that a term finds without having been written so."""
    single = [
        variant for variant in term.variants if len(variant.words) == 1 and variant.kind == "words"
    ]
    words = [
        written
        for variant in single
        if variant.cased is None
        for folded, written in known_words().items()
        if folded == variant.words[0] or (variant.prefix and folded.startswith(variant.words[0]))
    ]
    spelled = term.text.strip('"=').casefold()  # somebody who writes the word itself means it
    return [spelling for spelling in dict.fromkeys(words) if spelling.casefold() != spelled]


def everywhere(query: Node) -> Iterator[QueryError]:
    """A term that nearly every text holds, wherever it decides something: as the whole, beside AND
    or OR, or as a side of a distance."""
    parents = [node for node in outline(query) if isinstance(node, Or | And | Near)]
    groups: list[tuple[Node | None, tuple[Node, ...]]] = [
        (node, children(node)) for node in parents if getattr(node, "name", None) is None
    ]
    for parent, inner in groups or [(None, (query,))]:
        for child in inner:
            if isinstance(child, Term) and child.scope in ("any", "body") and is_everywhere(child):
                yield error_at(
                    child,
                    f"nearly every text holds {short_name(child)}, so {effect(parent)}",
                    "remove it, or say with AND or NEAR what stands beside it",
                    width=len(child.text),
                )


def effect(parent: Node | None) -> str:
    if isinstance(parent, Or):
        return "this OR holds nearly always"
    return "it asks for nothing" if parent is not None else "this matches nearly always"


def is_everywhere(term: Term) -> bool:
    words = term.variants[0].words
    if len(words) != 1 or term.variants[0].cased is not None:
        return False
    if not term.variants[0].prefix:
        return SHARE_OF_WORD.get(words[0], 0.0) >= EVERYWHERE
    return any(
        word.startswith(words[0]) and share >= EVERYWHERE for word, share in SHARE_OF_WORD.items()
    )


def crossing_phrases(query: Node) -> Iterator[QueryError]:
    """`"…"~0`, which runs across commas and from one sentence into the next."""
    for term in outline(query):
        if isinstance(term, Term) and term.text.endswith("~0"):
            yield error_at(
                term,
                f"{short_name(term)} may cross a comma or the end of a sentence",
                "leave ~0 out, unless that is meant",
                width=len(term.text),
            )


def implied_entries(name: str, draft: WordListDraft, whole: Or) -> None:
    """Entries that a shorter one of the list, or of a list within it, finds wherever they stand."""
    lists = {id(item) for _, item in draft.names}
    own = [item for item in draft.items if id(item) not in lists]
    if len(own) != len(draft.terms):  # an entry is at fault, which is reported elsewhere
        return
    others: dict[str, list[Term]] = {}
    for term in dict.fromkeys(child for child in whole.children if isinstance(child, Term)):
        for start in {variant.words[0][:SHORTEST_START] for variant in term.variants}:
            others.setdefault(start, []).append(term)
    for item, narrow in zip(own, draft.terms, strict=True):
        wide = wider_term(narrow, others) if isinstance(narrow, Term) else None
        if wide is not None:
            why = f"{item.value} adds nothing beside {wide.text}"
            draft.document.fault(item, why, name=name, hint="remove it")


def wider_term(narrow: Term, others: dict[str, list[Term]]) -> Term | None:
    """A term that each place of `narrow` holds, and that finds more; `others` are by their start."""
    starts = {word[:SHORTEST_START] for variant in narrow.variants for word in variant.words}
    return next(
        (
            wide
            for start in sorted(starts)
            for wide in others.get(start, ())
            if wide != narrow and covers_places(wide, narrow) and not covers_places(narrow, wide)
        ),
        None,
    )
