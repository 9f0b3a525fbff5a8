"""Feeds' words made harmless in every channel's format: no markup, link, mention or hidden sign acts.

One form for all channels, since Apprise converts between text, Markdown and HTML as each service wants:
what is active in any of them is replaced by a sign that looks alike and does nothing.
"""

import re
import unicodedata

# Slack and Discord mentions (<!here>, <@U1>), HTML tags, Markdown links and images, @everyone.
LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "@": "＠", "`": "'", "\\": "⧵", "|": "¦"})
LINK = re.compile(r"\]\s*[(\[]")
ACTIVE = re.compile(r"\b([a-z][a-z0-9+.-]{1,20}):(?=//)", re.IGNORECASE)
WWW = re.compile(r"\b(www)\.(?=\w)", re.IGNORECASE)  # a link in Markdown and in mail programs
# Telegram, Slack and mail programs make a link of a bare host, too, in any script. Endings of files that
# messages of ours name are no domains; a sentence that begins without a blank before it has a capital.
BARE_HOST = re.compile(
    r"(?<=[^\W_])\.(?!(?:ya?ml|jsonl?|html?|xml|txt|csv|db|log|toml)\b)"
    r"(?=(?:xn--[a-z0-9-]+|[a-z]{2,24}|[A-Z]{2,24}|[^\W\d_A-Za-z]{2,24})(?![\w-]))"
)
SCRIPTS = re.compile(r"\b(javascript|vbscript|data|mailto|tel|sms):", re.IGNORECASE)
# Emphasis, only where it could open or close: a word such as foo_bar or 2*3 stays readable. Whole runs, as a
# pattern that says so itself is tried anew at each of a thousand stars.
EMPHASIS_MARKS = re.compile(r"[*_~]+")
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
BLANK_RUN = re.compile(r"\s+")
SHORTENED = "…"


def harmless(text: str, longest: int = 500) -> str:
    """One line of plain words, at most `longest` characters."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if char.isspace() else char for char in text if visible(char))
    text = BLANK_RUN.sub(" ", text).strip()
    text = text.translate(LOOKALIKES)
    text = LINK.sub("] ", text).replace("![", "! [")
    text = ACTIVE.sub(r"\1[:]", text)
    text = SCRIPTS.sub(r"\1[:]", text)
    text = WWW.sub(r"\1[.]", text)
    text = BARE_HOST.sub(_unless_a_sentence_begins, text)
    text = EMPHASIS_MARKS.sub(_unless_within_a_word, text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + SHORTENED


def _unless_within_a_word(marks: re.Match[str]) -> str:
    text, start, end = marks.string, marks.start(), marks.end()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    return marks[0] if before.isalnum() == after.isalnum() else ""


def _unless_a_sentence_begins(dot: re.Match[str]) -> str:
    following = dot.string[dot.end() : dot.end() + 2]
    return "." if following[:1].isupper() and following[1:].islower() else "[.]"


def visible(char: str) -> bool:
    """Not a control, a direction override or another sign that hides what is written."""
    return char.isspace() or unicodedata.category(char) not in HIDDEN
