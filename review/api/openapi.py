"""The OpenAPI 3.1 document of the API, made of the table of routes; docs/openapi.json holds it."""

import re
from typing import Any

from review.api.stories import MOST_STORIES_A_PAGE
from storage.queries.stories.filter import TABS
from storage.tokens import TOKEN_SCOPES

TEXT_SCHEMA = {"type": "string"}
WHOLE_NUMBER = {"type": "integer", "minimum": 0}
TIME = {"type": "string", "format": "date-time"}
NULLABLE_TEXT = {"type": ["string", "null"]}
NULLABLE_TIME = {"type": ["string", "null"], "format": "date-time"}
RULE_SCHEMA = {
    "type": "object",
    "properties": {
        "id": TEXT_SCHEMA,
        "title": TEXT_SCHEMA,
        "severity": TEXT_SCHEMA,
        "references": {"type": "array", "items": TEXT_SCHEMA},
    },
}
STORY_SCHEMA = {
    "type": "object",
    "description": "One story: near-duplicate articles that are reviewed together. Private places in passages are masked.",
    "properties": {
        "id": WHOLE_NUMBER, "headline": TEXT_SCHEMA, "outlet": TEXT_SCHEMA, "url": TEXT_SCHEMA, "published_at": {**NULLABLE_TIME, "description": "Null where no date was given."}, "first_seen_at": TIME, "last_seen_at": TIME,
        "outlets": WHOLE_NUMBER, "owners": WHOLE_NUMBER, "severity": TEXT_SCHEMA, "category": TEXT_SCHEMA, "relevance": {"type": ["number", "null"]},
        "tab": {"enum": sorted(TABS)}, "status": {"enum": ["new", "confirmed", "dismissed", "escalated"]}, "reason": {**TEXT_SCHEMA, "description": "Of a dismissal; `falsehood` of a confirmed or escalated story that spreads one itself."}, "note": TEXT_SCHEMA,
        "reviewed_by": {**NULLABLE_TEXT, "description": "Who gave the verdict that stands."}, "reviewed_at": NULLABLE_TIME, "review_count": {**WHOLE_NUMBER, "description": "Send it back as `seen` with a verdict."},
        "assigned_to": NULLABLE_TEXT, "added_by": {**NULLABLE_TEXT, "description": "Who put it into the queue, where no rule did."}, "tags": {"type": "array", "items": TEXT_SCHEMA}, "language": NULLABLE_TEXT, "region": NULLABLE_TEXT,
        "place": NULLABLE_TEXT, "passage": TEXT_SCHEMA, "rules": {"type": "array", "items": RULE_SCHEMA},
    },
}  # fmt: skip
PUSHED = {
    "type": "object",
    "required": ["title", "body"],
    "additionalProperties": False,
    "properties": {
        "title": {**TEXT_SCHEMA, "maxLength": 1000},
        "body": {**TEXT_SCHEMA, "description": "Plain text; paragraphs end with a line break."},
        "id": {**TEXT_SCHEMA, "maxLength": 500, "description": "Your own; the same again is an edit."},
        "url": {**TEXT_SCHEMA, "maxLength": 2000, "description": "Kept as you give it, and never fetched."},
        "published": TIME,
        "language": TEXT_SCHEMA,
    },
}  # fmt: skip
VERDICT_SCHEMA = {
    "type": "object",
    "required": ["verdict", "seen"],
    "additionalProperties": False,
    "properties": {
        "verdict": {"enum": ["confirmed", "dismissed", "escalated", "new"]},
        "seen": {
            **WHOLE_NUMBER,
            "description": "The story's review_count; 409 when somebody acted since.",
        },
        "reason": {
            **TEXT_SCHEMA,
            "description": "Needed to dismiss. `falsehood` confirms or escalates a story that spreads one itself.",
        },
        "note": TEXT_SCHEMA,
        "request_id": {**TEXT_SCHEMA, "maxLength": 50, "description": "The same again is one act."},
    },
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "tab": {"in": "query", "schema": {"enum": sorted(TABS)}},
    "since": {"in": "query", "schema": TIME, "description": "Stories seen since then."},
    "after": {"in": "query", "schema": WHOLE_NUMBER, "description": "`next` of the page before."},
    "limit": {"in": "query", "schema": {**WHOLE_NUMBER, "maximum": MOST_STORIES_A_PAGE}},
    "q": {"in": "query", "required": True, "schema": TEXT_SCHEMA},
    "before": {"in": "query", "schema": WHOLE_NUMBER, "description": "`next` of the page before."},
}
ERRORS = {"401": "No token that stands", "403": "The token does not open this", "429": "Too many requests; Retry-After says when"}  # fmt: skip


def document(routes: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pollwatch", "version": "1", "description": f"Bearer tokens of `pollwatch tokens create`; scopes: {', '.join(TOKEN_SCOPES)}."},
        "security": [{"bearer": []}],
        "paths": {route.path: operation(route) for route in routes},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Story": STORY_SCHEMA, "Rule": RULE_SCHEMA, "PushedArticle": PUSHED},
        },
    }  # fmt: skip


def operation(route: Any) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", route.path)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": TEXT_SCHEMA} for name in names
    ]
    parameters += [{"name": name, **PARAMETERS[name]} for name in route.parameters]
    answer: dict[str, Any] = {"description": route.answer}
    if route.schema:
        answer["content"] = {"application/json": {"schema": route.schema}}
    described: dict[str, Any] = {
        "summary": route.summary,
        "description": f"Scope: {route.scope or 'any'}.",
        "operationId": route.name,
        "parameters": parameters,
        "responses": {str(route.status): answer, **{code: {"description": why} for code, why in ERRORS.items()}},
    }  # fmt: skip
    if route.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": route.body}}}  # fmt: skip
    return {route.method.lower(): described}
