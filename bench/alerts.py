"""How soon an alert leaves: events stored at random moments by another process, a sender as `review` runs it.

    python -m bench.alerts --events 120 --minutes 4

Prints the seconds from the moment of storing to the arrival at a receiver on loopback that answers
503 to one request in twenty, and what the sender costs by CPU.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from alerts.sender import Sender, sending
from tests.alerts import sinks
from tests.alerts.outboxes import database, webhook_yaml

STORE = """
import random, sys, time
from datetime import UTC, datetime
from pathlib import Path
from tests.alerts.outboxes import add_story
path, events, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
rng = random.Random(1)
pauses = sorted(rng.uniform(0, seconds) for _ in range(events))
begin = time.monotonic()
for number, due in enumerate(pauses, 1):
    time.sleep(max(0, begin + due - time.monotonic()))
    add_story(path, number, datetime.now(UTC))
"""


def answer(number: int, request: sinks.Request) -> sinks.Answer:
    return (503, {}) if random.Random(number).random() < 0.05 else (200, {})


@click.command()
@click.option("--events", default=120)
@click.option("--minutes", default=4.0)
def main(events: int, minutes: float) -> None:
    with tempfile.TemporaryDirectory() as name, sinks.http(answer) as sink:
        folder = Path(name)
        path = database(folder, datetime.now(UTC))
        alerts = webhook_yaml(folder, sink.url, channel="    budget: 10000")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        with sending(Sender(path, alerts, resolve=lambda secret: "k")):
            arguments = [str(path), str(events), str(60 * minutes)]
            subprocess.run([sys.executable, "-c", STORE, *arguments], check=True)
            time.sleep(30)
        spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    waits = sorted(
        message.at - datetime.fromisoformat(event["moment"]).timestamp()
        for message in sink.accepted
        for event in message.json["events"]
    )
    click.echo(
        f"{len(waits)} of {events} events, {len(sink.requests)} requests, {spent:.1f} s of CPU"
    )
    for share in (0.5, 0.95, 1):
        click.echo(f"p{100 * share:g}  {waits[int(share * (len(waits) - 1))]:6.1f} s")


if __name__ == "__main__":
    main()
