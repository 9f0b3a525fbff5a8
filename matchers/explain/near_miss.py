"""What came nearest to a clause that did not hold, in one sentence for people."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise, takewhile

from matchers.engine.positions import Span
from matchers.engine.proximity import unit_of
from matchers.engine.scanning.scanned_text import ScannedText
from matchers.explain.witness import Witness
from matchers.query.ast import And, AtLeast, Near, Node, Not, Or, Term, Variant, Window, canonical
from matchers.text.normalize import folded_words
from matchers.text.segments import Unit
from matchers.text.sentences import paragraph_starts, sentence_starts

NEAR_MISS_STEM = 4  # letters that a word must share to be shown as a near miss
DIFFERING_ENDING = 3  # letters at its end in which it may differ
MOST_PAIRS = 200_000
LONGEST_NAMED_TERM = 60  # characters


def near_miss(node: Node, witness: Witness) -> str:
    """The sentence for a node that does not hold."""
    if isinstance(node, Term):
        return nearest_term(node, witness.scanned)
    if isinstance(node, Window):
        return nearest_window(node, witness)
    if isinstance(node, AtLeast):
        unit = unit_of("SENTENCE", joined=witness.joined(node.child))
        count = len(witness.units(node.child, unit))
        sentences = f"{count} sentence{'' if count == 1 else 's'}"
        return f"holds in {sentences}, needs {node.count}"
    if isinstance(node, Near):
        return nearest_pair(node, witness)
    if isinstance(node, Or):
        name = f"${node.name}" if node.name else "these"
        hints = [near_miss(child, witness) for child in node.children[:40]]
        hints = [hint for hint in hints if hint != "not in the text"]
        return hints[0] if hints else f"none of {name} is in the text"
    if isinstance(node, And):
        failed = [child for child in node.children if not witness.holds(child)]
        return "; ".join(
            f"{brief_node(child)}: {near_miss(child, witness)}" for child in failed[:3]
        )
    assert isinstance(node, Not)
    return f"{brief_node(node.child)} is in the text"


def original_words(scanned: ScannedText, start: int, end: int) -> str:
    field, first, last = scanned.origin(start, end)
    return scanned.original(field)[first:last]


def nearest_term(term: Term, scanned: ScannedText) -> str:
    """In another field, in another case, in another form, in pieces, or not at all."""
    for variant in term.variants:
        pattern = " " + " ".join(variant.words) + ("" if variant.prefix else " ")
        place = scanned.main.find(pattern)
        if place >= 0:
            end = scanned.main.index(" ", place + len(pattern) - 1)
            field = scanned.parts[scanned.part_of(place + 1)][0]
            if variant.stops and any(scanned.stops(place + 1, end)):
                there = original_words(scanned, place + 1, end)
                return f"found '{there}', but a phrase stops at a comma and at the end of a sentence; {term.text}~0 does not"
            return otherwise_written(term, variant, original_words(scanned, place + 1, end), field)
    if term.scope in ("source", "url", "lang"):
        there = getattr(scanned.text, term.scope)
        name = {"lang": "language", "url": "address"}.get(term.scope, term.scope)
        return f"the {name} is '{there}'" if there else f"the {name} is not known"
    hay = scanned.main.split(" ")
    term_words = term.variants[0].words
    if len(term_words) > 1:
        if longer := longer_phrase(scanned, term_words):
            return f"found '{longer}', which {canonical(term)} does not match; a star would: {canonical(term)}*"
        pieces = [word for word in term_words if word in hay]
        if len(pieces) == len(term_words):
            return "all its words are there, but not side by side"
        telling = [word for word in pieces if len(word) >= NEAR_MISS_STEM]
        if telling:
            return f"of {canonical(term)} only {', '.join(map(repr, telling))} is in the text"
        return "not in the text"
    return word_alike(term, term_words[0], hay)


def longer_phrase(scanned: ScannedText, phrase: tuple[str, ...]) -> str | None:
    """A phrase as it stands in the text with a longer last word, such as its plural."""
    pattern = " " + " ".join(phrase)
    place = scanned.main.find(pattern)
    if place < 0:
        return None
    end = scanned.main.index(" ", place + len(pattern))
    ending = end - place - len(pattern)
    return original_words(scanned, place + 1, end) if ending <= DIFFERING_ENDING else None


def otherwise_written(term: Term, variant: Variant, text: str, field: str) -> str:
    """The words of a term were found, but not as it wants them."""
    wanted_case = " ".join(variant.cased or ())
    if variant.kind == "dotted":
        wanted_case = ".".join(variant.cased or ())
    found_case = " ".join(folded_words(text, case=True)) if variant.kind != "dotted" else text
    if variant.cased is not None and not found_case.startswith(wanted_case):
        if found_case.casefold().startswith(wanted_case.casefold()):
            return f"found '{text}', but the case differs"
        return f"found '{text}', which {canonical(term)} does not match"
    if variant.kind == "hashtag" and term.scope in ("any", field):
        return f"found '{text}', but with no # before it"
    if variant.kind == "dotted" and term.scope in ("any", field):
        return f"found '{text}', but as a part of something longer"
    if term.scope in ("any", field):  # in a script without spaces
        return f"found '{text}', but not in one piece"
    late = term.scope in ("lede", "head") and field == "body"
    where = "the body, after its first 100 words" if late else f"the {field}"
    return f"found '{text}' in {where}, not in the {term.scope}"


def word_alike(term: Term, term_word: str, hay: list[str]) -> str:
    """A word that begins like the wanted one, and the star that would find it."""
    apart = next((f"{a} {b}" for a, b in pairwise(hay) if a + b == term_word), None)
    if apart is not None:
        return f"found '{apart}' in two words; {apart.replace(' ', '-')} would find both"
    shortest = NEAR_MISS_STEM if term_word[0].isascii() else NEAR_MISS_STEM // 2
    prefixes = {
        word: shared(word, term_word) for word in hay if shared(word, term_word) >= shortest
    }
    if not prefixes:
        return "not in the text"
    best = min(prefixes, key=lambda word: (-prefixes[word], len(word), word))
    star = "" if term.variants[0].prefix else f"; a star would: {term_word[: prefixes[best]]}*"
    return f"found '{best}', which {canonical(term)} does not match{star}"


def shared(word: str, other: str) -> int:
    """How many letters two words share from the first; 0 when they differ in more than an ending."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False))
    length = sum(1 for _ in alike)
    return length if length >= len(other) - DIFFERING_ENDING else 0


def nearest_window(node: Window, witness: Witness) -> str:
    missing = [term.text for term in node.terms if not witness.spans(term)]
    if missing:
        return f"'{missing[0]}' is not in the text"
    return f"its words are there, but never within {node.words + len(node.terms)} words"


def nearest_pair(node: Near, witness: Witness) -> str:
    for side in (node.left, node.right):
        if not witness.holds(side):
            return f"{brief_node(side)}: {near_miss(side, witness)}"
    if node.kind in ("SENTENCE", "PARAGRAPH"):
        return nearest_unit(node, witness)
    scanned = witness.scanned
    joined = witness.joined(node)
    best: tuple[int, bool, Span, Span] | None = None
    rights = witness.spans(node.right)
    for left in witness.spans(node.left)[: MOST_PAIRS // max(1, len(rights))]:
        for right in rights:
            gap = words_between(scanned, left, right, joined=joined)
            wrong = node.kind == "ONEAR" and right[0] < left[0]
            if gap is not None and (best is None or (gap, wrong) < best[:2]):
                best = (gap, wrong, left, right)
    if best is None:
        apart = {
            scanned.part_of(occurrence[0]) for occurrence in witness.spans(node.left)
        }.isdisjoint(scanned.part_of(occurrence[0]) for occurrence in rights)
        if not apart:
            return "both sides are the same words of the text, and must be different ones"
        return "one side stands only in the title, the other only in the body"
    gap, wrong, left, right = best
    a, b = original_words(scanned, *left[:2]), original_words(scanned, *right[:2])
    sentence = f"found '{b}' {gap} words from '{a}', limit {node.words}"
    return sentence + (", and in the other order" if wrong else "")


def words_between(scanned: ScannedText, left: Span, right: Span, *, joined: bool) -> int | None:
    """Words between two spans of one field, or of head:, that do not overlap."""
    if not joined and scanned.part_of(left[0]) != scanned.part_of(right[0]):
        return None
    first, second = (left, right) if left[0] < right[0] else (right, left)
    start, end = scanned.words((second[0], first[1] - 1), joined=joined)
    gap = start - end - 1
    return gap if gap >= 0 else None


def nearest_unit(node: Near, witness: Witness) -> str:
    """How many sentences or paragraphs apart the two sides stand."""
    joined = witness.joined(node)
    kind = unit_of("SENTENCE" if node.kind == "SENTENCE" else "PARAGRAPH", joined=joined)
    lefts, rights = (
        numbered(witness.units(side, kind), kind, witness) for side in (node.left, node.right)
    )
    what = kind.removeprefix("HEAD ").lower()
    if not lefts or not rights:
        return f"one side never holds within a single {what}"
    best = None
    for unit in lefts:
        index = bisect_right(rights, unit)
        for other in rights[max(0, index - 1) : index + 1]:
            if (unit < 0) == (other < 0) and (best is None or abs(unit - other) < best):
                best = abs(unit - other)
    if best is None:
        return "one side stands only in the title, the other only in the body"
    return f"both are there, but at nearest {best} {what}{'' if best == 1 else 's'} apart"


def numbered(units: Iterable[int], kind: Unit, witness: Witness) -> list[int]:
    """Units counted from the first, instead of named by where they start; negative in the title."""
    title, body = witness.scanned.text.title, witness.scanned.text.body
    if kind.startswith("HEAD"):
        body = witness.scanned.original(witness.scanned.lede)
    find = sentence_starts if kind.endswith("SENTENCE") else paragraph_starts
    in_title, in_body = find(title), find(body)
    return sorted(
        -bisect_right(in_title, -1 - unit) if unit < 0 else bisect_right(in_body, unit)
        for unit in units
    )


def brief_node(node: Node) -> str:
    return short_clause(canonical(node))


def short_clause(clause: str) -> str:
    """A clause as a sentence about it names it."""
    return clause if len(clause) <= LONGEST_NAMED_TERM else clause[: LONGEST_NAMED_TERM - 1] + "…"
