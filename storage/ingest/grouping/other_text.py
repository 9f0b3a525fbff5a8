"""Articles that become another text: a page that was swapped, or an address that outlets use again.

Such a text stands on no card of others, which would speak for it, and draws no copies of itself into a
story that was judged by the text before: a dismissed card would hide them.
"""

from sqlite_utils import Database

from storage.ingest.grouping import near_copies, story_members
from storage.ingest.grouping.fingerprints import WholeText, headlines_alike, shared_text
from storage.ingest.grouping.near_copies import Newcomer
from storage.ingest.grouping.same_report import ALIKE_IS_SIMILAR

# The text before and the first one: else a hundred small edits would do what one may not.
EARLIER_TEXTS = """SELECT title, body FROM text_versions WHERE article_id = :article AND body IS NOT NULL
  AND (text_sha256 = :before OR first_read_at = (SELECT min(first_read_at) FROM text_versions WHERE article_id = :article))"""


def leaves_others(db: Database, newcomer: Newcomer, story_id: int) -> bool:
    """Whether the article must not stay on a card that other articles keep."""
    other = story_members.other_with_hits(db, newcomer.article_id, story_id)
    if other is None:
        return False
    (title,) = db.execute("SELECT title FROM articles WHERE id = ?", [other]).fetchone()
    return is_another_text(newcomer.text, near_copies.whole_text(db, other, title))


def draws_no_copies(
    db: Database, newcomer: Newcomer, story_id: int, before_sha256: str | None
) -> bool:
    """Whether later copies of the text as it is now must not join the story."""
    if not story_members.is_judged(db, story_id):
        return False
    values = {"article": newcomer.article_id, "before": before_sha256}
    texts = [WholeText.of(title, body) for title, body in db.execute(EARLIER_TEXTS, values)]
    return any(is_another_text(newcomer.text, earlier) for earlier in texts)


def is_another_text(text: WholeText, earlier: WholeText) -> bool:
    """Whether the two share less than copies of one report do; by their headlines, where one has nothing else."""
    if not (text.words and earlier.words):
        return not headlines_alike(text, earlier)
    return shared_text(text, earlier).similarity < ALIKE_IS_SIMILAR
