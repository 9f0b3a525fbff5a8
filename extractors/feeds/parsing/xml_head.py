"""What stands before the root element of a feed: declarations, a document type, junk. Pure.

No parser is given a document type: its entities are read here, as far as they are short and few.
"""

import re
from dataclasses import dataclass, field

MOST_ENTITIES = 300
LONGEST_ENTITY = 40  # so that ten megabytes cannot grow past a hundred
LONGEST_HEAD = 300_000  # characters before the root element

_DECLARED_ENTITY = re.compile(
    r"""<!ENTITY\s+(\w{1,64})\s+(?:"([^"&%<]*|&#\w{1,8};)"|'([^'&%<]*|&#\w{1,8};)')\s*>"""
)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


@dataclass(slots=True)
class DocumentHead:
    """What stands before the root element."""

    root: str  # its local name in lower case, "" when there is none
    start: int
    entities: dict[str, str] = field(default_factory=dict)
    netscape: bool = False


def read_head(text: str) -> DocumentHead:
    """Finds the root element past declarations, comments and junk, in one pass."""
    at, head = 0, DocumentHead("", len(text))
    while 0 <= (at := text.find("<", at)) < LONGEST_HEAD:
        if text.startswith("<!--", at):
            at = _after(text, "-->", at + 4)
        elif text.startswith("<?", at):
            at = _after(text, "?>", at + 2)
        elif text.startswith(("<!DOCTYPE", "<!doctype"), at):
            at = _read_doctype(text, at, head)
        elif match := _ROOT.match(text, at):
            head.root, head.start = match[2].lower(), at
            return head
        else:
            at += 1
    return head


def _after(text: str, end: str, at: int) -> int:
    closing = text.find(end, at)
    return closing + len(end) if closing >= 0 else len(text)


def _read_doctype(text: str, at: int, head: DocumentHead) -> int:
    close, opens = text.find(">", at), text.find("[", at)
    if not 0 <= opens < close:
        head.netscape = "netscape" in text[at : close + 1].lower()
        return close + 1 if close >= 0 else len(text)
    end = text.find("]", opens)
    end = end if end >= 0 else len(text)
    head.netscape = "netscape" in text[at:opens].lower()
    for entity in _DECLARED_ENTITY.finditer(text, opens, min(end, opens + 200_000)):
        value = entity[2] if entity[2] is not None else entity[3]
        if len(value) <= LONGEST_ENTITY and len(head.entities) < MOST_ENTITIES:
            head.entities.setdefault(entity[1], value)
    return _after(text, ">", end)
