"""What worker processes call by name is there: no import holds these names, and nothing reads without them."""

import importlib

import pytest

from extractors.workers.parse_feed import PARSE_JOB
from extractors.workers.processes.zygote_child import TAKES
from flows.archive.match_job import MATCH_JOB
from flows.pipeline.inputs.options import PAGE_JOB

CALLED = {PAGE_JOB: sorted(TAKES.values()), MATCH_JOB: ["setup"], PARSE_JOB: []}


@pytest.mark.parametrize("job", CALLED)
def test_the_module_of_a_job_has_what_its_process_calls(job: str) -> None:
    module, _, function = job.partition(":")
    for name in (function, *CALLED[job]):
        assert callable(getattr(importlib.import_module(module), name, None)), name
