"""What a story says of its date and its verdict wherever it is shown or leaves: one way to read both.

The SQL views of schema/0015 have the same expressions; a test compares them with card, CSV and API.
"""

import sqlite3

import privacy

# `published_at` sorts undated stories by when we first saw them, which is not a date of publication.
PUBLISHED = "iif(s.date_source = 'seen', NULL, s.published_at)"
# `reviewed_by` names whoever did something last, such as assign; a verdict has its own reviewer, time and note.
JOIN_VERDICT = "LEFT JOIN story_reviews v ON v.id = s.verdict_id"
# Of the review `v`: whoever wrote it may have named a door or a number, whatever the story is about.
OUTWARD_NOTE = "coalesce((SELECT m.note FROM masked_notes m WHERE m.review_id = v.id), v.note, '')"
# Of story `s`: the last note that somebody left by itself. One that went with an act stands with that act.
LEFT_NOTE = f"""(SELECT {OUTWARD_NOTE} FROM story_reviews v WHERE v.story_id = s.id AND v.action = 'note' ORDER BY v.id DESC LIMIT 1) AS left_note,
  (SELECT v.actor FROM story_reviews v WHERE v.story_id = s.id AND v.action = 'note' ORDER BY v.id DESC LIMIT 1) AS left_by"""  # noqa: S608 (ours)
# The act by which story `s` came to whom it is assigned to: taking another assignment back is none.
ASSIGNED = "FROM story_reviews v WHERE v.story_id = s.id AND v.action = 'assign' AND v.subject = s.assigned_to AND v.reason <> 'undo' ORDER BY v.id DESC LIMIT 1"
# Who handed story `s` over, and the note: as others read it, and whole for the two between whom it passed.
HANDED_OVER = f"""iif(s.assigned_to IS NULL, s.assigned_by, coalesce((SELECT v.actor {ASSIGNED}), s.assigned_by)) AS assigned_by,
  iif(s.assigned_to IS NULL, '', coalesce((SELECT {OUTWARD_NOTE} {ASSIGNED}), '')) AS handed_over,
  iif(s.assigned_to IS NULL, '', coalesce((SELECT v.note {ASSIGNED}), '')) AS handed_over_whole"""
JUDGED_BY = "iif(s.status = 'new', NULL, v.actor)"  # whoever put a story back to new judged nothing
JUDGED_AT = "iif(s.status = 'new', NULL, v.created_at)"
PASSAGE = "coalesce(h.snippet, s.opening)"  # a story added by hand has no hit
STORY_CATEGORIES = (
    "(SELECT group_concat(DISTINCT category) FROM story_rules x WHERE x.story_id = s.id)"
)


def leaves_masked(added_by: str | None, categories: str | None) -> bool:
    """Whether what leaves of a story is masked: by every rule that ever hit it, as one struck off does not
    make a home address public; and where no rule says what it is about."""
    return (bool(added_by) and not categories) or privacy.about_people(
        (categories or "").split(",")
    )


def is_masked(connection: sqlite3.Connection, story: int) -> bool:
    """`leaves_masked` of one story."""
    sql = f"SELECT s.added_by, {STORY_CATEGORIES} FROM stories s WHERE s.id = ?"  # noqa: S608 (ours)
    return leaves_masked(*connection.execute(sql, [story]).fetchone())
