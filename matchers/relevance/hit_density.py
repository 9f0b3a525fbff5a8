"""How much of a text the passages of its hits fill, and how many rules and lines agree.

One passage in an article of two thousand words is a mention; a text that rules hit from one end to
the other is about it, whichever rules they are.
"""

import math
from collections.abc import Sequence

from matchers.relevance.danger import CHUNK_WORDS, with_short
from matchers.relevance.features import SHORT, HitFacts, in_title, opens
from matchers.relevance.vocabulary import FeatureValues

CHUNK_CHARACTERS = 300  # about as many as CHUNK words have


def coverage_values(hits: Sequence[HitFacts], words: int) -> FeatureValues:
    """Of all hits of a text whose body has so many words; nothing where there are none."""
    if not hits:
        return {}
    passages = [passage for hit in hits for passage in hit.evidence]
    chunks = max(1, math.ceil(words / CHUNK_WORDS))
    filled = {passage.start // CHUNK_CHARACTERS for passage in passages if passage.field == "body"}
    headline = {hit.rule_id for hit in hits if in_title(hit.evidence)}
    lede = {hit.rule_id for hit in hits if opens(hit.evidence)}
    values = {
        "part with passages": min(len(filled) / chunks, 1.0),
        "passages for its length": min(math.log1p(len(passages) / max(words / CHUNK_WORDS, 1)), 2.5)
        / 2.5,
        "rules that hit the headline": min(len(headline), 4) / 4,
        "rules that hit the lede": min(len(lede), 4) / 4,
        "lines that held": min(math.log1p(sum(len(hit.clauses) for hit in hits)), 3.0) / 3,
    }
    return with_short(values, short=words < SHORT)
