"""Whether a query makes sense: it can match something, and not nearly everything."""

from itertools import islice

from matchers.query.ast import (
    And,
    AtLeast,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Term,
    Variant,
    Window,
    canonical,
    children,
    error_at,
    outline,
)
from model import QueryError

FIELD_PARTS: dict[Scope, set[str]] = {  # the parts of an article that a field stands for
    "any": {"title", "body", "summary"},
    "head": {"title", "body", "summary"},
    "lede": {"body"},
}
MOST_COMPARISONS = 20_000  # of parts with parts; beyond, only equal parts are recognised


def check_sense(query: Node, unless: Node | None) -> list[tuple[QueryError, str]]:
    """Faults of sense, each with the key that it belongs to."""
    errors: list[tuple[QueryError, str]] = []
    for name, node in (("query", query), ("unless", unless)):
        if node is None:
            continue
        loose = unbound(node)
        if loose is not None:
            why = "this matches nearly every article: nothing but NOT must hold"
            errors.append((error_at(loose, why, "write A AND NOT B", width=3), name))
        errors += [(error, name) for error in contradictions(node)]
    if unless is not None and not errors and implies(query, unless):
        why = "the rule can never match: all that the query finds is excluded here"
        errors.append((error_at(unless, why), "unless"))
    return errors


def positive(node: Node) -> bool:
    """Whether something must have been found for the node to hold."""
    if isinstance(node, Not):
        return False
    if isinstance(node, Or):
        return all(positive(child) for child in node.children)
    if isinstance(node, And):
        return any(positive(child) for child in node.children)
    return True


def unbound(node: Node) -> Node | None:
    """A part that makes the node hold for want of something."""
    if positive(node):
        return None
    return next((child for child in outline(node) if isinstance(child, Not)), node)


def contradictions(node: Node) -> list[QueryError]:
    """Parts that can never hold."""
    errors: list[QueryError] = []
    for child in outline(node):
        if isinstance(child, And):
            errors += excluded_parts(child)
        if isinstance(child, Near | AtLeast) and is_half_head(child):
            why = "head: stands beside another field, and joins headline and lede on one side only"
            hint = "write the field once, before all of it: head:(a NEAR/5 b)"
            errors.append(error_at(child, why, hint))
        elif isinstance(child, Near):
            left, right = fields(child.left), fields(child.right)
            if not left & right:
                why = f"this can never match: one side stands in the {' or '.join(sorted(left))}, the other in the {' or '.join(sorted(right))}"
                errors.append(error_at(child, why, "use AND between fields"))
    return errors


def is_half_head(node: Node) -> bool:
    """Whether some words of an operator of distance are held to head: and others are not."""
    leaves = (leaf for leaf in outline(node) if isinstance(leaf, Term | Window | Or))
    scopes = {leaf.scope for leaf in leaves if not isinstance(leaf, Or) or leaf.name is not None}
    return "head" in scopes and len(scopes) > 1


def excluded_parts(node: And) -> list[QueryError]:
    """A NOT that forbids what the same AND demands, or several NOTs that do so together."""
    demanded = [child for child in node.children if not isinstance(child, Not)]
    excluded = [child for child in node.children if isinstance(child, Not)]
    errors: list[QueryError] = []
    if len(demanded) * len(excluded) > MOST_COMPARISONS:
        return errors
    for child in excluded:
        demand = next((demand for demand in demanded if implies(demand, child.child)), None)
        if demand is not None:
            errors.append(never(demand, child))
    if len(excluded) > 1 and not errors:
        together = Or(tuple(child.child for child in excluded))
        demand = next((demand for demand in demanded if implies(demand, together)), None)
        if demand is not None:
            errors.append(never(demand, excluded[0]))
    return errors


def never(demanded: Node, excluded: Not) -> QueryError:
    why = f"this can never match: {short_name(demanded)} is both demanded and excluded"
    return error_at(excluded, why, "take one of the two away", width=3)


def fields(node: Node) -> set[str]:
    """The parts of the article in which a node can hold."""
    parts: set[str] = set()
    for leaf in outline(node):
        if isinstance(leaf, Term | Window) or (isinstance(leaf, Or) and leaf.name is not None):
            parts |= FIELD_PARTS.get(leaf.scope, {leaf.scope})
    return parts


def implies(left: Node, right: Node) -> bool:
    """Whether the right surely holds wherever the left does; False when it is not known."""
    if left == right:
        return True
    if isinstance(left, Or):
        if len(left.children) > 200:
            return False
        return all(implies(child, right) for child in left.children)
    if isinstance(right, Or):
        return implied_by_one(left, right)
    if isinstance(left, Near) and isinstance(right, Near) and wider(right, left):
        return True
    if isinstance(left, AtLeast) and isinstance(right, AtLeast):
        return left.child == right.child and left.count >= right.count
    if isinstance(left, And | Near | AtLeast):
        if any(implies(child, right) for child in children(left) if not isinstance(child, Not)):
            return True
        return isinstance(right, And) and all(implies(left, child) for child in right.children)
    if isinstance(left, Window):
        return any(implies(term, right) for term in left.terms)
    return isinstance(left, Term) and isinstance(right, Term) and covers_places(right, left)


def wider(wide: Near, narrow: Near) -> bool:
    """Whether two sides that stand as near as `narrow` asks stand as near as `wide` asks, too."""
    ordered = (wide.left, wide.right) == (narrow.left, narrow.right)
    if wide.kind in ("SENTENCE", "PARAGRAPH"):
        kinds = narrow.kind == wide.kind or (narrow.kind, wide.kind) == ("SENTENCE", "PARAGRAPH")
    else:
        kinds = narrow.kind in (wide.kind, "ONEAR") and narrow.kind in ("NEAR", "ONEAR")
        kinds = kinds and narrow.words <= wide.words
    turned = (wide.right, wide.left) == (narrow.left, narrow.right) and wide.kind != "ONEAR"
    return kinds and (ordered or turned)


def implied_by_one(left: Node, right: Or) -> bool:
    if left in right.children:
        return True
    words = needed_words(left)
    few = islice(right.children, MOST_COMPARISONS // 100)
    return any(
        implies(left, child)
        for child in few
        if not isinstance(child, Term) or shares_a_word(child, words)
    )


def needed_words(node: Node) -> frozenset[str]:
    """Words of which a term must hold one, or begin one, for the node to imply it.

    Of an OR its first alternative tells, as all of them would have to imply the term. Most pairs of
    parts have no word in common: that is told here, without comparing term by term.
    """
    if isinstance(node, Term):
        return frozenset(word for variant in node.variants for word in variant.words)
    if isinstance(node, Window):
        parts: tuple[Node, ...] = node.terms
    elif isinstance(node, Or):
        parts = node.children[:1]
    else:
        parts = children(node)
    return frozenset().union(*map(needed_words, parts))


def shares_a_word(term: Term, words: frozenset[str]) -> bool:
    return any(
        variant.words[0] in words
        or (variant.prefix and any(word.startswith(variant.words[0]) for word in words))
        for variant in term.variants
    )


def covers_places(wide: Term, narrow: Term) -> bool:
    """Whether every place of the narrow term is one of the wide one, or holds one."""
    if not scope_within(narrow.scope, wide.scope):
        return False
    return all(
        any(
            contains(inner.words, other.words, prefix=other.prefix, open_end=inner.prefix)
            and (not other.stops or stops_alike(inner, other))
            and (other.cased is None or other.cased == inner.cased)
            for other in wide.variants
            if other.kind == "words"
        )
        for inner in narrow.variants
        if inner.kind == "words"
    ) and all(inner.kind == "words" or wide == narrow for inner in narrow.variants)


def stops_alike(narrow: Variant, wide: Variant) -> bool:
    """Whether the narrow phrase stops at every comma at which the wide one does, as far as told."""
    return len(narrow.stops) == len(narrow.words) - 1 or narrow.stops == wide.stops


def scope_within(narrow: Scope, wide: Scope) -> bool:
    if narrow == wide:
        return True
    return narrow in ("title", "head", "lede", "body", "summary") and (
        wide == "any" or (narrow, wide) in (("lede", "body"), ("title", "head"), ("lede", "head"))
    )


def contains(
    words: tuple[str, ...], part: tuple[str, ...], *, prefix: bool, open_end: bool
) -> bool:
    """Whether a phrase holds another; `prefix` when the inner one may go on."""
    for first in range(len(words) - len(part) + 1):
        piece = words[first : first + len(part)]
        last = first + len(part) == len(words)
        if piece == part and (prefix or not (last and open_end)):
            return True
        if prefix and piece[:-1] == part[:-1] and piece[-1].startswith(part[-1]):
            return True
    return False


def short_name(node: Node) -> str:
    text = canonical(node)
    return text if len(text) <= 60 else text[:59] + "…"
