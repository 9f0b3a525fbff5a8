"""How strong a hit is, and the sentence that shows it best. Severity is another matter.

0.3 for any hit; 0.3 more when the title holds evidence; 0.1 when the first 600 characters of the
body do; up to 0.2 for four different clauses, and up to 0.1 for ten passages.
"""

from collections import Counter
from collections.abc import Sequence

from matchers.engine.scanning.scanned_text import ScannedText
from matchers.text.furniture import prose_start, stands_in_furniture
from model import Evidence, Field

OPENING_CHARACTERS = 600
BESIDE_BODY: tuple[Field, ...] = ("title", "summary")
REACH = 240  # characters within which evidence counts as one place
LONGEST_SNIPPET = 420


def score(evidence: Sequence[Evidence]) -> float:
    total = 0.3
    if any(passage.field == "title" for passage in evidence):
        total += 0.3
    if any(passage.field == "body" and passage.start < OPENING_CHARACTERS for passage in evidence):
        total += 0.1
    total += 0.05 * min(4, len({passage.clause for passage in evidence}))
    total += 0.01 * min(10, len(evidence))
    return round(total, 2)


def snippet(evidence: Sequence[Evidence], scanned: ScannedText) -> tuple[Field, int, str]:
    """Field, offset and text of the sentence or two that hold most of the evidence."""
    inside = [passage for passage in evidence if passage.field == "body"]
    if not inside:
        fields = {passage.field for passage in evidence}
        field: Field = next((name for name in BESIDE_BODY if name in fields), "body")
        return field, 0, scanned.original(field)[:LONGEST_SNIPPET]
    body = scanned.text.body
    inside = [
        passage for passage in inside if not stands_in_furniture(body, passage.start)
    ] or inside
    first, last = best_place(inside)
    start, end = sentences_of_passage(scanned, inside[first].start, inside[last].end)
    return "body", start, body[start:end]


def best_place(evidence: Sequence[Evidence]) -> tuple[int, int]:
    """First and last of the passages that lie together and show most different clauses."""
    if evidence[-1].end - evidence[0].start <= REACH:
        return 0, len(evidence) - 1
    best, most = (0, 0), 0
    last = 0
    inside: Counter[str] = Counter()
    for first, passage in enumerate(evidence):
        while last < len(evidence) and (
            last <= first or evidence[last].end - passage.start <= REACH
        ):
            inside[evidence[last].clause] += 1
            last += 1
        if len(inside) > most:
            best, most = (first, last - 1), len(inside)
        inside[passage.clause] -= 1
        if not inside[passage.clause]:
            del inside[passage.clause]
    return best


def sentences_of_passage(scanned: ScannedText, start: int, end: int) -> tuple[int, int]:
    """Whole sentences around a passage, without the page's furniture before them, cut to a readable length:
    at the end if what holds the passage fits."""
    body, units = scanned.text.body, scanned.units.of("body")
    first, last = units.sentence(start)[0], units.sentence(end - 1)[1]
    first = prose_start(body, first, start)
    while last > end and body[last - 1].isspace():
        last -= 1
    room = max(0, LONGEST_SNIPPET - (end - start)) // 2
    if last - first > LONGEST_SNIPPET >= end - first:
        last = before(body, end, first + LONGEST_SNIPPET)
    elif last - first > LONGEST_SNIPPET:
        first, last = (
            max(first, cut(body, start - room, start)),
            min(last, before(body, end, end + room)),
        )
    while last > end and body[last - 1].isspace():
        last -= 1
    return first, last


def before(body: str, limit: int, end: int) -> int:
    """The end of a word at or before `end`, no earlier than `limit`."""
    if end >= len(body):
        return len(body)
    blank = body.rfind(" ", limit, end + 1)
    return end if blank < 0 else blank


def cut(body: str, start: int, limit: int) -> int:
    """The beginning of a word at or after `start`."""
    start = max(0, start)
    blank = body.find(" ", start, limit)
    return start if start == 0 or blank < 0 else blank + 1
