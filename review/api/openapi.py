"""The OpenAPI 3.1 document of the API, made of the table of routes; docs/openapi.json holds it."""

import re
from typing import Any

from review.api.stories import LARGEST_PAGE
from storage.queries.stories.filter import TABS
from storage.tokens import SCOPES

TEXT = {"type": "string"}
WHOLE = {"type": "integer", "minimum": 0}
TIME = {"type": "string", "format": "date-time"}
NULLABLE_TEXT = {"type": ["string", "null"]}
NULLABLE_TIME = {"type": ["string", "null"], "format": "date-time"}
RULE = {
    "type": "object",
    "properties": {
        "id": TEXT,
        "title": TEXT,
        "severity": TEXT,
        "references": {"type": "array", "items": TEXT},
    },
}
STORY = {
    "type": "object",
    "description": "One story: near-duplicate articles that are reviewed together. Private places in passages are masked.",
    "properties": {
        "id": WHOLE, "headline": TEXT, "outlet": TEXT, "url": TEXT, "published_at": {**NULLABLE_TIME, "description": "Null where no date was given."}, "first_seen_at": TIME, "last_seen_at": TIME,
        "outlets": WHOLE, "owners": WHOLE, "severity": TEXT, "category": TEXT, "relevance": {"type": ["number", "null"]},
        "tab": {"enum": sorted(TABS)}, "status": {"enum": ["new", "confirmed", "dismissed", "escalated"]}, "reason": TEXT, "note": TEXT,
        "reviewed_by": {**NULLABLE_TEXT, "description": "Who gave the verdict that stands."}, "reviewed_at": NULLABLE_TIME, "review_count": {**WHOLE, "description": "Send it back as `seen` with a verdict."},
        "assigned_to": NULLABLE_TEXT, "added_by": {**NULLABLE_TEXT, "description": "Who put it into the queue, where no rule did."}, "tags": {"type": "array", "items": TEXT}, "language": NULLABLE_TEXT, "region": NULLABLE_TEXT,
        "place": NULLABLE_TEXT, "passage": TEXT, "rules": {"type": "array", "items": RULE},
    },
}  # fmt: skip
PUSHED = {
    "type": "object",
    "required": ["title", "body"],
    "additionalProperties": False,
    "properties": {
        "title": {**TEXT, "maxLength": 1000},
        "body": {**TEXT, "description": "Plain text; paragraphs end with a line break."},
        "id": {**TEXT, "maxLength": 500, "description": "Your own; the same again is an edit."},
        "url": {**TEXT, "maxLength": 2000, "description": "Kept as you give it, and never fetched."},
        "published": TIME,
        "language": TEXT,
    },
}  # fmt: skip
VERDICT = {
    "type": "object",
    "required": ["verdict", "seen"],
    "additionalProperties": False,
    "properties": {
        "verdict": {"enum": ["confirmed", "dismissed", "escalated", "new"]},
        "seen": {
            **WHOLE,
            "description": "The story's review_count; 409 when somebody acted since.",
        },
        "reason": {**TEXT, "description": "Needed to dismiss."},
        "note": TEXT,
        "request_id": {**TEXT, "maxLength": 50, "description": "The same again is one act."},
    },
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "tab": {"in": "query", "schema": {"enum": sorted(TABS)}},
    "since": {"in": "query", "schema": TIME, "description": "Stories seen since then."},
    "after": {"in": "query", "schema": WHOLE, "description": "`next` of the page before."},
    "limit": {"in": "query", "schema": {**WHOLE, "maximum": LARGEST_PAGE}},
    "q": {"in": "query", "required": True, "schema": TEXT},
    "before": {"in": "query", "schema": WHOLE, "description": "`next` of the page before."},
}
ERRORS = {"401": "No token that stands", "403": "The token does not open this", "429": "Too many requests; Retry-After says when"}  # fmt: skip


def document(routes: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pollwatch", "version": "1", "description": f"Bearer tokens of `pollwatch tokens create`; scopes: {', '.join(SCOPES)}."},
        "security": [{"bearer": []}],
        "paths": {route.path: operation(route) for route in routes},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Story": STORY, "Rule": RULE, "PushedArticle": PUSHED},
        },
    }  # fmt: skip


def operation(route: Any) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", route.path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]
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
