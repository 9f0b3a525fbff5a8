"""Faults of what people write: where they stand, and why."""


class ConfigError(Exception):
    """A fault in feeds.yaml or rules/; `str()` names file, line and field.

    Loaders raise `ExceptionGroup[ConfigError]` with every fault of every file.
    """

    def __init__(
        self,
        path: str,
        why: str,
        *,
        field: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        self.path, self.why, self.field = path, why, field
        self.line, self.column, self.hint = line, column, hint
        where = ":".join(str(part) for part in (path, line, column) if part is not None)
        what = f"{field}: {why}" if field else why
        super().__init__(f"{where}: {what}" + (f"\n    hint: {hint}" if hint else ""))


class QueryError(Exception):
    """A fault in a query, with its place in characters of the query."""

    def __init__(self, why: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(why)
        self.why, self.start, self.end, self.hint = why, start, end, hint
