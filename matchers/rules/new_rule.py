"""The text of a new rule, for an author to fill in."""

import re
import unicodedata

SKELETON = """\
# yaml-language-server: $schema=schema.json
rules:
  - id: {id}
    title: {title}
    severity: medium  # low, medium, high or critical
    category: {category}
    status: experimental
    description: >-
      What the rule looks for, and why it matters.
{query}
    examples:  # each is run whenever the rules are loaded
      match:
{match}
      ignore:
{ignore}
    false_positives:
      - What the rule finds though it should not, as far as you know.
    references:
      - https://www.eac.gov/
"""

QUERY = """\
    query: >-  # yours goes on the next line, and your examples below
      ("name of the thing" OR "other name") NEAR/12 (happening* OR harm OR harms OR damage*)"""
MATCH = """\
        - Harm came to the name of the thing.
        - A happening at the other name was reported.
        - The name of the thing has been damaged."""
IGNORE = """\
        - The name of the thing was spoken, and that was all.
        - A happening elsewhere.
        - The other name stands alone."""
COUNTER_EXAMPLE = (
    "        - Something else was reported.  # a text that comes close and must not be found"
)
MADE_UP = "        # The words of the search, as no stored text has them so: put a text here that must be found."
# Lines of the template that ask its author for something.
ASKING = frozenset(
    line.strip() for line in f"{SKELETON}\n{MATCH}\n{IGNORE}\n{COUNTER_EXAMPLE}\n{MADE_UP}".split("\n")
    if line.strip().startswith(("What the rule ", "- What the rule ", "- Something else ", "- Harm ", "- A happening ", "- The name of ", "- The other name ", "# The words of "))
)  # fmt: skip
# Words of four letters or more that say nothing of what a headline is about.
EMPTY_WORDS = (
    "about after again against also amid back been before being between could does during ever first from have here "
    "into just last later like made make many more most much must near next only other over says said several should "
    "since some still such take than that their them then there these they this those through today under until very "
    "want week were what when where which while will with would year years your"
)
EMPTY = frozenset(EMPTY_WORDS.split())
UNNAMED = "New rule"  # where a text has no headline to name it by
SEED = 3  # words of a text that its first query asks for
LONGEST_RULE_NAME = 70  # characters of a search that name the rule
EXAMPLE_CHARACTERS = 600  # characters of a text that stand in its example

Example = tuple[str, str]  # headline and text


def example_of(title: str, body: str) -> str:
    """One entry of `examples: match:`, with its indentation."""
    lines = [f"        - title: {yaml_quoted(title)}"]
    if body:
        lines.append(f"          body: {yaml_quoted(body)}")
    return "\n".join(lines)


def yaml_quoted(text: str) -> str:
    """As YAML takes it whatever it holds, on one line."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def rule_slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "new-rule"


def new_rule(title: str, category: str, query: str = "") -> str:
    """One rule file that loads as it is; with a query, its author's examples are still to come."""
    return SKELETON.format(
        id=rule_slug(title), title=yaml_quoted(title), category=rule_slug(category), query=query_lines(query) if query else QUERY,
        match=MATCH, ignore=IGNORE,
    )  # fmt: skip


def rule_from(title: str, body: str, category: str, query: str = "") -> str:
    """One rule file whose example is this text, for its author to widen. Without a query it asks for
    the text's longest words, so that it loads and finds its example as it is."""
    name = title or UNNAMED
    return SKELETON.format(
        id=rule_slug(name)[:60].strip("-"), title=yaml_quoted(name), category=rule_slug(category),
        query=query_lines(query or seed_of(title, body)), match=example_of(title, text_opening(body)), ignore=COUNTER_EXAMPLE,
    )  # fmt: skip


def rule_of_search(query: str, category: str, match: Example | None, near: Example | None, *, made_up: bool = False) -> str:  # fmt: skip
    """One rule file around a search: `match` is a text that it finds, `near` one that comes close.
    `made_up`: nobody wrote that text, which the draft says."""
    example = example_of(*match) if match else MATCH
    name = f"Search for {' '.join(query.split())}"[:LONGEST_RULE_NAME].rstrip()
    return SKELETON.format(
        id=rule_slug(name)[:60].strip("-"), title=yaml_quoted(name), category=rule_slug(category), query=query_lines(query),
        match=f"{MADE_UP}\n{example}" if match and made_up else example, ignore=example_of(*near) if near else COUNTER_EXAMPLE,
    )  # fmt: skip


def unfilled(text: str) -> tuple[int, ...]:
    """The lines of a draft, from 1, that still say what the template says."""
    return tuple(
        number for number, line in enumerate(text.split("\n"), 1) if line.strip() in ASKING
    )


def query_lines(query: str) -> str:
    """The query of a rule as YAML takes it, line by line."""
    return "\n".join(["    query: |-", *(f"      {line}" for line in query.split("\n"))])


def text_opening(body: str) -> str:
    """The beginning of a text, to the end of a word."""
    flat = " ".join(body.split())
    return flat if len(flat) <= EXAMPLE_CHARACTERS else flat[:EXAMPLE_CHARACTERS].rpartition(" ")[0]


def seed_of(title: str, body: str) -> str:
    """A query that asks for the longest words of the headline, or of the opening where it has none."""
    for text in (title, text_opening(body)):
        words = dict.fromkeys(re.findall(r"[^\W\d_]{4,}", text.lower()))
        telling = [word for word in words if word not in EMPTY] or list(words)
        if telling:
            longest = sorted(telling, key=lambda word: -len(word))[:SEED]
            return f"head:({' AND '.join(word for word in telling if word in longest)})"
    first = re.findall(r"[^\W_]+", f"{title} {body}")[:SEED]
    return f'head:"{" ".join(first) or "name of the thing"}"'
