"""Text as SQLite can hold it: a feed may carry half of a surrogate pair, which UTF-8 has no form for."""

import re
from dataclasses import fields, replace
from typing import Any, TypeVar

from model import Article, Entry

Noun = TypeVar("Noun", Entry, Article)
SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(noun: Noun) -> Noun:
    """The same noun; each lone surrogate gives way to U+FFFD, so that offsets stay true."""
    mended: dict[str, Any] = {
        field.name: mend(value)
        for field in fields(noun)
        if isinstance(value := getattr(noun, field.name), str | tuple) and not encodes(value)
    }
    return replace(noun, **mended) if mended else noun


def encodes(value: str | tuple[str, ...]) -> bool:
    try:
        (value if isinstance(value, str) else "".join(value)).encode()
    except UnicodeEncodeError:
        return False
    return True


def mend(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    return tuple(SURROGATE.sub("\ufffd", each) for each in value)
