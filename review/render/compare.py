"""Two texts side by side in one: what was taken out and what was put in."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

MOST_LINES, MOST_WORDS = 600, 1500
WORD_OR_SPACE = re.compile(r"\s+|[^\s]+")
PieceKind = Literal["same", "out", "in"]


@dataclass(frozen=True, slots=True)
class Piece:
    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class ComparedLine:
    kind: Literal["same", "out", "in", "changed"]
    pieces: tuple[Piece, ...]


def compared_lines(before: str, after: str) -> tuple[ComparedLine, ...]:
    """Line by line, and word by word within lines that changed."""
    old, new = before.split("\n")[:MOST_LINES], after.split("\n")[:MOST_LINES]
    compared: list[ComparedLine] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            compared += [ComparedLine("same", (Piece("same", line),)) for line in old[a:b]]
        elif tag == "replace" and b - a == d - c:
            compared += [
                ComparedLine("changed", compared_words(x, y))
                for x, y in zip(old[a:b], new[c:d], strict=True)
            ]
        else:
            compared += [ComparedLine("out", (Piece("out", line),)) for line in old[a:b]]
            compared += [ComparedLine("in", (Piece("in", line),)) for line in new[c:d]]
    return tuple(compared)


def compared_words(before: str, after: str) -> tuple[Piece, ...]:
    old, new = WORD_OR_SPACE.findall(before), WORD_OR_SPACE.findall(after)
    if len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        return (Piece("out", before), Piece("in", after))
    pieces: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces += _pieces("out", old[a:b]) + _pieces("in", new[c:d])
    return tuple(pieces)


def _pieces(kind: PieceKind, parts: Sequence[str]) -> list[Piece]:
    return [Piece(kind, "".join(parts))] if parts else []
