"""The check names concepts that one language has and the other lacks."""

from matchers.rules.lint.language_gaps import language_gaps
from matchers.rules.load import load_folder

TERMS = """
vote: [ballot]
hack: [hacked]
audit: [audit]
voto: [boleta]
fraude: [fraude]
"""
RULE = """
  - id: {id}
    title: t
    severity: high
    category: c
    query: {query}
    examples: {{match: [{match}], ignore: [nothing]}}
"""


def gaps(tmp_path, *queries):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "lists.yaml").write_text(TERMS, encoding="utf-8")
    rules = "".join(
        RULE.format(id=f"r{n}", query=query, match=match)
        for n, (query, match) in enumerate(queries)
    )
    (tmp_path / "rules.yaml").write_text(f"rules:{rules}", encoding="utf-8")
    loaded = load_folder(tmp_path)
    assert loaded.faults == []
    return list(language_gaps(loaded.drafts))


def test_each_direction_is_told(tmp_path):
    assert gaps(
        tmp_path, ("$vote AND $audit", "ballot audit"), ("$voto NEAR/5 $fraude", "fraude boleta")
    ) == [
        "English rules look for $audit; Spanish rules have no list alike",
        "Spanish rules look for $fraude; English rules have no list alike",
    ]


def test_rules_of_one_language_lack_nothing(tmp_path):
    assert gaps(tmp_path, ("$vote AND $hack", "ballot hacked")) == []
