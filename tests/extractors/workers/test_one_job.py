"""One real worker process in the quick tests: the rest of them takes seconds."""

import asyncio
import pickle

from extractors.workers.pool import Workers


def test_a_process_takes_its_setup_and_answers_two_jobs() -> None:
    async def main() -> list[object]:
        workers = Workers(
            "tests.extractors.workers.jobs:work", processes=1, setup=pickle.dumps((40,))
        )
        try:
            return [await workers.run(("add", 2)), await workers.run(("echo", "x"))]
        finally:
            workers.close()

    assert asyncio.run(main()) == [42, "x"]
