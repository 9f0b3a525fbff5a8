"""Why no run begins."""


def standstill_reasons() -> tuple[str, ...]:
    """What Prefect knows of it. Prefect, which takes seconds to import, only when somebody asks."""
    from flows.orchestration.server.standstill import why_no_run_begins

    return why_no_run_begins()
