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
    query: >-  # yours goes on the next line, and your examples below
      ("name of the thing" OR "other name") NEAR/12 (happening* OR harm OR harms OR damage*)
    examples:  # each is run whenever the rules are loaded
      match:
        - Harm came to the name of the thing.
        - A happening at the other name was reported.
        - The name of the thing has been damaged.
      ignore:
        - The name of the thing was spoken, and that was all.
        - A happening elsewhere.
        - The other name stands alone.
    false_positives:
      - What the rule finds though it should not, as far as you know.
    references:
      - https://www.eac.gov/
"""


def example_of(title: str, body: str) -> str:
    """One entry of `examples: match:`, with its indentation."""
    lines = [f"        - title: {quoted(title)}"]
    if body:
        lines.append(f"          body: {quoted(body)}")
    return "\n".join(lines)


def quoted(text: str) -> str:
    """As YAML takes it whatever it holds, on one line."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "new-rule"


def new_rule(title: str, category: str) -> str:
    """One rule file that loads as it is."""
    return SKELETON.format(id=slug(title), title=quoted(title), category=slug(category))
