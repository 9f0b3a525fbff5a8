"""YAML with places: every value knows its file, line and column, so that a fault can name them."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from config.yaml_hints import format_hint, on_next_line
from model import ConfigError, QueryError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MARKED = re.compile(r"[:-] +[&!]")
LARGEST_FILE = 20_000_000
DEEPEST = 100  # levels; our own files have six
COMPACT = re.compile(r"(?:[-?:] +){8}")  # "- - - -": a level each
SAVE = "save it as plain text in the encoding UTF-8"
WIDEST_EXCERPT = 100
# An anchor or a tag before a value; what a backslash stands for in double quotes.
PROPERTY = re.compile(r"[!&]\S*\s+")
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
BLANK_ESCAPES = frozenset(" \t\ntnvfrNLP_")
# YAML breaks lines at these, people and editors do not.
UNSEEN_BREAKS = str.maketrans("\x85\u2028\u2029", "   ")


@dataclass
class Document:
    """One file while it is read, with the faults found in it so far."""

    path: str
    text: str
    faults: list[ConfigError] = field(default_factory=list)

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


def bounded(path: Path) -> bytes:
    """The file's bytes. Raises ValueError past the limit, so that /dev/zero ends as well."""
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    return data


def refuse_depth(text: str) -> None:
    """Raises RecursionError for nesting that libyaml's recursive composer would crash on.

    Reading the events takes as long as composing, so it is done only where nesting is possible.
    """
    brackets = text.count("[") + text.count("{")
    indents = {len(line) - len(line.lstrip()) for line in text.splitlines()}
    if brackets < DEEPEST and len(indents) < DEEPEST and not COMPACT.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError


def read(path: Path, shown: str) -> tuple[Document, yaml.Node | None]:
    """The file's root node; None, with the fault noted, when it is no readable YAML."""
    document = Document(shown, "")
    try:
        data = bounded(path)
        if b"\0" in data:  # UTF-16, or no text at all
            raise UnicodeDecodeError("utf-8", data, data.index(b"\0"), len(data), "a zero byte")
        document.text = data.decode("utf-8-sig").replace("\r\n", "\n")
        plain = document.text.translate(UNSEEN_BREAKS)
        refuse_depth(plain)
        root = merged(list(yaml.compose_all(plain, Loader=LOADER)))
        document.faults += swallowed_words(document, plain)
        return document, root
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        why = f"not valid YAML: {error.problem or error.context}"
        lines = document.text.split("\n")
        if mark and mark.line < len(lines) and lines[mark.line].strip():
            why += f"\n{caret(lines[mark.line], mark.column)}"
        hint = format_hint(str(error.problem), lines, *(mark.line, mark.column) if mark else (0, 0))
        document.faults.append(ConfigError(shown, why, line=line, column=column, hint=hint))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8-sig", "replace")) + 1
        fault = ConfigError(shown, "not UTF-8 text", line=line, column=column, hint=SAVE)
        document.faults.append(fault)
    except yaml.reader.ReaderError as error:
        document.faults.append(unprintable(document, error))
    except RecursionError:
        document.faults.append(ConfigError(shown, "nested too deep"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        document.faults.append(ConfigError(shown, f"cannot be read: {error}"))
    return document, None


def unprintable(document: Document, error: yaml.reader.ReaderError) -> ConfigError:
    """A control character, told by its place: the reader counts bytes from the start."""
    place = yaml.reader.Reader.NON_PRINTABLE.search(document.text)
    if place is None:
        return ConfigError(document.path, f"cannot be read: {error}")
    begin = document.text.rfind("\n", 0, place.start()) + 1
    return ConfigError(
        document.path,
        f"the control character U+{ord(place[0]):04X} cannot stand in YAML",
        line=document.text.count("\n", 0, begin) + 1,
        column=place.start() - begin + 1,
        hint="delete it; it may be invisible in an editor",
    )


def swallowed_words(document: Document, plain: str) -> list[ConfigError]:
    """Words behind & and ! that YAML takes for a name or a kind, and drops from the text."""
    if not MARKED.search(plain):
        return []
    tokens = list(yaml.scan(plain, Loader=LOADER))
    used = {token.value for token in tokens if isinstance(token, yaml.AliasToken)}
    found: list[ConfigError] = []
    for token in tokens:
        mark = token.start_mark
        if isinstance(token, yaml.AnchorToken) and token.value not in used:
            found.append(dropped(document, mark.line, mark.column, f"&{token.value}"))
        elif isinstance(token, yaml.TagToken) and token.value[0] == "!" and token.value[1]:
            found.append(dropped(document, mark.line, mark.column, f"!{token.value[1]}"))
    return found


def dropped(document: Document, line: int, column: int, word: str) -> ConfigError:
    excerpt = document.text.split("\n")[line]
    why = f"{word} says something to the file format, and is no part of the text"
    return ConfigError(
        document.path,
        f"{why}\n{caret(excerpt, column, len(word))}",
        line=line + 1,
        column=column + 1,
        hint=on_next_line(excerpt),
    )


def merged(roots: list[yaml.Node]) -> yaml.Node | None:
    """Several documents of one file as one sequence."""
    roots = [root for root in roots if root is not None and not is_null(root)]
    if len(roots) < 2:
        return roots[0] if roots else None
    first = roots[0]
    inner = [node for root in roots for node in items(root)]
    return yaml.SequenceNode("tag:yaml.org,2002:seq", inner, first.start_mark, roots[-1].end_mark)


def items(root: yaml.Node) -> list[yaml.Node]:
    """The parts of one document among several: of a list, and of a list under `rules:`."""
    if isinstance(root, yaml.MappingNode) and len(root.value) == 1:
        key, value = root.value[0]
        if key.value == "rules":
            return items(value)
    return list(root.value) if isinstance(root, yaml.SequenceNode) else [root]


def is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def entries(
    document: Document, node: yaml.Node, known: Iterable[str] | None, name: str
) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Key, key node and value node of a mapping; unknown and repeated keys are faults."""
    if not isinstance(node, yaml.MappingNode):
        document.fault(node, f"{name} is made of lines such as 'key: value'")
        return
    allowed = None if known is None else tuple(known)
    seen: set[str] = set()
    for key, value in node.value:
        text = key.value if isinstance(key, yaml.ScalarNode) else ""
        if text in seen:
            document.fault(key, f'the key "{text}" stands twice')
        elif allowed is not None and text not in allowed:
            close = difflib.get_close_matches(str(text).lower(), allowed, 1, 0.5)
            hint = f'did you mean "{close[0]}"?' if close else f"the keys are {', '.join(allowed)}"
            document.fault(key, f'unknown key "{text}"', hint=hint)
        else:
            seen.add(text)
            yield text, key, value


def text_of(document: Document, node: yaml.Node, name: str) -> str | None:
    """A value as text: a number stays as it was written."""
    if not isinstance(node, yaml.ScalarNode) or is_null(node):
        document.fault(node, "must be text", name=name)
        return None
    return str(node.value)


def texts_of(document: Document, node: yaml.Node, name: str) -> tuple[str, ...]:
    """A list of texts; a single text counts as a list of one."""
    if isinstance(node, yaml.ScalarNode) and not is_null(node):
        return (str(node.value),)
    if not isinstance(node, yaml.SequenceNode):
        document.fault(node, "must be a list of texts", name=name)
        return ()
    found = [text_of(document, one, name) for one in node.value]
    return tuple(one for one in found if one is not None)
