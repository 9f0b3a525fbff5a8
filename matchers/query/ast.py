"""The query as a tree, and the tree written out again in canonical form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from model import QueryError

Scope = Literal["any", "title", "head", "lede", "body", "summary", "source", "url", "lang"]
SCOPES: tuple[Scope, ...] = ("title", "head", "lede", "body", "summary", "source", "url", "lang")
Proximity = Literal["NEAR", "ONEAR", "SENTENCE", "PARAGRAPH"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One sequence of folded words that a term matches."""

    words: tuple[str, ...]
    prefix: bool = False  # the last word may go on
    cased: tuple[str, ...] | None = None  # the words with the case that they must have
    kind: Literal["words", "dotted", "hashtag"] = "words"
    tight: tuple[int, ...] = ()  # words after which the next follows with nothing between
    stops: tuple[int, ...] = ()  # words after which no comma and no end of a sentence may stand

    def __reduce__(self) -> tuple[type["Variant"], tuple[object, ...]]:
        """Rules hold twenty thousand of them: pickled field by field, as dataclasses with slots
        are, they take several times as long."""
        fields = (self.words, self.prefix, self.cased, self.kind, self.tight, self.stops)
        return Variant, fields


@dataclass(frozen=True, slots=True)
class Term:
    """A word, phrase or prefix. `text` is its canonical form without the field."""

    text: str
    variants: tuple[Variant, ...]
    scope: Scope = "any"
    at: int = field(default=0, compare=False)

    def __hash__(self) -> int:
        return hash((self.text, self.scope))  # all that tells terms apart, nearly always

    def __reduce__(self) -> tuple[type["Term"], tuple[object, ...]]:
        return Term, (self.text, self.variants, self.scope, self.at)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the children. `name` is set when a word list stands for them."""

    children: tuple["Node", ...]
    name: str | None = None
    scope: Scope = "any"
    at: int = field(default=0, compare=False)

    def __hash__(self) -> int:
        """Of a word list without its terms: there are thousands, and hardly two lists of one name."""
        content = self.children if self.name is None else len(self.children)
        return hash((content, self.name, self.scope))


@dataclass(frozen=True, slots=True)
class And:
    children: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    child: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Two things close to each other. `words` counts the words that may stand between."""

    kind: Proximity
    left: "Node"
    right: "Node"
    words: int = 0
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Window:
    """`"a b c"~n`: all the words, in any order, with at most n others between them."""

    text: str
    terms: tuple[Term, ...]
    words: int
    scope: Scope = "any"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The child holds in `count` or more sentences."""

    count: int
    child: "Node"
    at: int = field(default=0, compare=False)


Node = Term | Or | And | Not | Near | Window | AtLeast
# Tuples, as `Or | And` would be made anew for each of the many thousand nodes that are looked at.
_LEAVES = (Term, Window)
_WITHOUT_GROUP = (Term, Window, Not)
_GROUPS = (Or, And)
_SINGLE = (Not, AtLeast)


def children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, _LEAVES):
        return ()
    if isinstance(node, _GROUPS):
        return node.children
    if isinstance(node, _SINGLE):
        return (node.child,)
    if isinstance(node, Near):
        return (node.left, node.right)
    return ()


def with_operands(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of its children changed; a term or window as it is."""
    if isinstance(node, Or | And):
        return replace(node, children=tuple(map(change, node.children)))
    if isinstance(node, Near):
        return replace(node, left=change(node.left), right=change(node.right))
    if isinstance(node, Not | AtLeast):
        return replace(node, child=change(node.child))
    return node


def walk(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def outline(node: Node) -> Iterator[Node]:
    """As `walk`, without going through word lists."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if not (isinstance(current, Or) and current.name is not None):
            stack.extend(reversed(children(current)))


def prefixed(scope: Scope, text: str) -> str:
    return text if scope == "any" else f"{scope}:{text}"


def common_scope(node: Node) -> Scope:
    """The field that all terms share, so that it can be written once before the group."""
    if isinstance(node, _LEAVES) or (isinstance(node, Or) and node.name is not None):
        return node.scope
    shared: Scope | None = None
    for child in children(node):
        scope = child.scope if isinstance(child, _LEAVES) else common_scope(child)
        if scope == "any" or shared not in (None, scope):
            return "any"  # soon told, as most terms name no field
        shared = scope
    return shared or "any"


def canonical(node: Node, *, plain: bool = False) -> str:
    """The node as one would write it, on one line; parsing it again gives an equal node.

    `plain`: with parentheses also where they only help the reader, as in a OR (b NEAR/5 c).
    """
    return _write(node, "any", plain=plain)


def shared_scope(node: Node, outer: Scope) -> Scope | None:
    """The field that is written once before the whole group, if there is one."""
    if isinstance(node, _WITHOUT_GROUP) or (isinstance(node, Or) and node.name is not None):
        return None
    scope = common_scope(node)
    return None if scope in ("any", outer) else scope


def _write(node: Node, outer: Scope, *, plain: bool) -> str:
    if isinstance(node, _LEAVES):
        return prefixed("any" if node.scope == outer else node.scope, node.text)
    scope = shared_scope(node, outer)
    if scope is not None:
        return f"{scope}:({_write(node, scope, plain=plain)})"
    if isinstance(node, Or) and node.name is not None:
        return prefixed("any" if node.scope == outer else node.scope, f"${node.name}")
    if isinstance(node, Not):
        return f"NOT {_operand(node.child, outer, (Or, And), plain=plain)}"
    if isinstance(node, AtLeast):
        return f"ATLEAST/{node.count} ({_write(node.child, outer, plain=plain)})"
    if isinstance(node, Near):
        return _write_near(node, outer, plain=plain)
    word = " OR " if isinstance(node, Or) else " AND "
    bare = (
        plain and isinstance(node, Or) and any(isinstance(c, Term | Window) for c in node.children)
    )
    apart = (Or, And, Near) if bare else (Or, And)
    return word.join(_operand(child, outer, apart, plain=plain) for child in node.children)


def _write_near(node: Near, outer: Scope, *, plain: bool) -> str:
    operator = f"{node.kind}/{node.words}" if node.kind in ("NEAR", "ONEAR") else node.kind
    chained = isinstance(node.left, Near) and (node.left.kind, node.left.words) == (
        node.kind,
        node.words,
    )
    left_operand = _operand(
        node.left, outer, (Or, And) if chained else (Or, And, Near), plain=plain
    )
    return f"{left_operand} {operator} {_operand(node.right, outer, (Or, And, Near), plain=plain)}"


def _operand(node: Node, outer: Scope, bracketed: tuple[type, ...], *, plain: bool) -> str:
    text = _write(node, outer, plain=plain)
    is_list = isinstance(node, Or) and node.name is not None
    if is_list or not isinstance(node, bracketed) or shared_scope(node, outer) is not None:
        return text
    return f"({text})"


def error_at(node: Node, why: str, hint: str | None = None, *, width: int = 1) -> QueryError:
    """A fault where the node begins, of so many characters of the query."""
    return QueryError(why, node.at, node.at + width, hint)
