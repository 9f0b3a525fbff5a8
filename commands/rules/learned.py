"""What `rules learn --write` keeps in relevance.json of what it added there, so that it is added once."""

import json
from pathlib import Path

from config.replace_file import one_writer, replace_file
from matchers.relevance.learning import Corrections
from matchers.relevance.weights import Weights, clauses_of, weight_numbers, weights_text
from model import ConfigError

LEARN_FROM_SHIPPED = "put the shipped file back and learn anew, as all verdicts are still there; or remove the field, and they count twice"


def learned_before(path: Path) -> Corrections:
    """The corrections that the weights of this file hold already; raises ConfigError for what is none."""
    measured = json.loads(path.read_bytes()).get("measured")
    learned = measured.get("learned") if isinstance(measured, dict) else None
    if not isinstance(learned, dict):
        return Corrections()
    if "rules" not in learned:
        raise ConfigError(str(path), "an older Pollwatch learned here and did not keep what it added", field="measured.learned", hint=LEARN_FROM_SHIPPED)  # fmt: skip
    rules = weight_numbers(learned.get("rules", {}), "measured.learned.rules", str(path))
    clauses = clauses_of(learned, str(path))
    return Corrections(
        rules,
        {(rule, clause): value for rule in clauses for clause, value in clauses[rule].items()},
    )


def rewrite(
    path: Path,
    before: bytes,
    weights: Weights,
    corrections: Corrections,
    learned: dict[str, object],
) -> None:
    """The file with the corrections in its weights and by themselves; what it says of itself stays.

    Raises ConfigError where it is not as it was `before`: another `learn` may have added its corrections.
    """
    clauses: dict[str, dict[str, float]] = {}
    for (rule, clause), value in corrections.clauses.items():
        clauses.setdefault(rule, {})[clause] = value
    learned = {**learned, "rules": dict(corrections.rules), "clauses": clauses}
    with one_writer(path):
        if path.read_bytes() != before:
            why = "was changed while this learned; nothing was written"
            raise ConfigError(str(path), why, hint="learn again")
        item = json.loads(before)
        measured = {**item.get("measured", {}), "learned": learned}
        replace_file(path, weights_text(weights, str(item.get("about", "")), measured))
