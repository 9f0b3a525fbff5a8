"""Reports as plain values, for JSON."""

from dataclasses import fields, is_dataclass
from datetime import datetime

from storage.times import iso


def json_ready(value: object) -> object:
    """Dataclasses become mappings, tuples lists, times ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: json_ready(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {str(key): json_ready(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [json_ready(inner) for inner in value]
    return value
