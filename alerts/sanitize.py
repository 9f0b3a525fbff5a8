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
# Telegram, Slack and mail programs make a link of a bare host, too. Endings of files that messages of
# ours name are no domains; a sentence that begins without a blank before it has a capital.
BARE_HOST = re.compile(
    r"(?<=[^\W_])\.(?!(?:ya?ml|jsonl?|html?|xml|txt|csv|db|log|toml)\b)"
    r"(?=(?:xn--[a-z0-9-]+|[a-z]{2,24}|[A-Z]{2,24})(?![\w-]))"
)
SCRIPTS = re.compile(r"\b(javascript|vbscript|data|mailto|tel|sms):", re.IGNORECASE)
# Emphasis, only where it could open: a word such as foo_bar or 2*3 stays readable.
EMPHASIS = re.compile(r"(?<!\w)[*_~]+(?=\w)|(?<=\w)[*_~]+(?!\w)")
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
    text = BARE_HOST.sub("[.]", text)
    text = EMPHASIS.sub("", text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + SHORTENED


def visible(char: str) -> bool:
    """Not a control, a direction override or another sign that hides what is written."""
    return char.isspace() or unicodedata.category(char) not in HIDDEN
