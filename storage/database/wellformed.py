"""Text as SQLite can hold it: a feed may carry half of a surrogate pair, which UTF-8 has no form for."""

import re
from dataclasses import fields, replace
from typing import Any, TypeVar

from model import Article, Entry

Noun = TypeVar("Noun", Entry, Article)
SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(noun: Noun) -> Noun:
    """The same noun; each lone surrogate gives way to U+FFFD, so that offsets stay true."""
    changed: dict[str, Any] = {
        field.name: repaired(value)
        for field in fields(noun)
        if not encodes(value := getattr(noun, field.name))
    }
    return replace(noun, **changed) if changed else noun


def encodes(value: object) -> bool:
    """Whether every text in it, however deep, can be stored."""
    if isinstance(value, tuple):
        return all(map(encodes, value))
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    return True


def repaired(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(repaired, value))
    return SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value
