"""YAML with places: every value knows its file, line and column, so that a fault can name them."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from matchers.format_hints import format_hint
from matchers.lexing import QueryError
from model import ConfigError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST_FILE = 20_000_000
SAVE = "save it as plain text in the encoding UTF-8"
WIDEST_EXCERPT = 100


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
        index = node.start_mark.index
        if node.style in ("|", ">"):
            index = self.text.find("\n", index) + 1
        elif node.style in ("'", '"'):
            index += 1
        end = node.end_mark.index
        before = sum(not char.isspace() for char in node.value[:offset])
        while index < end:
            char = self.text[index]
            if char == "\\" and node.style == '"':
                index += 1
            if not char.isspace():
                if before == 0:
                    break
                before -= 1
            index += 1
        return min(index, max(node.start_mark.index, end - 1))


def caret(excerpt: str, column: int, width: int = 1) -> str:
    """A line of source and a caret line under it, shortened around the caret."""
    start = max(0, column - WIDEST_EXCERPT // 2)
    shown = excerpt[start : start + WIDEST_EXCERPT]
    width = min(width, WIDEST_EXCERPT - (column - start))
    return f"    | {shown}\n    | {' ' * (column - start)}{'^' * max(1, width)}"


def read(path: Path, shown: str) -> tuple[Document, yaml.Node | None]:
    """The file's root node; None, with the fault noted, when it is no readable YAML."""
    document = Document(shown, "")
    try:
        data = path.read_bytes()
        if len(data) > LARGEST_FILE:
            raise ValueError(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
        if b"\0" in data:  # UTF-16, or no text at all
            raise UnicodeDecodeError("utf-8", data, data.index(b"\0"), len(data), "a zero byte")
        document.text = data.decode("utf-8-sig").replace("\r\n", "\n")
        return document, merged(list(yaml.compose_all(document.text, Loader=LOADER)))
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
        document.faults.append(ConfigError(shown, "not UTF-8 text", line=line, hint=SAVE))
    except RecursionError:
        document.faults.append(ConfigError(shown, "nested too deep"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        document.faults.append(ConfigError(shown, f"cannot be read: {error}"))
    return document, None


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
