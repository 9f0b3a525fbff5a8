"""What people type in a search box, as an FTS5 query that is never a syntax error."""

import re

SEARCH_WORD = re.compile(r'"([^"]*)"?|(\S+)')
LONGEST_SEARCH = 300
MOST_SEARCH_WORDS = 16


def words_query(typed: str) -> str | None:
    """Each word or "phrase" quoted, all of them wanted; `word*` finds beginnings. None: no words."""
    quoted: list[str] = []
    for phrase, word in SEARCH_WORD.findall(typed[:LONGEST_SEARCH].replace("\x00", " ")):
        text = phrase or word
        star = "*" if not phrase and word.endswith("*") else ""
        text = (
            text.rstrip("*").replace('"', " ").strip() if star else text.replace('"', " ").strip()
        )
        if any(letter.isalnum() for letter in text):
            quoted.append(f'"{text}"{star}')
    return " ".join(quoted[:MOST_SEARCH_WORDS]) or None
