"""How faults of the user's making are told: every one of them, on standard error, without a traceback."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from extractors.workers.errors import BadInstallation, NoCluster
from model import ConfigError
from model.plurals import count_of
from storage.database.errors import StorageError

USAGE = 2
# What a machine that is short of something answers, wherever that happens to show.
MACHINE = {errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
MACHINE |= {errno.ENOMEM, errno.EAGAIN}
# What a name answers that somebody gave and that leads to no file that can be used.
NAME_ERRORS = {errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENOENT}
NAME_ERRORS |= {errno.EACCES, errno.EPERM, errno.ENXIO, errno.ENODEV}


class CommandFailed(click.ClickException):
    """Something outside the command line is wrong: told in one line, without the usage."""

    exit_code = USAGE

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"pollwatch: {self.message}", err=True, file=file)


@contextmanager
def faults_as_messages() -> Iterator[None]:
    """Turns errors of configuration, storage and installation into messages and exit code 2."""
    try:
        yield
    except ExceptionGroup as group:
        faults = list(flat_errors(group))
        if not all(isinstance(fault, ConfigError) for fault in faults):
            raise
        for fault in faults:
            click.echo(str(fault), err=True)
        click.echo(f"{count_of(len(faults), 'fault')}; nothing was done.", err=True)
        sys.exit(USAGE)
    except NoCluster as error:
        click.echo(f"pollwatch: {error}.", err=True)
        sys.exit(USAGE)
    except BadInstallation as error:
        click.echo(f"pollwatch: this installation does not work: {error}", err=True)
        click.echo("           ./pollwatch doctor says what to do.", err=True)
        sys.exit(USAGE)
    except OSError as error:
        if error.errno in NAME_ERRORS and error.filename:
            raise CommandFailed(f"{error.filename}: {error.strerror}") from error
        if error.errno not in MACHINE:
            raise
        where = f" ({error.filename})" if error.filename else ""
        click.echo(f"pollwatch: {error.strerror}{where}; ./pollwatch doctor looks at it.", err=True)
        sys.exit(USAGE)
    except (ConfigError, StorageError) as error:
        click.echo(f"pollwatch: {error}", err=True)
        sys.exit(USAGE)


def flat_errors(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from flat_errors(error)
        else:
            yield error
