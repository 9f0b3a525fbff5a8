"""One YAML file while it is read: every fault knows its line and column."""

import re
import unicodedata
from dataclasses import dataclass, field

import yaml

from model import ConfigError, QueryError

WIDEST_EXCERPT = 100
# An anchor or a tag before a value; what a backslash stands for in double quotes.
PROPERTY = re.compile(r"[!&]\S*\s+")
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
BLANK_ESCAPES = frozenset(" \t\ntnvfrNLP_")


@dataclass
class Document:
    """One file while it is read, with the faults found in it so far."""

    path: str
    text: str
    faults: list[ConfigError] = field(default_factory=list)

    def refuse(
        self,
        why: str,
        *,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        """A fault of the file, or of a place in it where no node stands."""
        self.faults.append(ConfigError(self.path, why, line=line, column=column, hint=hint))

    def raise_faults(self) -> None:
        """Raises ExceptionGroup of ConfigError, in the order of the file, when there are any."""
        if self.faults:
            faults = sorted(self.faults, key=lambda fault: (fault.line or 0, fault.column or 0))
            raise ExceptionGroup(f"{self.path} has {len(faults)} fault(s)", faults)

    def fault(
        self, node: yaml.Node, why: str, *, name: str | None = None, hint: str | None = None
    ) -> None:
        mark = node.start_mark
        self.faults.append(
            ConfigError(
                self.path, why, field=name, line=mark.line + 1, column=mark.column + 1, hint=hint
            )
        )

    def query_fault(self, node: yaml.ScalarNode, error: QueryError, name: str) -> None:
        """A fault inside a query, with the line and a caret under it."""
        index = self.index_of(node, error.start)
        begin = self.text.rfind("\n", 0, index) + 1
        end = self.text.find("\n", index)
        excerpt = self.text[begin : end if end >= 0 else len(self.text)]
        column = index - begin
        width = max(1, min(error.end - error.start, len(excerpt) - column))
        self.faults.append(
            ConfigError(
                self.path,
                f"{error.why}\n{caret(excerpt, column, width)}",
                field=name,
                line=self.text.count("\n", 0, index) + 1,
                column=column + 1,
                hint=error.hint,
            )
        )

    def index_of(self, node: yaml.ScalarNode, offset: int) -> int:
        """Where in the file the character at `offset` of a scalar's value stands."""
        start, end = node.start_mark.index, node.end_mark.index
        index = start
        while properties := PROPERTY.match(self.text, index, end):
            index = properties.end()
        if node.style in ("|", ">"):
            index = self.text.find("\n", index) + 1
        elif node.style in ("'", '"'):
            index += 1
        before = sum(not char.isspace() for char in node.value[:offset])
        while index < end:
            char, length = self.written(index, node.style)
            if not char.isspace():
                if before == 0:
                    break
                before -= 1
            index += length
        return min(index, max(start, end - 1))

    def written(self, index: int, style: str | None) -> tuple[str, int]:
        """The character that is written at a place of a scalar, and how many it takes to write."""
        if style == "'" and self.text.startswith("''", index):
            return "'", 2
        escape = ESCAPE.match(self.text, index) if style == '"' else None
        if escape is None:
            return self.text[index], 1
        code = escape[1] or escape[2] or escape[3]
        blank = chr(int(code, 16)).isspace() if code else escape[4] in BLANK_ESCAPES
        return " " if blank else "x", len(escape[0])


def caret(excerpt: str, column: int, width: int = 1) -> str:
    """A line of source and a caret line under it, shortened around the caret."""
    start = max(0, column - WIDEST_EXCERPT // 2)
    shown = excerpt[start : start + WIDEST_EXCERPT]
    before, under = shown[: column - start], shown[column - start :][:width]
    blanks = "".join("\t" if char == "\t" else " " * cells(char) for char in before)
    carets = "^" * max(1, sum(cells(char) for char in under))
    return f"    | {shown}\n    | {blanks}{carets}"


def cells(char: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
