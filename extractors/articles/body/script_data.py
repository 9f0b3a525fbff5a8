"""The data that a page hands to its own scripts, from which they would draw the story. Pure.

Next.js, Nuxt, SvelteKit, Apollo, Fusion and others ship it so, in scripts, in an attribute or in a field.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import unquote

from lxml.html import HtmlElement

MOST_SCRIPT = 3_000_000  # characters of script looked at
MOST_LITERAL = 400_000  # characters of a literal, one of a script
MOST_ASSIGNED = 50  # values of one script
DEEPEST_DATA = 40  # levels of data; an element of React is three of them
_FLIGHT = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*+")\]\)')
_FLIGHT_ROW = re.compile(r"([0-9a-f]{1,8}):(?:T([0-9a-f]{1,8}),)?")
_OF_ROW = re.compile(r"\$([0-9a-f]{1,8})")
_ASSIGNMENT = re.compile(
    r"""(?:=|\bdata:)\s*(?=[{\[])|JSON\.parse\(\s*(?:'((?:[^'\\]|\\.)*+)'|(?="))"""
)
_ENCODED = re.compile(r"""\b(decodeURI(?:Component)?|unescape|atob)\(\s*["']([^"'\s]{200,})["']""")
_STRING = r"""("(?:[^"\\]|\\.)*+")"""
# What a literal of a program may hold and JSON may not: bare names, dates, nothing.
_BARE = re.compile(
    _STRING
    + r"|(?<=[{,])\s*([A-Za-z_$][\w$]{0,60})\s*(?=:)|new Date\((\d{1,17})\)|\bvoid 0\b|\bundefined\b"
)
_DECODER = json.JSONDecoder(strict=False)
_LONG_ATTRIBUTES = "//@*[string-length() > 400 and starts-with(normalize-space(), '{')]"


def page_data(tree: HtmlElement, scripts: Iterable[HtmlElement]) -> Iterator[object]:
    """The values of a page's scripts and attributes, in their order.

    `scripts` may hold fields, into which some sites lay what their scripts read.
    """
    budget = MOST_SCRIPT
    texts = [
        (
            str(script.text_content()),
            script.tag == "textarea" or "json" in (script.get("type") or ""),
        )
        for script in scripts
    ]
    texts += [(str(value), True) for value in tree.xpath(_LONG_ATTRIBUTES)]
    flight = list[str]()
    for text, is_json in texts:
        budget -= len(text)
        if budget < 0:
            break
        if is_json:
            with suppress(ValueError, RecursionError):
                yield (value := json.loads(text, strict=False))
                yield from _referred(value)
        elif pushes := [push[1] for push in _FLIGHT.finditer(text)]:
            flight += pushes
        else:
            for reader in (_assigned, _encoded, _handed_over):
                for value in reader(text):
                    yield value
                    yield from _referred(value)
    if flight:
        yield from _of_flight(flight)


def _handed_over(script: str) -> Iterator[object]:
    """What Nuxt 2 gives its state's function: `__NUXT__=(function(a,b){…}("…",7))`."""
    if "__NUXT__=(function(" in script[:100]:
        arguments = script.rpartition("}(")[2].rstrip(");\n ")
        with suppress(ValueError, RecursionError):
            yield json.loads(f"[{arguments.replace(',void 0', ',null')}]", strict=False)


def _assigned(script: str) -> Iterator[object]:
    """What a script assigns as JSON, `window.state = {…}` or `JSON.parse("…")`; or, under `data:`,
    as a literal of its own language, as SvelteKit does."""
    at, tried = 0, False
    for _ in range(MOST_ASSIGNED):
        if (match := _ASSIGNMENT.search(script, at)) is None:
            return
        at = match.end()
        try:
            if match[1]:  # a string of Python reads as one of JSON but for its quotes
                quoted = match[1].replace("\\'", "'").replace("\\\\", "\\")
                yield json.loads(quoted, strict=False)
                continue
            value, at = _DECODER.raw_decode(script, at)
            yield json.loads(value, strict=False) if isinstance(value, str) else value
        except (ValueError, RecursionError):
            if match[0].startswith("data") and not tried:
                tried = True
                yield from _literal(script[at : at + MOST_LITERAL])


def _literal(code: str) -> Iterator[object]:
    """The value that a program's literal begins with."""
    bare = _BARE.sub(
        lambda match: match[1] or (f'"{match[2]}"' if match[2] else match[3] or "null"), code
    )
    with suppress(ValueError, RecursionError):
        yield _DECODER.raw_decode(bare)[0]


def _encoded(script: str) -> Iterator[object]:
    """What a script decodes before it reads it: `JSON.parse(decodeURIComponent("%7B…"))`."""
    for match in _ENCODED.finditer(script):
        with suppress(ValueError, RecursionError):
            encoded = match[2]
            text = base64.b64decode(encoded).decode() if match[1] == "atob" else unquote(encoded)
            yield json.loads(text, strict=False)


def _of_flight(pushes: Iterable[str]) -> Iterator[object]:
    """What Next.js streams to its pages: rows of data, and of text that the data refers to as `$2f`.

    https://github.com/facebook/react/blob/main/packages/react-client/src/ReactFlightClient.js
    """
    stream = "".join(json.loads(push, strict=False) for push in pushes)
    values, texts = list[object](), dict[str, str]()
    for number, row, is_text in _flight_rows(stream.encode("utf-8", "replace")):
        if is_text:
            texts[number] = row
            continue
        with suppress(ValueError, RecursionError):
            values.append(json.loads(row, strict=False))
    yield from [*texts.values()]
    for value in values:
        yield _with_texts(value, texts) if texts else value


def _flight_rows(stream: bytes) -> Iterator[tuple[str, str, bool]]:
    """Number, content and whether it is text: of a length in bytes, or a line; a line without a
    number is text, too."""
    at = 0
    while at < len(stream):
        match = _FLIGHT_ROW.match(stream[at : at + 24].decode("latin-1"))
        line = stream.find(b"\n", at)
        end = line if line >= 0 else len(stream)
        if match and match[2]:
            begin = at + match.end()
            at = begin + int(match[2], 16)
            yield match[1], stream[begin:at].decode("utf-8", "replace"), True
            continue
        begin = at + (match.end() if match else 0)
        number = match[1] if match else f"line {at}"
        yield number, stream[begin:end].decode("utf-8", "replace"), match is None
        at = end + 1


def _with_texts(value: object, texts: dict[str, str], depth: int = 0) -> object:
    if isinstance(value, str):
        row = _OF_ROW.fullmatch(value)
        # Once each: a page can name a long text as often as it likes.
        return texts.pop(row[1], value) if row else value
    if depth >= DEEPEST_DATA:
        return value
    if isinstance(value, list):
        return [_with_texts(child, texts, depth + 1) for child in value]
    if isinstance(value, dict):
        return {key: _with_texts(child, texts, depth + 1) for key, child in value.items()}
    return value


def _referred(
    value: object, cache: dict[str, object] | None = None, depth: int = 0
) -> Iterator[list[object]]:
    """The lists in a cache of Apollo, which names their items: `{"__ref": "Paragraph:7"}`."""
    if depth > DEEPEST_DATA or not isinstance(value, dict | list):
        return
    if isinstance(value, dict) and "ROOT_QUERY" in value:
        cache = value
    if cache and isinstance(value, list) and len(value) > 1 and _reference(value[0]):
        yield [cache.get(name) for name in dict.fromkeys(map(_reference, value))]
    for child in value.values() if isinstance(value, dict) else value:
        yield from _referred(child, cache, depth + 1)


def _reference(item: object) -> str:
    reference = (item.get("__ref") or item.get("id")) if isinstance(item, dict) else None
    return reference if isinstance(reference, str) else ""
