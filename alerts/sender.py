"""The sender: rounds every few seconds, in a thread of a run or a server, or alone. One at a time."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from alerts.alerts_yaml.config import AlertConfig
from alerts.alerts_yaml.last_good import in_use
from alerts.channels.secrets import Resolve, from_environment
from alerts.last_resort import danger_key, speak, take_spooled
from alerts.message import Setting
from alerts.ping import ping
from alerts.round import Clock, Dispatcher, Round
from alerts.spool import Spool
from alerts.standstill import Standstill
from storage.database.connection import translated
from storage.database.errors import AnotherRun, Busy, NoDatabase, StorageError
from storage.database.lock import RunLock
from storage.outbox import deliveries, monitor_events
from storage.outbox.outbox import Outbox

logger = logging.getLogger("pollwatch")
EVERY_SECONDS = 3.0
LOOK_EVERY = timedelta(minutes=1)
SPIKES_EVERY = timedelta(minutes=5)
BUSY_IS_DANGER = timedelta(seconds=30)
OVER_WHEN_QUIET_FOR = timedelta(minutes=1)  # the database, after it could not be written
FLUSH = timedelta(seconds=20)  # that a run waits at its end for what it has to tell
FLOW = "alerts"  # the name of the lock: it is freed by the system when its holder dies


Explain = Callable[[], Sequence[str]]  # why no run begins; asked at the start of a silence


def no_explanation() -> Sequence[str]:
    return ()


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sender:
    """Sends what waits in one database's outbox by one alerts.yaml, which may change meanwhile."""

    def __init__(
        self, database: Path, alerts: Path, *, resolve: Resolve = from_environment, clock: Clock = utc_now, explain: Explain = no_explanation
    ) -> None:  # fmt: skip
        self.database, self.alerts = database, alerts
        self.resolve, self.clock, self.explain = resolve, clock, explain
        self.spool, self.standstill = Spool(database), Standstill()
        self.config: AlertConfig | None = None
        self.faults: tuple[Exception, ...] = ()  # of the alerts.yaml of now
        self.read_at = -1.0  # mtime of the alerts.yaml in use
        self.dispatcher: Dispatcher | None = None
        self.looked_at = self.spikes_at = self.counted_at = datetime.min.replace(tzinfo=UTC)
        self.setting = Setting(None, "")
        self.answering = 0  # feeds, as last counted
        self.troubled_since: datetime | None = None
        self.failure: tuple[datetime, StorageError] | None = None  # the last of the database

    def reload(self) -> AlertConfig | None:
        """The alerts.yaml of now; the last good one while it has faults; None where there is none."""
        try:
            at = self.alerts.stat().st_mtime
        except OSError:
            return self.config
        if at != self.read_at:
            self.read_at = at
            in_force = in_use(self.alerts, self.database)
            self.config, self.faults = in_force.config or self.config, in_force.faults
            for fault in in_force.faults:
                logger.error("%s", fault)
        return self.config

    def round(self) -> Round:
        """One round. Raises AnotherRun when it cannot hold the lock; speaks up by itself in danger."""
        config = self.reload()
        if config is None:
            return Round()
        try:
            with RunLock(self.database, FLOW), translated(str(self.database)):
                return self.open_and_send(config)
        except AnotherRun:
            raise
        except NoDatabase:
            return Round()
        except StorageError as error:
            if not self.is_danger(error):
                return Round()
            return Round(sent=self.speak(error))

    def is_danger(self, error: StorageError) -> bool:
        """Notes the failure. Whether it is to be alerted: a lock that goes away by itself is not."""
        now = self.clock()
        self.failure = now, error
        if self.troubled_since is None:
            self.troubled_since = now
        return not isinstance(error, Busy) or now - self.troubled_since >= BUSY_IS_DANGER

    def speak(self, error: StorageError) -> int:
        """Say, without the database, that it is in danger; how many channels heard it."""
        config = self.reload()
        if config is None or isinstance(error, AnotherRun | NoDatabase):
            return 0
        return speak(error, config, self.spool, self.resolve, self.clock())

    def ping(self) -> None:
        """Tell the dead man's switch that a run went well; when it cannot be told, it will say so."""
        config = self.reload()
        if config is not None and config.ping_url is not None:
            ping(config.ping_url, self.resolve)

    def open_and_send(self, config: AlertConfig) -> Round:
        outbox = Outbox.open(self.database)
        try:
            return self.send(outbox, config)
        finally:
            outbox.close()

    def send(self, outbox: Outbox, config: AlertConfig) -> Round:
        now = self.clock()
        spoken = self.spool.entries()
        with outbox.transaction():
            take_spooled(outbox, spoken, now)
            deliveries.resume_broken_off(outbox.conn, now)
            deliveries.close_unknown(outbox.conn, [channel.id for channel in config.channels])
        self.spool.settle(spoken, now)
        self.troubled_since = None
        self.record_events(outbox, config, now)
        dispatcher = self.dispatcher_for(outbox, config, now)
        dispatcher.route()
        dispatcher.dispatch()
        return dispatcher.done

    def explained(
        self, outbox: Outbox, trouble: monitor_events.MonitorTrouble
    ) -> monitor_events.MonitorTrouble:
        """A silence that is to be told now, with what is known of its cause."""
        if trouble.kind != "nothing-ran" or monitor_events.stands(outbox.conn, trouble):
            return trouble
        slept = self.standstill.sentence(self.clock())
        why = self.explain() if slept is None else (slept,)  # Prefect has not woken up yet, either
        return replace(trouble, why="; ".join((trouble.why, *why)))

    def recent_failure(
        self, outbox: Outbox, now: datetime
    ) -> Iterator[monitor_events.MonitorTrouble]:
        """The danger that was alerted without the database: one write that succeeds does not end it."""
        if self.failure is None or now - self.failure[0] >= OVER_WHEN_QUIET_FOR:
            return
        trouble = monitor_events.MonitorTrouble(
            "danger", danger_key(self.failure[1]), str(self.failure[1])
        )
        if monitor_events.stands(outbox.conn, trouble):
            yield trouble

    def record_events(self, outbox: Outbox, config: AlertConfig, now: datetime) -> None:
        """Events that nobody else brings about: silence, danger, crowds."""
        if now - self.looked_at >= LOOK_EVERY:
            self.looked_at = now
            every = timedelta(minutes=config.run_every_minutes)
            troubles = (
                *map(
                    partial(self.explained, outbox),
                    monitor_events.troubles(outbox.conn, self.database, now, every=every),
                ),
                *monitor_events.faulty_alerts(
                    [str(fault).splitlines()[0] for fault in self.faults]
                ),
                *self.recent_failure(outbox, now),
            )
            with outbox.transaction():
                monitor_events.record_troubles(outbox.conn, troubles, now)
        if now - self.spikes_at >= SPIKES_EVERY:
            self.spikes_at = now
            with outbox.transaction():
                monitor_events.record_spikes(outbox.conn, now)

    def dispatcher_for(self, outbox: Outbox, config: AlertConfig, now: datetime) -> Dispatcher:
        if now - self.counted_at >= LOOK_EVERY or not self.answering:
            self.counted_at = now  # at the first run's beginning no feed has answered yet
            answering = outbox.answering(now)
            self.answering = answering.answering
            self.setting = Setting(config.url, answering.sentence)
        before = self.dispatcher
        self.dispatcher = Dispatcher(outbox, config, self.resolve, self.clock, self.setting)
        if before is not None:
            self.dispatcher.hung, self.dispatcher.sent_at = before.hung, before.sent_at
        return self.dispatcher

    def run(self, stop: threading.Event) -> None:
        """Rounds until told to stop, and those at the end that get out what is waiting."""
        while not stop.wait(EVERY_SECONDS):
            self.standstill.look(self.clock())
            self.try_round()
        end = self.clock() + FLUSH
        while self.clock() < end:
            last_round = self.try_round()
            if last_round is None or not (last_round.routed or last_round.sent):
                break

    def try_round(self) -> Round | None:
        """A round, or None: another process sends, or this one met a fault that it logs."""
        try:
            return self.round()
        except AnotherRun:
            return None
        except (
            Exception
        ):  # the thread must outlive any fault of one round: alerts would end unheard
            logger.exception("error in the alert sender; it continues")
            return None


@contextmanager
def sending(sender: Sender) -> Iterator[None]:
    """Rounds go on in a thread while the body runs; at its end what waits goes out first."""
    stop = threading.Event()
    thread = threading.Thread(target=sender.run, args=(stop,), name="alerts", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(FLUSH.total_seconds() + 60)
