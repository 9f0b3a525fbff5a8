"""XPath expressions that look at names and attributes only, read once and then run by Python.

lxml calls back into Python for each regular expression of each element. Here one pattern holds
all that an expression asks of an attribute, and a value that comes again is not searched again.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

Find = Callable[[HtmlElement], list[HtmlElement]]
LONGEST_VALUE = 200  # characters; verdicts on longer values are not kept
REMEMBERED = 1024  # verdicts per attribute of an expression
_PART = re.compile(
    r"[\s|]*\(?\s*\.//(?P<name>\*|\w+)\s*(?P<predicates>(?:\[[^\[\]]*(?:\[[^'\]]*\][^\[\]]*)*\]\s*)*)\)?\s*"
)
_CONDITION = re.compile(
    r"(?P<call>contains|starts-with|re:test)\(\s*(?:(?P<names>@[\w|@-]+)"
    r"|translate\(\s*(?P<name>@[\w-]+)\s*,\s*'(?P<old>\w+)'\s*,\s*'(?P<new>\w+)'\s*\))"
    r"\s*,\s*'(?P<text>[^']+)'\s*(?:,\s*'(?P<flag>i)'\s*)?\)"
    r"|@(?P<equal>[\w-]+)\s*=\s*'(?P<value>[^']+)'|@(?P<present>[\w-]+)|self::(?P<tag>\w+)"
)


class UnreadableSelector(ValueError):  # noqa: N818 - named for what the expression is
    """An expression that asks for more than names and attributes."""


@dataclass(slots=True)
class Asked:
    """What is asked of one attribute, or of the first of two."""

    names: tuple[str, ...]
    pattern: re.Pattern[str]
    tags: frozenset[str] | None  # None: of any element
    known: dict[str, bool] = field(default_factory=dict)

    def judge(self, value: str) -> bool:
        verdict = self.pattern.search(value) is not None
        if len(value) <= LONGEST_VALUE:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[value] = verdict
        return verdict

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
    asked: tuple[Asked, ...]  # none: the name is enough


def finder(path: str, *, first: bool = False) -> Find:
    """The descendants that the expression finds, in document order, or only the first of them.

    Raises Unreadable for an expression that looks at more than names and attributes.
    """
    if "[1]" in path and not first:
        raise UnreadableSelector(path)
    parts = parts_of(path.replace("[1]", ""))
    names = [tag for part in parts for tag in part.tags]
    tags = ("*",) if "*" in names else tuple(dict.fromkeys(names))
    enough = frozenset(tag for part in parts if not part.asked for tag in part.tags)
    questions = questions_of(parts)

    def find(tree: HtmlElement) -> list[HtmlElement]:
        """Written for speed: it sees every element of every page several times."""
        found = []
        for element in tree.iterdescendants(*tags):
            tag = element.tag
            if tag in enough:
                found.append(element)
            for name, asked, within in () if tag in enough else questions:
                if within is not None and tag not in within:
                    continue
                value = element.get(name) if name else asked.first(element)
                if value is None:
                    continue
                verdict = asked.known.get(value)
                if asked.judge(value) if verdict is None else verdict:
                    found.append(element)
                    break
            if first and found:
                break
        return found

    return find


def questions_of(
    parts: Sequence[SelectorPart],
) -> list[tuple[str, Asked, frozenset[str] | None]]:
    """What is asked of an element: the one attribute or "", the question, the names it holds for."""
    return [
        (
            asked.names[0] if len(asked.names) == 1 else "",
            asked,
            asked.tags if len(parts) > 1 else None,
        )
        for part in parts
        for asked in part.asked
    ]


def parts_of(path: str) -> list[SelectorPart]:
    """`.//a[…]|.//b[…]` as its sides."""
    parts, end, path = [], 0, path.strip()
    while end < len(path):
        found = _PART.match(path, end)
        if not found:
            raise UnreadableSelector(path)
        parts.append(_part(found["name"], found["predicates"]))
        end = found.end()
    return parts


def _part(name: str, predicates: str) -> SelectorPart:
    if re.search(r"\W(?:and|not)\W", re.sub(r"'[^']*'", "''", predicates)):
        raise UnreadableSelector(predicates)
    if re.sub(r"\bor\b|[\[\]\s]", "", _CONDITION.sub("", predicates)):
        raise UnreadableSelector(predicates)
    tags, patterns = [], dict[tuple[str, ...], list[str]]()
    for found in _CONDITION.finditer(predicates):
        if found["tag"]:
            tags.append(found["tag"])
        else:
            names, pattern = _asked(found)
            patterns.setdefault(names, []).append(pattern)
    within = None if name == "*" and not tags else frozenset(tags or [name])
    asked = [Asked(names, re.compile("|".join(each)), within) for names, each in patterns.items()]
    return SelectorPart(tuple(tags) or (name,), tuple(asked))


def _asked(found: re.Match[str]) -> tuple[tuple[str, ...], str]:
    """The attributes that a condition names, and the pattern that it wants of the first of them."""
    if found["present"]:
        return (found["present"],), ""
    if found["equal"]:
        return (found["equal"],), rf"\A{re.escape(found['value'])}\Z"
    names = tuple((found["names"] or found["name"]).replace("@", "").split("|"))
    if found["call"] == "re:test":
        return names, f"(?i:{found['text']})" if found["flag"] else f"(?:{found['text']})"
    either = dict(zip(found["new"] or "", found["old"] or "", strict=True))
    text = "".join(
        f"[{char}{either[char]}]" if char in either else re.escape(char) for char in found["text"]
    )
    return names, rf"\A{text}" if found["call"] == "starts-with" else text
