"""What most likely went wrong in a file that is no YAML, told to a person who does not know YAML."""

import re

COLUMN = "keys of one item begin in the same column; check how far this one is indented"
KEY_LINE = re.compile(r"\s*(?:- +)?([a-z_]+):")
NO_BLANK_AFTER_DASH = re.compile(r"\s*-\w")
NO_BLANK_AFTER_COLON = re.compile(r"\s*(?:- +)?[a-z_]+:\S")
NO_COLON = re.compile(r"\s*(?:- +)?[a-z_]+ [^:]*\Z")
BLOCK_SCALAR = re.compile(r": *[|>][+-]? *\Z")
OPENS_QUOTED = re.compile(r"""\s*(?:- +|[a-z_]+: +)["']""")


def format_hint(problem: str, lines: list[str], number: int, column: int) -> str:
    """What to do about a YAML problem at a line (from 0) and a column of the file."""
    line = lines[number] if number < len(lines) else ""
    above, further_up = [
        *(earlier for earlier in reversed(lines[:number]) if earlier.strip()),
        "",
        "",
    ][:2]
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces; YAML takes no tabs"
    if any(odd_blanks(nearby) for nearby in (line, above)):
        return "the line or the one above begins with blanks that are not spaces: type them again"
    if "unexpected end of stream" in problem:
        return "a quotation mark or bracket further up is never closed"
    if NO_BLANK_AFTER_DASH.match(above) and column == line.find(":"):
        return "a blank is missing after the dash of the line above"
    if "could not find expected ':'" in problem:
        return about_line_above(above, further_up)
    if "expected key" in problem and line[column:].startswith("- "):
        return (
            "an item stands where a key is expected: the line that names its list, such as 'feeds:', "
            "is missing above it, or the items before it are indented otherwise"
        )
    if " #" in above and "expected key" in problem:
        return "the # of the line above begins a comment, and the value ends there"
    if OPENS_QUOTED.match(line):
        return on_next_line(line)
    if "-' indicator" in problem or "block end" in problem or column == line.find(":"):
        return COLUMN
    return on_next_line(line)


def odd_blanks(line: str) -> bool:
    """Blanks of a web page or a word processor at the beginning of a line."""
    return any(char not in " \t" for char in line[: len(line) - len(line.lstrip())])


def about_line_above(above: str, further_up: str) -> str:
    if BLOCK_SCALAR.search(further_up):
        return f"the text below '{further_up.strip()}' is indented further than that line"
    if NO_BLANK_AFTER_COLON.match(above):
        return "a blank is missing after the colon of the line above"
    if NO_COLON.match(above):
        return f"the line above lacks a colon after {above.split()[0].lstrip('-')}"
    return f"{COLUMN}, or the one above"


def on_next_line(line: str) -> str:
    """The cure for every value that the format would misread."""
    key = KEY_LINE.match(line)
    if key is None:
        return "a text that begins with a sign or holds ': ' goes in quotes, or on the line after '- |-'"
    return (
        f"a value that begins with a sign or holds ': ' goes on the next line: write '{key[1]}: |' "
        "and the text below it, indented further"
    )
