"""A file, or a text, as a YAML node whose every value knows its line and column.

The one reader of feeds.yaml, rules, word lists, alerts.yaml and the team file.
"""

import re
from pathlib import Path

import yaml

from config.document import Document, caret
from config.mapping import is_null
from config.open_file import open_bytes
from config.yaml_hints import format_hint, on_next_line
from model import ConfigError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times as fast
MARKED = re.compile(r"[:-] +[&!]")
LARGEST_YAML = 20_000_000  # bytes
DEEPEST_YAML = 100  # levels; our own files have six
COMPACT = re.compile(r"(?:[-?:] +){8}")  # "- - - -": a level each
SAVE_AS_UTF8 = "save it as plain text in the encoding UTF-8"
# YAML breaks lines at these, people and editors do not.
UNSEEN_BREAKS = str.maketrans("\x85\u2028\u2029", "   ")


def read_yaml(
    path: Path, shown: str, *, largest: int = LARGEST_YAML, loader: type = LOADER
) -> tuple[Document, yaml.Node | None]:
    """The file's root node; None when it is empty, or, with the fault noted, no readable YAML."""
    document = Document(shown, "")
    content = bounded(document, path, largest)
    text = decoded_file(document, content) if content is not None else None
    return (document, None) if text is None else compose(text, shown, loader=loader)


def bounded(document: Document, path: Path, largest: int) -> bytes | None:
    """The file's bytes; read to a limit instead of asking its size, as /dev/zero has none."""
    try:
        with open_bytes(path) as file:
            content = file.read(largest + 1)
    except FileNotFoundError:
        document.refuse("does not exist")
    except IsADirectoryError:
        document.refuse("is a directory, not a file")
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        document.refuse(f"cannot be read: {getattr(error, 'strerror', None) or error}")
    else:
        if len(content) <= largest:
            return content
        document.refuse(f"the file is larger than {largest // 1_000_000} MB")
    return None


def decoded_file(document: Document, content: bytes) -> str | None:
    try:
        if b"\0" in content:  # UTF-16, or no text at all
            raise UnicodeDecodeError(
                "utf-8", content, content.index(b"\0"), len(content), "a zero byte"
            )
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        before = content[content.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8-sig", "replace")) + 1
        document.refuse("not UTF-8 text", line=line, column=column, hint=SAVE_AS_UTF8)
        return None


def compose(text: str, shown: str, *, loader: type = LOADER) -> tuple[Document, yaml.Node | None]:
    """As `read_yaml`, of a text. `loader`: yaml.SafeLoader's marks count characters, for cutting."""
    document = Document(shown, text)
    plain = text.translate(UNSEEN_BREAKS)
    try:
        refuse_depth(plain)
        root = merged_documents(list(yaml.compose_all(plain, Loader=loader)))
        document.faults += swallowed_words(document, plain)
        return document, root
    except yaml.MarkedYAMLError as error:
        document.faults.append(misplaced(document, error))
    except yaml.reader.ReaderError as error:
        document.faults.append(unprintable(document, error))
    except RecursionError:
        document.refuse("nested too deep")
    except (ValueError, yaml.YAMLError) as error:
        document.refuse(f"cannot be read: {error}")
    return document, None


def misplaced(document: Document, error: yaml.MarkedYAMLError) -> ConfigError:
    """What the parser stumbled over, with a caret under it and what most likely went wrong."""
    mark = error.problem_mark or error.context_mark
    why = f"not valid YAML: {error.problem or error.context}"
    if mark is None:
        return ConfigError(document.path, why)
    lines = document.text.split("\n")
    if mark.line < len(lines) and lines[mark.line].strip():
        why += f"\n{caret(lines[mark.line], mark.column)}"
    hint = format_hint(str(error.problem), lines, mark.line, mark.column)
    return ConfigError(document.path, why, line=mark.line + 1, column=mark.column + 1, hint=hint)


def refuse_depth(text: str) -> None:
    """Raises RecursionError for nesting that libyaml's recursive composer would crash on.

    Reading the events takes as long as composing, so it is done only where nesting is possible.
    """
    brackets = text.count("[") + text.count("{")
    indents = {len(line) - len(line.lstrip()) for line in text.splitlines()}
    if brackets < DEEPEST_YAML and len(indents) < DEEPEST_YAML and not COMPACT.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_YAML:
            raise RecursionError


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
    faults: list[ConfigError] = []
    for token in tokens:
        mark = token.start_mark
        if isinstance(token, yaml.AnchorToken) and token.value not in used:
            faults.append(dropped(document, mark.line, mark.column, f"&{token.value}"))
        elif isinstance(token, yaml.TagToken) and token.value[0] == "!" and token.value[1]:
            faults.append(dropped(document, mark.line, mark.column, f"!{token.value[1]}"))
    return faults


def dropped(document: Document, line: int, column: int, word: str) -> ConfigError:
    excerpt = document.text.split("\n")[line]
    why = f"{word} has a meaning in YAML and is not part of the text"
    return ConfigError(
        document.path,
        f"{why}\n{caret(excerpt, column, len(word))}",
        line=line + 1,
        column=column + 1,
        hint=on_next_line(excerpt),
    )


def merged_documents(roots: list[yaml.Node]) -> yaml.Node | None:
    """Several documents of one file as one sequence."""
    roots = [root for root in roots if root is not None and not is_null(root)]
    if len(roots) < 2:
        return roots[0] if roots else None
    first = roots[0]
    inner = [node for root in roots for node in document_items(root)]
    return yaml.SequenceNode("tag:yaml.org,2002:seq", inner, first.start_mark, roots[-1].end_mark)


def document_items(root: yaml.Node) -> list[yaml.Node]:
    """The parts of one document among several: of a list, and of a list under `rules:`."""
    if isinstance(root, yaml.MappingNode) and len(root.value) == 1:
        key, value = root.value[0]
        if key.value == "rules":
            return document_items(value)
    return list(root.value) if isinstance(root, yaml.SequenceNode) else [root]
