"""XPath expressions that look at names and attributes only, read once and then run by Python.

lxml calls back into Python for each regular expression of each element. Here all that an
expression asks of an attribute is asked at once, and a value that comes again is not searched
again. Most alternatives are plain words: to look for each takes a tenth of the time of a pattern.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

Find = Callable[[HtmlElement], list[HtmlElement]]
LONGEST_ATTRIBUTE = 200  # characters; results for longer values are not kept
# Questions of one expression, from which on it pays to list an element's attributes
MANY_LOOKUPS = 4
RESULTS_REMEMBERED = 1024  # results per attribute of an expression
_PART = re.compile(
    r"[\s|]*\(?\s*\.//(?P<name>\*|\w+)\s*(?P<predicates>(?:\[[^\[\]]*(?:\[[^'\]]*\][^\[\]]*)*\]\s*)*)\)?\s*"
)
_CONDITION = re.compile(
    r"(?P<call>contains|starts-with|re:test)\(\s*(?:(?P<names>@[\w|@-]+)"
    r"|translate\(\s*(?P<name>@[\w-]+)\s*,\s*'(?P<old>\w+)'\s*,\s*'(?P<new>\w+)'\s*\))"
    r"\s*,\s*'(?P<text>[^']+)'\s*(?:,\s*'(?P<flag>i)'\s*)?\)"
    r"|@(?P<equal>[\w-]+)\s*=\s*'(?P<value>[^']+)'|@(?P<present>[\w-]+)|self::(?P<tag>\w+)"
)


# One alternative of a pattern, without those inside brackets; and what is no plain word.
_ALTERNATIVE = re.compile(r"(?:\((?:\([^()]*\)|[^()])*\)|\[[^\]]*\]|\\.|[^|()\[\]\\])+")
_NO_WORD = re.compile(r"[\\.^$*+?{}\[\]()|]")


class UnreadableSelector(ValueError):  # noqa: N818 - named for what the expression is
    """An expression that asks for more than names and attributes."""


@dataclass(slots=True)
class AttributePredicate:
    """A condition on one attribute, or on the first of two."""

    names: tuple[str, ...]
    starts: tuple[str, ...]  # words at its beginning
    words: tuple[str, ...]  # anywhere in it
    pattern: re.Pattern[str] | None  # what else would do
    tags: frozenset[str] | None  # None: of any element
    results: dict[str, bool] = field(default_factory=dict)

    def judge(self, value: str) -> bool:
        result = self._says(value)
        if len(value) <= LONGEST_ATTRIBUTE:
            if len(self.results) >= RESULTS_REMEMBERED:
                self.results.clear()
            self.results[value] = result
        return result

    def _says(self, value: str) -> bool:
        for word in self.words:
            if word in value:
                return True
        if value.startswith(self.starts):
            return True
        return self.pattern is not None and self.pattern.search(value) is not None

    def first(self, element: HtmlElement) -> str | None:
        """As XPath reads `@id|@class`: whichever stands first in the tag."""
        a: str | None
        b: str | None
        a, b = map(element.get, self.names)
        if a is None or b is None:
            return b if a is None else a
        keys = element.keys()
        return a if keys.index(self.names[0]) < keys.index(self.names[1]) else b


@dataclass(frozen=True, slots=True)
class SelectorPart:
    """One side of a union: the elements of these names ("*": any) of which one thing holds."""

    tags: tuple[str, ...]
    predicates: tuple[AttributePredicate, ...]  # none: the name is enough


# The one attribute or "", the predicate, the names of elements it holds for (None: any).
Lookup = tuple[str, AttributePredicate, frozenset[str] | None]


def finder(path: str, *, first: bool = False) -> Find:
    """The descendants that the expression finds, in document order, or only the first of them.

    Raises UnreadableSelector for an expression that looks at more than names and attributes.
    """
    if "[1]" in path and not first:
        raise UnreadableSelector(path)
    parts = parts_of(path.replace("[1]", ""))
    names = [tag for part in parts for tag in part.tags]
    tags = ("*",) if "*" in names else tuple(dict.fromkeys(names))
    enough = frozenset(tag for part in parts if not part.predicates for tag in part.tags)
    lookups = lookups_of(parts)
    if len(lookups) >= MANY_LOOKUPS and not enough and not first:
        return of_many(tags, lookups)
    return of_few(tags, lookups, enough, first=first)


def of_few(
    tags: Sequence[str], lookups: Sequence[Lookup], enough: frozenset[str], *, first: bool
) -> Find:
    """As `finder`, by trying each predicate on each element; `enough`: tags that need none."""

    def find(tree: HtmlElement) -> list[HtmlElement]:
        """Written for speed: it sees every element of every page several times."""
        elements = []
        for element in tree.iterdescendants(*tags):
            tag = element.tag
            if tag in enough:
                elements.append(element)
            for name, predicate, within in () if tag in enough else lookups:
                if within is not None and tag not in within:
                    continue
                value = element.get(name) if name else predicate.first(element)
                if value is None:
                    continue
                result = predicate.results.get(value)
                if predicate.judge(value) if result is None else result:
                    elements.append(element)
                    break
            if first and elements:
                break
        return elements

    return find


def of_many(tags: Sequence[str], lookups: Sequence[Lookup]) -> Find:
    """As `finder`, from the attributes that an element has to their predicates: most have few."""
    by_name: dict[str, list[Lookup]] = {}
    for lookup in lookups:
        for name in lookup[1].names:
            by_name.setdefault(name, []).append(lookup)

    def is_found(element: HtmlElement, names: list[str]) -> bool:
        for name in names:
            if name not in by_name:
                continue
            value = element.get(name, "")
            for single, predicate, within in by_name[name]:
                if within is not None and element.tag not in within:
                    continue
                if not single and name != next(
                    listed for listed in names if listed in predicate.names
                ):
                    continue
                result = predicate.results.get(value)
                if predicate.judge(value) if result is None else result:
                    return True
        return False

    def find(tree: HtmlElement) -> list[HtmlElement]:
        return [
            element
            for element in tree.iterdescendants(*tags)
            if (names := element.keys()) and is_found(element, names)
        ]

    return find


def lookups_of(parts: Sequence[SelectorPart]) -> list[Lookup]:
    """One lookup for each predicate; the names it holds for are None where there is one part."""
    return [
        (
            predicate.names[0] if len(predicate.names) == 1 else "",
            predicate,
            predicate.tags if len(parts) > 1 else None,
        )
        for part in parts
        for predicate in part.predicates
    ]


def parts_of(path: str) -> list[SelectorPart]:
    """`.//a[…]|.//b[…]` as its sides."""
    parts, end, path = [], 0, path.strip()
    while end < len(path):
        match = _PART.match(path, end)
        if not match:
            raise UnreadableSelector(path)
        parts.append(_part(match["name"], match["predicates"]))
        end = match.end()
    return parts


def _part(name: str, predicates: str) -> SelectorPart:
    if re.search(r"\W(?:and|not)\W", re.sub(r"'[^']*'", "''", predicates)):
        raise UnreadableSelector(predicates)
    if re.sub(r"\bor\b|[\[\]\s]", "", _CONDITION.sub("", predicates)):
        raise UnreadableSelector(predicates)
    tags, alternatives_of = [], dict[tuple[str, ...], list[str]]()
    for match in _CONDITION.finditer(predicates):
        if match["tag"]:
            tags.append(match["tag"])
        else:
            names, alternatives = _attributes_and_patterns(match)
            alternatives_of.setdefault(names, []).extend(alternatives)
    within = None if name == "*" and not tags else frozenset(tags or [name])
    conditions = [
        _predicate(names, patterns, within) for names, patterns in alternatives_of.items()
    ]
    return SelectorPart(tuple(tags) or (name,), tuple(conditions))


def _predicate(
    names: tuple[str, ...], alternatives: Sequence[str], within: frozenset[str] | None
) -> AttributePredicate:
    words, starts, rest = list[str](), list[str](), list[str]()
    for alternative in alternatives:
        if not _NO_WORD.search(alternative):
            words.append(alternative)
        elif alternative[0] == "^" and not _NO_WORD.search(alternative[1:]):
            starts.append(alternative[1:])
        else:
            rest.append(alternative)
    pattern = re.compile("|".join(f"(?:{alternative})" for alternative in rest)) if rest else None
    return AttributePredicate(names, tuple(starts), tuple(words), pattern, within)


def _attributes_and_patterns(match: re.Match[str]) -> tuple[tuple[str, ...], list[str]]:
    """The attributes that a condition names, and the patterns of which it wants one of the first of
    them."""
    if match["present"]:
        return (match["present"],), [""]
    if match["equal"]:
        return (match["equal"],), [rf"\A{re.escape(match['value'])}\Z"]
    names = tuple((match["names"] or match["name"]).replace("@", "").split("|"))
    if match["call"] == "re:test":
        text = match["text"]
        alternatives = _ALTERNATIVE.findall(text)
        if match["flag"] or "|".join(alternatives) != text:
            return names, [f"(?i:{text})" if match["flag"] else text]
        return names, alternatives
    either = dict(zip(match["new"] or "", match["old"] or "", strict=True))
    text = "".join(
        f"[{char}{either[char]}]" if char in either else re.escape(char) for char in match["text"]
    )
    if not either and not _NO_WORD.search(match["text"]):
        text = match["text"]
    return names, [f"^{text}" if match["call"] == "starts-with" else text]
