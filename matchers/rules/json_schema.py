"""The JSON Schema of rule files, made from the loader's own tables; rules/schema.json holds it."""

from typing import Any

from matchers.rules.rule_from_yaml import (
    EXAMPLE_KEYS,
    LANGUAGE_TAG,
    REQUIRED,
    RULE_ID,
    RULE_KEYS,
    RULE_STATUSES,
)
from model import SEVERITIES

FILLED_TEXT_SCHEMA = {"type": "string", "minLength": 1}
DESCRIPTIONS = {
    "id": "Unique and stable: lower-case letters and digits with - between.",
    "title": "What a reviewer reads first.",
    "severity": "How much a true hit matters.",
    "category": "The subject area.",
    "status": "disabled rules are checked and never run.",
    "catch_all": "true: a hit only where no other stable rule of this severity or higher hits.",
    "description": "What the rule looks for, and why it matters.",
    "query": "See docs/query-language.md.",
    "unless": "A query; an article that it matches is not a hit.",
    "languages": "The rule runs on these languages, and where the language is not known.",
    "examples": "Run whenever the rules are loaded.",
    "false_positives": "What the rule finds though it should not.",
    "references": "Public sources on the threat.",
}


def rule_schema() -> dict[str, Any]:
    texts = {"anyOf": [FILLED_TEXT_SCHEMA, {"type": "array", "items": FILLED_TEXT_SCHEMA}]}
    properties: dict[str, Any] = {
        "id": {"type": "string", "pattern": f"^{RULE_ID.pattern}$"},
        "title": FILLED_TEXT_SCHEMA,
        "severity": {"enum": list(SEVERITIES)},
        "category": FILLED_TEXT_SCHEMA,
        "status": {"enum": list(RULE_STATUSES)},
        "catch_all": {"type": "boolean"},
        "description": FILLED_TEXT_SCHEMA,
        "query": FILLED_TEXT_SCHEMA,
        "unless": FILLED_TEXT_SCHEMA,
        "languages": with_items(texts, {"type": "string", "pattern": f"^{LANGUAGE_TAG.pattern}$"}),
        "examples": examples_schema(),
        "false_positives": texts,
        "references": texts,
    }
    assert set(properties) == set(RULE_KEYS)
    described = {key: {"description": DESCRIPTIONS[key], **properties[key]} for key in RULE_KEYS}
    return {
        "type": "object",
        "required": list(REQUIRED),
        "additionalProperties": False,
        "properties": described,
    }


def rules_schema() -> dict[str, Any]:
    many = {"type": "array", "items": {"$ref": "#/$defs/rule"}}
    whole = {
        "type": "object",
        "required": ["rules"],
        "additionalProperties": False,
        "properties": {"rules": many},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pollwatch rules",
        **one_of_three(whole, many),
        "$defs": {"rule": rule_schema()},
    }


def one_of_three(whole: dict[str, Any], many: dict[str, Any]) -> dict[str, Any]:
    """A mapping with `rules:`, a list, or one rule; told apart first, so that a fault is reported
    where it stands and not as "none of three"."""
    alone = [{"required": [key]} for key in RULE_KEYS]
    single = {"if": {"anyOf": alone}, "then": {"$ref": "#/$defs/rule"}, "else": whole}
    return {"if": {"type": "array"}, "then": many, "else": single}


def with_items(texts: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    assert "anyOf" in texts
    return {"anyOf": [item, {"type": "array", "items": item}]}


def examples_schema() -> dict[str, Any]:
    properties = {key: {"type": "string"} for key in EXAMPLE_KEYS}
    mapping = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": properties,
    }
    example = {"anyOf": [FILLED_TEXT_SCHEMA, mapping]}
    some = {"anyOf": [example, {"type": "array", "minItems": 1, "items": example}]}
    return {
        "type": "object",
        "required": ["match", "ignore"],
        "additionalProperties": False,
        "properties": {"match": some, "ignore": some},
    }
