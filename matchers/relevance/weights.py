"""The weights of the relevance, in one file that people can read: rules/relevance.json.

The file holds the concepts (lists of words, kept by people) and what the fit found: a weight for
each concept and place, for a few hundred single words, for rules and their clauses. `bench/relevance`
fits it from labelled texts; running it needs the standard library only.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.open_file import open_bytes
from model import ConfigError

LARGEST_WEIGHTS = 20_000_000  # bytes, and what comes after is not read
FILE = "relevance.json"
RETRAIN = "python -m bench.relevance CORPUS writes it anew"
WEIGHTS_KEYS = {
    "about", "threshold", "bias", "concepts", "places", "words", "rules", "clauses", "measured",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for and against a hit, in log-odds, and the chance from which a hit counts."""

    threshold: float  # default where precision and recall balance; feeds.yaml may say otherwise
    bias: float
    concepts: Mapping[str, tuple[str, ...]]  # name → words, prefix* and phrases
    places: Mapping[str, float]  # "title fraud", "near hack", "length" → weight
    words: Mapping[str, float]
    rules: Mapping[str, float] = field(default_factory=dict)
    clauses: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sha256: str = ""

    def decisive(self) -> dict[str, Any]:
        """Everything that decides a relevance, as JSON would hold it."""
        return {
            "bias": self.bias,
            "concepts": {name: list(words) for name, words in self.concepts.items()},
            "places": dict(self.places),
            "words": dict(self.words),
            "rules": dict(self.rules),
            "clauses": {rule: dict(clauses) for rule, clauses in self.clauses.items()},
        }


def load_weights(rules: Path) -> Weights | None:
    """The weights beside the rules of a folder or file; None where there are none.

    Raises ConfigError for a file that cannot be used.
    """
    path = weights_path(rules)
    return read_weights(path) if path.is_file() else None


def weights_path(rules: Path) -> Path:
    """Where the weights of a folder or file of rules stand."""
    return (rules if rules.is_dir() else rules.parent) / FILE


def weights_as_json(weights: Weights) -> str:
    """All of it in one text that `weights_of` reads."""
    return json.dumps({"threshold": weights.threshold, **weights.decisive()}, ensure_ascii=False)


def read_weights(path: Path) -> Weights:
    try:
        with open_bytes(path) as file:
            content = json.loads(file.read(LARGEST_WEIGHTS))
    except json.JSONDecodeError as error:
        raise ConfigError(
            str(path), f"not valid JSON: {error.msg}", line=error.lineno, column=error.colno,
            hint=RETRAIN,
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), "not UTF-8 text", hint=RETRAIN) from error
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    return weights_of(content, str(path))


def weights_of(mapping: object, path: str) -> Weights:
    if not isinstance(mapping, dict):
        raise ConfigError(path, "must be a JSON object", hint=RETRAIN)
    if unknown := sorted(mapping.keys() - WEIGHTS_KEYS):
        raise ConfigError(path, "is not known", field=unknown[0])
    threshold = weight_number(mapping, "threshold", path)
    if not 0 <= threshold <= 1:
        raise ConfigError(path, "must be from 0 to 1", field="threshold")
    return sealed_weights(
        Weights(
            threshold=threshold,
            bias=weight_number(mapping, "bias", path),
            concepts=concepts_of(mapping, path),
            places=weight_numbers(mapping.get("places", {}), "places", path),
            words=weight_numbers(mapping.get("words", {}), "words", path),
            rules=weight_numbers(mapping.get("rules", {}), "rules", path),
            clauses=clauses_of(mapping, path),
        )
    )


def sealed_weights(weights: Weights) -> Weights:
    """With the hash of what decides a relevance; the threshold is a setting and not part of it."""
    decisive = json.dumps(weights.decisive(), sort_keys=True, ensure_ascii=False).encode()
    return Weights(
        weights.threshold, weights.bias, weights.concepts, weights.places, weights.words,
        weights.rules, weights.clauses, hashlib.sha256(decisive).hexdigest(),
    )  # fmt: skip


def weight_number(mapping: Mapping[str, object], key: str, path: str) -> float:
    value = mapping.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(path, "must be a number", field=key)
    return float(value)


def weight_numbers(mapping: object, name: str, path: str) -> dict[str, float]:
    if not isinstance(mapping, dict):
        raise ConfigError(path, "must be an object of numbers", field=name)
    return {str(key): weight_number(mapping, key, f"{path}: {name}") for key in mapping}


def concepts_of(mapping: Mapping[str, object], path: str) -> dict[str, tuple[str, ...]]:
    concepts = mapping.get("concepts", {})
    if not isinstance(concepts, dict):
        raise ConfigError(path, "must be an object of lists", field="concepts")
    for name, words in concepts.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ConfigError(path, "must be a list of words", field=f"concepts.{name}")
    return {name: tuple(words) for name, words in concepts.items()}


def clauses_of(mapping: Mapping[str, object], path: str) -> dict[str, dict[str, float]]:
    clauses = mapping.get("clauses", {})
    if not isinstance(clauses, dict):
        raise ConfigError(path, "must be an object of objects", field="clauses")
    return {
        rule: weight_numbers(of_rule, f"clauses.{rule}", path) for rule, of_rule in clauses.items()
    }


def weights_text(weights: Weights, about: str, measured: Mapping[str, object]) -> str:
    """The file's text: one concept a line, one rule a line, words from for to against."""
    mapping = weights.decisive()
    mapping["words"] = dict(sorted(weights.words.items(), key=lambda pair: (-pair[1], pair[0])))
    mapping["places"] = dict(sorted(weights.places.items()))
    ordered = {
        "about": about, "threshold": weights.threshold, "measured": dict(measured), **mapping
    }  # fmt: skip
    parts = [f"  {json.dumps(key)}: {block_of_entries(value)}" for key, value in ordered.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def block_of_entries(value: object) -> str:
    """A mapping with one entry a line, each entry on one line however long."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    lines = [
        f"    {json.dumps(k, ensure_ascii=False)}: {weight_entry(v)}" for k, v in value.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n  }"


def weight_entry(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
