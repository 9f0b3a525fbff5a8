"""The text of a feed list, bounded in size and depth."""

from pathlib import Path

import yaml

from config.documents import refuse_depth
from model import ConfigError

LARGEST_FILE = 64 * 1024 * 1024


def read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:  # not by its size on disk: /dev/zero has none
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise broken(path, "is larger than 64 MB, so it is no feed list")
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        refuse_depth(text)
        return text
    except FileNotFoundError as exc:
        raise broken(path, "does not exist", hint="start one: pollwatch feeds add URL") from exc
    except IsADirectoryError as exc:
        raise broken(path, "is a directory, not a file") from exc
    except RecursionError as exc:
        raise broken(path, "is nested too deep to be a feed list") from exc
    except yaml.YAMLError:  # said with its place by what reads it next
        return text
    except UnicodeDecodeError as exc:
        raise broken(path, f"is not UTF-8 text (byte {exc.start})") from exc
    except OSError as exc:
        raise broken(path, f"cannot be read: {exc.strerror}") from exc


def broken(path: Path | str, why: str, *, hint: str | None = None) -> ExceptionGroup[ConfigError]:
    return ExceptionGroup(f"{path} {why}", [ConfigError(str(path), why, hint=hint)])
