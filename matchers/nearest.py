"""What came nearest to a clause that did not hold, in one sentence for people."""

from bisect import bisect_right
from collections.abc import Iterable

from matchers.rows import Span
from matchers.sentences import paragraph_starts, sentence_starts
from matchers.syntax import AtLeast, Near, Node, Or, Term, Window, canonical
from matchers.units import Unit
from matchers.view import View
from matchers.witness import Witness

STEM = 4  # letters that a word must share to be shown as a near miss
MOST_PAIRS = 200_000


def nearest(node: Node, witness: Witness) -> str:
    """The sentence for a node that does not hold."""
    if isinstance(node, Term):
        return nearest_term(node, witness.view)
    if isinstance(node, Window):
        return nearest_window(node, witness)
    if isinstance(node, AtLeast):
        count = len(witness.units(node.child, "SENTENCE"))
        found = f"{count} sentence{'' if count == 1 else 's'}"
        return f"holds in {found}, needs {node.count}"
    if isinstance(node, Near):
        return nearest_pair(node, witness)
    if isinstance(node, Or):
        name = f"${node.name}" if node.name else "these"
        hints = [nearest(child, witness) for child in node.children[:40]]
        hints = [hint for hint in hints if hint != "not in the text"]
        return hints[0] if hints else f"none of {name} is in the text"
    return "does not hold"


def shown(view: View, start: int, end: int) -> str:
    field, first, last = view.origin(start, end)
    return view.original(field)[first:last]


def nearest_term(term: Term, view: View) -> str:
    """In another field, in another case, in another form, in pieces, or not at all."""
    hay = view.main.split(" ")
    for variant in term.variants:
        pattern = " " + " ".join(variant.words) + ("" if variant.prefix else " ")
        place = view.main.find(pattern)
        if place < 0:
            continue
        end = place + len(pattern) - (not variant.prefix)
        field = view.parts[view.part_of(place + 1)][0]
        text = shown(view, place + 1, end)
        if term.scope in ("title", "lede", "body", "any") and variant.cased is None:
            where = (
                "the body, after its first 100 words"
                if term.scope == "lede" and field == "body"
                else f"the {field}"
            )
            return f"found '{text}' in {where}, not in the {term.scope}"
        if variant.cased is not None and text not in variant.cased:
            return f"found '{text}', but the case differs"
        return f"found '{text}' in the {field}, not in the {term.scope}"
    wanted = term.variants[0].words
    if len(wanted) > 1:
        there = [word for word in wanted if word in hay]
        if len(there) == len(wanted):
            return "all its words are there, but not side by side"
        telling = [word for word in there if len(word) >= STEM]
        if telling:
            return f"of {canonical(term)} only {', '.join(map(repr, telling))} is in the text"
        return "not in the text"
    stem = wanted[0][: max(STEM, len(wanted[0]) - 3)]
    alike = sorted({word for word in hay if word.startswith(stem)}) if len(stem) >= STEM else []
    if alike:
        return f"found '{alike[0]}', which {canonical(term)} does not match; a star would: {stem}*"
    return "not in the text"


def nearest_window(node: Window, witness: Witness) -> str:
    missing = [term.text for term in node.terms if not witness.spans(term)]
    if missing:
        return f"'{missing[0]}' is not in the text"
    return f"its words are there, but never within {node.words + len(node.terms)} words"


def nearest_pair(node: Near, witness: Witness) -> str:
    for side in (node.left, node.right):
        if not witness.holds(side):
            return f"{brief(side)}: {nearest(side, witness)}"
    if node.kind in ("SENTENCE", "PARAGRAPH"):
        return nearest_unit(node, witness)
    view = witness.view
    best: tuple[int, bool, Span, Span] | None = None
    rights = witness.spans(node.right)
    for left in witness.spans(node.left)[: MOST_PAIRS // max(1, len(rights))]:
        for right in rights:
            gap = distance(view, left, right)
            wrong = node.kind == "ONEAR" and right[0] < left[0]
            if gap is not None and (best is None or (gap, wrong) < best[:2]):
                best = (gap, wrong, left, right)
    if best is None:
        return "one side stands only in the title, the other only in the body"
    gap, wrong, left, right = best
    a, b = shown(view, *left[:2]), shown(view, *right[:2])
    found = f"found '{b}' {gap} words from '{a}', limit {node.words}"
    return found + (", and in the other order" if wrong else "")


def distance(view: View, left: Span, right: Span) -> int | None:
    """Words between two spans of one field that do not overlap."""
    if view.part_of(left[0]) != view.part_of(right[0]):
        return None
    first, second = (left, right) if left[0] < right[0] else (right, left)
    start, end = view.words((second[0], first[1] - 1))
    gap = start - end - 1
    return gap if gap >= 0 else None


def nearest_unit(node: Near, witness: Witness) -> str:
    """How many sentences or paragraphs apart the two sides stand."""
    kind: Unit = "SENTENCE" if node.kind == "SENTENCE" else "PARAGRAPH"
    lefts, rights = (
        numbered(witness.units(side, kind), kind, witness) for side in (node.left, node.right)
    )
    what = kind.lower()
    if not lefts or not rights:
        return f"one side never holds within a single {what}"
    best = None
    for one in lefts:
        index = bisect_right(rights, one)
        for other in rights[max(0, index - 1) : index + 1]:
            if (one < 0) == (other < 0) and (best is None or abs(one - other) < best):
                best = abs(one - other)
    if best is None:
        return "one side stands only in the title, the other only in the body"
    return f"both are there, but at nearest {best} {what}{'' if best == 1 else 's'} apart"


def numbered(units: Iterable[int], kind: Unit, witness: Witness) -> list[int]:
    """Units counted from the first, instead of named by where they start; negative in the title."""
    title, body = witness.view.text.title, witness.view.text.body
    find = sentence_starts if kind == "SENTENCE" else paragraph_starts
    in_title, in_body = find(title), find(body)
    return sorted(
        -bisect_right(in_title, -1 - one) if one < 0 else bisect_right(in_body, one)
        for one in units
    )


def brief(node: Node) -> str:
    text = canonical(node)
    return text if len(text) <= 60 else text[:59] + "…"
