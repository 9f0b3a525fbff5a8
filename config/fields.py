"""What a value of a YAML mapping may hold. A reader returns the value or raises FieldError."""

import re
from collections.abc import Callable, Mapping

import yaml

from config.document import Document
from config.mapping import is_null, mapping_entries, meant, shorten


class FieldError(Exception):
    """Why a value is refused, and what to write instead. Never quotes a secret."""

    def __init__(self, why: str, hint: str | None = None, node: yaml.Node | None = None) -> None:
        self.why, self.hint, self.node = why, hint, node
        super().__init__(why)


CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
Reader = Callable[[yaml.Node], object]


def values(
    document: Document, node: yaml.Node | None, readers: Mapping[str, Reader], what: str
) -> dict[str, object]:
    """The values of a mapping's keys; a key with nothing behind it is as if it were not there."""
    read_values: dict[str, object] = {}
    if node is None or is_null(node):
        return read_values
    for name, _, value in mapping_entries(document, node, readers, what):
        if is_null(value):
            continue
        try:
            read_values[name] = readers[name](value)
        except FieldError as error:
            document.fault(error.node or value, error.why, name=name, hint=error.hint)
    return read_values


def raw(node: yaml.Node) -> str:
    """A scalar as it was typed: `region: NO` is Norway here, not false."""
    if not isinstance(node, yaml.ScalarNode) or is_null(node):
        raise FieldError("must be a single value")
    return str(node.value).strip()


def text_field(longest: int = 200) -> Callable[[yaml.Node], str]:
    def read(node: yaml.Node) -> str:
        value = " ".join(raw(node).split())
        if not value:
            raise FieldError("is empty")
        if len(value) > longest:
            raise FieldError(f"is longer than {longest} characters")
        if CONTROL.search(value):
            raise FieldError("holds a control character, which a terminal may obey")
        return value

    return read


def switch(node: yaml.Node) -> bool:
    value = raw(node).lower()
    if value in {"true", "yes", "on"}:
        return True
    if value in {"false", "no", "off"}:
        return False
    raise FieldError(f'must be true or false, not "{shorten(value)}"')


def number_field(low: float, high: float, *, whole: bool = True) -> Callable[[yaml.Node], float]:
    form = r"[+-]?\d{1,9}" if whole else r"[+-]?\d{1,9}(\.\d{0,9})?"
    bounds = f"{'a whole number' if whole else 'a number'} from {low:g} to {high:g}"

    def read(node: yaml.Node) -> float:
        value = raw(node)
        if not re.fullmatch(form, value, re.ASCII) or not low <= float(value) <= high:
            raise FieldError(f'must be {bounds}, not "{shorten(value)}"')
        return int(value) if whole else float(value)

    return read


def shaped(
    pattern: str, shape: str, hint: str | None = None, *, secret: bool = False
) -> Callable[[yaml.Node], str]:
    """Text of a form; `shape` says which. What may be a secret is not quoted."""

    def read(node: yaml.Node) -> str:
        value = raw(node)
        if not re.fullmatch(pattern, value, re.ASCII):
            quoted = "" if secret else f', not "{shorten(value)}"'
            raise FieldError(f"must be {shape}{quoted}", hint)
        return value

    return read


def one_of(allowed: tuple[str, ...], what: str) -> Callable[[yaml.Node], str]:
    def read(node: yaml.Node) -> str:
        value = raw(node)
        if value not in allowed:
            raise FieldError(f'"{shorten(value)}" is not a {what}', meant(value, allowed, "one of"))
        return value

    return read


def list_of(
    read_value: Callable[[yaml.Node], str], *, least: int = 1
) -> Callable[[yaml.Node], tuple[str, ...]]:
    """A list of values; a single value counts as a list of one."""

    def read(node: yaml.Node) -> tuple[str, ...]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if len(nodes) < least:
            raise FieldError("is empty", "leave the key out instead")
        return tuple(read_value(item) for item in nodes)

    return read
