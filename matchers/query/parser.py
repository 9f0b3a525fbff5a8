"""Recursive descent from a query to its tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, cast

from config.did_you_mean import did_you_mean
from matchers.query.ast import SCOPES, And, AtLeast, Near, Node, Not, Or, Proximity
from matchers.query.ast import children as children_of
from matchers.query.hints import (
    field_hint,
    looks_like_regex,
    missing_operator,
    missing_term,
    mixed_and,
    one_word_field,
)
from matchers.query.lexer import Token, tokens
from matchers.query.operands import check_operand, check_unit, misread_alternatives
from matchers.query.scopes import Scoped, held_to_field, scope_named
from matchers.query.terms import term
from matchers.query.windows import WIDEST_WINDOW, phrase_or_window
from model import QueryError

DEEPEST_QUERY = 60
IN_TERMS = "word lists stand in terms/*.yaml"
NO_TERMS = "there is no folder terms/ beside the rules: put the file into rules/, or copy rules/terms/ beside it"


@dataclass(frozen=True, slots=True)
class Parsed:
    node: Node
    remarks: tuple[QueryError, ...] = ()  # what is legal and probably not meant


def parse_query(
    query: str, lists: Mapping[str, Or] | None = None, scoped: Scoped | None = None
) -> Parsed:
    """The tree of a query; QueryError says what is wrong and where.

    Queries that are given the same `scoped` share the word lists that they hold to one field.
    """
    parser = _Parser(query, lists or {}, {} if scoped is None else scoped)
    node = parser.query()
    return Parsed(node, tuple(parser.remarks))


class _Parser:
    def __init__(self, query: str, lists: Mapping[str, Or], scoped: Scoped) -> None:
        self.text, self.lists, self.scoped = query, lists, scoped
        self.tokens = tokens(query)
        self.index = 0
        self.depth = 0
        self.remarks: list[QueryError] = []
        self.inside: Token | None = None  # the field whose term or group is read
        self.distance: Token | None = None  # of the part read last: its NEAR, without parentheses
        self.narrow: QueryError | None = None  # of the part read last: a field of one word

    def peek(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST_QUERY:
            raise token.error(
                f"nested more than {DEEPEST_QUERY} deep",
                "put parts into word lists, or into rules of their own",
            )

    def query(self) -> Node:
        if self.peek().kind == "end":
            raise QueryError("the query is empty", 0, 1)
        node = self.either()
        if self.peek().kind == ")":
            raise self.peek().error('")" closes nothing', "remove it")
        assert self.peek().kind == "end"
        return node

    def either(self) -> Node:
        start = self.peek().start
        parts = [self.both()]
        bare_and: list[Token] = [] if parts[0][1] is None else [parts[0][1]]
        written = [(self.distance, self.narrow)]
        while self.peek().kind == "OR":
            self.take()
            parts.append(self.both())
            written.append((self.distance, self.narrow))
            if parts[-1][1] is not None:
                bare_and.append(parts[-1][1])
        if len(parts) == 1:
            return parts[0][0]
        if bare_and:
            self.remarks.append(mixed_and(bare_and[0]))
        self.remarks += dict.fromkeys(misread_alternatives([node for node, _ in parts], written))
        nodes = flat_group(Or, [node for node, _ in parts])
        return Or(tuple(nodes), at=start) if len(nodes) > 1 else nodes[0]

    def both(self) -> tuple[Node, Token | None]:
        """A chain of AND, and the first AND in it."""
        start = self.peek().start
        parts = [self.negated()]
        first: Token | None = None
        while self.peek().kind in ("AND", "NOT"):
            first = first or self.peek()
            if self.peek().kind == "AND":
                self.take()
            parts.append(self.negated())
        if self.peek().kind not in ("OR", ")", "end"):
            self.missing_operator()
        if len(parts) == 1:
            return parts[0], None
        nodes = flat_group(And, parts)
        return And(tuple(nodes), at=start) if len(nodes) > 1 else nodes[0], first

    def negated(self) -> Node:
        if self.peek().kind != "NOT":
            return self.close()
        token = self.take()
        if self.peek().kind == "NOT":
            raise QueryError("two NOTs in a row", token.start, self.peek().end, "remove both")
        return Not(self.close(), at=token.start)

    def close(self) -> Node:
        """A chain of NEAR, ONEAR, SENTENCE or PARAGRAPH."""
        start = self.peek().start
        self.narrow = None
        node = self.single()
        chain: tuple[str, int | None] | None = None
        first: Token | None = None
        links = 0
        while self.peek().kind == "NEAR":
            operator = self.take()
            if chain not in (None, (operator.operator, operator.number)):
                raise operator.error(
                    f"{operator.text} stands beside another operator of distance",
                    "put parentheses around what belongs together",
                )
            chain = (operator.operator, operator.number)
            first = first or operator
            links += 1
            if links > DEEPEST_QUERY:
                raise operator.error(f"more than {DEEPEST_QUERY} in one chain")
            if self.peek().kind == "NOT":
                raise self.peek().error(
                    f"NOT cannot stand beside {operator.text}", "write A AND NOT (A NEAR/5 B)"
                )
            node = self.near(node, operator, self.single(), start)
        self.distance = first
        return node

    def near(self, left: Node, operator: Token, right: Node, start: int) -> Near:
        kind = cast(Proximity, operator.operator)
        if (operator.number or 0) > WIDEST_WINDOW:
            raise operator.error(
                f"{operator.number} words are more than {WIDEST_WINDOW}",
                "use AND, PARAGRAPH or SENTENCE",
            )
        for side in (left, right):
            check_operand(side, operator)
        return Near(kind, left, right, operator.number or 0, at=start)

    def single(self) -> Node:
        token = self.peek()
        if token.kind in ("word", "phrase"):
            return self.term()
        if token.kind == "list":
            return self.list()
        if token.kind == "(":
            return self.group()
        if token.kind == "field":
            return self.field()
        if token.kind == "ATLEAST":
            return self.at_least()
        return self.nothing()

    def group(self) -> Node:
        opening = self.take()
        self.deeper(opening)
        if self.peek().kind == ")":
            raise QueryError("the parentheses are empty", opening.start, self.peek().end)
        node = self.either()
        if self.peek().kind != ")":
            raise opening.error("this parenthesis is never closed", 'add ")"')
        self.take()
        self.depth -= 1
        return node

    def term(self) -> Node:
        token = self.take()
        if looks_like_regex(token) and (self.inside is None or self.inside.text != "url"):
            raise token.error(
                "regular expressions are not part of the language",
                "write the words out, joined with OR, or use prefix*",
            )
        if self.peek().kind != "~":
            return term(token)
        return phrase_or_window(token, self.take())

    def list(self) -> Node:
        token = self.take()
        word_list = self.lists.get(token.text)
        if word_list is None:
            raise token.error(
                f"there is no word list ${token.text}",
                did_you_mean(token.text, self.lists, shown="${}")
                or (IN_TERMS if self.lists else NO_TERMS),
            )
        return word_list

    def field(self) -> Node:
        token = self.take()
        if token.text not in SCOPES:
            hint = field_hint(token) or did_you_mean(token.text, SCOPES, shown="{}:")
            raise token.error(
                f'there is no field "{token.text}"',
                hint or "the fields are title, head, lede, body, summary, source, url and lang",
            )
        self.deeper(token)
        if self.peek().kind not in ("word", "phrase", "list", "(", "ATLEAST"):
            self.nothing()
        outer, self.inside = self.inside, token
        following = self.peek()
        node = self.single()
        self.inside = outer
        self.narrow = one_word_field(token, following.text) if following.kind == "word" else None
        self.depth -= 1
        return held_to_field(node, scope_named(token.text), token, self.scoped)

    def at_least(self) -> Node:
        token = self.take()
        if not token.number:
            raise token.error("ATLEAST/0 is always true", "write ATLEAST/2")
        if self.peek().kind != "(":
            raise token.error(f"{token.text} needs parentheses", f"write {token.text} (…)")
        node = self.group()
        check_unit(node, token)
        return AtLeast(token.number, node, at=token.start)

    def missing_operator(self) -> NoReturn:
        before, after, *rest = self.tokens[self.index - 1 :]
        raise missing_operator(before, after, rest[0] if rest else after)

    def nothing(self) -> NoReturn:
        raise missing_term(self.tokens[max(0, self.index - 1)], self.peek())


def flat_group(kind: type[Or] | type[And], parts: list[Node]) -> list[Node]:
    """Groups of the same kind dissolved into their parent; word lists stay whole."""
    nodes: list[Node] = []
    for part in parts:
        if type(part) is kind and not (isinstance(part, Or) and part.name):
            nodes += children_of(part)
        else:
            nodes.append(part)
    return list(dict.fromkeys(nodes))
