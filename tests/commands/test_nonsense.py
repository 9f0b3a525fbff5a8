"""Values that make no sense, and machines that are short of something: a sentence, no traceback."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.newsroom import Newsroom

pytestmark = pytest.mark.slow  # a process for each command

ROOT = Path(__file__).parents[2]
PROGRAM = "from cli import main; main()"
RULE = "id: id\ntitle: A\nseverity: high\ncategory: test\nquery: outage\nexamples: {match: [An outage.], ignore: [No.]}\n"
FEEDS = "feeds:\n  - {id: a, name: A, url: https://example.org/feed}\n"


def call(
    *arguments: object, limits: Callable[[], None] | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **env}, preexec_fn=limits, timeout=100,
        capture_output=True, text=True, check=False, errors="replace",
    )  # fmt: skip


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """What was said; the call ended with 2, in order."""
    output = done.stdout + done.stderr
    assert done.returncode == 2, output
    assert "Traceback" not in output
    return output


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--pace", "inf", "not in the range"),
        ("--pace", "nan", "not a number that can be counted to"),
        ("--pace", "-4", "not in the range"),
        ("--max-minutes", "-5", "not in the range"),
        ("--max-minutes", "0", "not in the range"),
        ("--max-minutes", "inf", "not a number that can be counted to"),
        ("--allow-address", "foo", "does not appear to be an IPv4 or IPv6 network"),
        ("--allow-address", "10.0.0.1/8", "has host bits set"),
        ("--processes", "0", "not in the range"),
        ("--processes", "100000", "not in the range"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(
    option: str, value: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
    db = tmp_path / "watch.db"
    output = refused(call("run", "--feeds", tmp_path / "feeds.yaml", "--db", db, option, value))

    assert message in output
    assert not db.exists()


@pytest.mark.parametrize("place", ["--feeds", "--rules"])
def test_a_file_without_end_is_refused(place: str, tmp_path: Path) -> None:
    command = {"--feeds": ["feeds", "list"], "--rules": ["rules", "check"]}[place]
    argument = ["--feeds", "/dev/zero"] if place == "--feeds" else ["/dev/zero"]

    assert "larger than" in refused(call(*command, *argument))


def test_a_subscription_list_without_end_is_refused(tmp_path: Path) -> None:
    output = refused(call("feeds", "import", "/dev/zero", "--feeds", tmp_path / "feeds.yaml"))

    assert "is larger than 64 MB" in output


@pytest.mark.parametrize("nested", ["[" * 30_000, "- " * 30_000 + "a", "{a: " * 30_000])
def test_nesting_without_end_is_refused(nested: str, tmp_path: Path) -> None:
    file = tmp_path / "deep.yaml"
    file.write_text(nested, "utf-8")
    for command in (["feeds", "list", "--feeds", file], ["rules", "check", file]):
        assert "nested too deep" in refused(call(*command))


def test_a_link_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    assert "loop: does not exist" in refused(
        call("run", "--feeds", loop, "--db", tmp_path / "x.db")
    )


def few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))


def little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (120_000_000, 120_000_000))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds to RLIMIT_AS")
def test_too_little_memory_is_named(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
    files = ["--feeds", tmp_path / "feeds.yaml", "--db", tmp_path / "watch.db"]
    output = refused(call("run", *files, limits=little_memory))

    assert "out of memory" in output


def no_file_of_any_size() -> None:  # nor a temporary one
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_too_few_open_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
    files = ["--feeds", tmp_path / "feeds.yaml", "--db", tmp_path / "watch.db"]
    output = refused(call("run", *files, limits=few_files))

    assert "the limit on open files is 24, and a run needs 256" in output


def test_a_disk_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
    files = ["--feeds", tmp_path / "feeds.yaml", "--db", tmp_path / "watch.db"]
    output = refused(call("run", *files, limits=no_file_of_any_size))

    assert len(output.splitlines()) <= 2


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_that_cannot_show_a_letter_gets_no_traceback(
    encoding: str, tmp_path: Path
) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        files = ["--feeds", tmp_path / "feeds.yaml", "--db", tmp_path / "watch.db"]
        done = call("run", *files, PYTHONIOENCODING=encoding)

    assert done.returncode == 1, done.stderr  # one feed of the newsroom fails
    assert "New hits by rule" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_pipe_that_nobody_writes_into_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for command in (["feeds", "list", "--feeds", pipe], ["rules", "check", pipe]):
        assert "pipe" in refused(call(*command))


LOOKING = [
    "--help",
    "rules check RULE",
    "rules list --rules RULE",
    "match --rules RULE LINE",
    "feeds list --feeds FEEDS",
    "feeds export --feeds FEEDS",
]


@pytest.fixture
def looked(tmp_path: Path) -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Calls a command in a shell, which takes its standard streams away."""
    (tmp_path / "RULE").write_text(RULE, "utf-8")
    (tmp_path / "FEEDS").write_text(FEEDS, "utf-8")
    (tmp_path / "LINE").write_text('{"id": 1, "text": "An outage."}\n', "utf-8")

    def call(command: str, streams: str) -> subprocess.CompletedProcess[str]:
        program = f"import sys; sys.path.insert(0, '{ROOT}'); {PROGRAM}"
        return subprocess.run(
            ["bash", "-c", f'{sys.executable} -c "{program}" {command} {streams}'],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100,
        )  # fmt: skip

    return call


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("command", LOOKING)
def test_an_output_that_takes_nothing_is_named(
    looked: Callable[[str, str], subprocess.CompletedProcess[str]], command: str
) -> None:
    done = looked(command, "> /dev/full")

    assert done.returncode == 2, done.stderr
    assert "No space left on device" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", LOOKING)
def test_without_standard_streams_a_command_does_its_work(
    looked: Callable[[str, str], subprocess.CompletedProcess[str]], command: str
) -> None:
    assert (done := looked(command, "<&- >&-")).returncode == 0, done.stderr
    assert looked(command, "<&- >&- 2>&-").returncode == 0


@pytest.mark.parametrize(
    "command", ["match -", "feeds parse -", "extract - --url https://example.org/", "rules why id - --rules RULE"]
)  # fmt: skip
def test_a_standard_input_that_is_closed_is_named(
    looked: Callable[[str, str], subprocess.CompletedProcess[str]], command: str
) -> None:
    done = looked(command, "<&-")

    assert (done.returncode, done.stderr) == (
        2,
        "pollwatch: standard input is closed; name a file\n",
    )


def test_a_current_folder_that_was_removed_is_named(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, '{ROOT}'); {PROGRAM}"
    done = subprocess.run(
        ["bash", "-c", f'mkdir gone && cd gone && rmdir ../gone && {sys.executable} -c "{program}" status'],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip

    message = "pollwatch: the current folder was removed; change to one that is there\n"
    assert (done.returncode, done.stderr) == (2, message)


def test_what_a_shell_pipes_in_is_read_whole() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -c '{PROGRAM}' feeds list --feeds <(sleep 1; printf %s '{FEEDS}')"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "https://example.org/feed" in done.stdout


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["match", "/dev/zero"], "line 1 of /dev/zero is longer than 20 MB"),
        (["match", "/dev/urandom"], "are not JSON objects"),
        (["rules", "why", "id", "/dev/zero", "--rules", "RULE"], "/dev/zero is larger than 50 MB"),
        (["feeds", "import", "/dev/full", "--feeds", "NEW"], "/dev/full is larger than 64 MB"),
    ],
)
def test_what_has_no_end_is_refused_in_a_line(
    command: list[str], message: str, tmp_path: Path
) -> None:
    (tmp_path / "RULE").write_text(RULE, "utf-8")
    places = {name: str(tmp_path / name) for name in ("RULE", "NEW")}
    output = refused(call(*(places.get(word, word) for word in command)))

    assert message in output.splitlines()[-1]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["match", "PIPE"], 0),  # as an empty file
        (["extract", "PIPE", "--url", "https://example.org/a"], 1),
        (["feeds", "parse", "PIPE"], 1),
        (["feeds", "import", "PIPE", "--feeds", "NEW"], 2),
        (["status", "--db", "PIPE"], 2),
        (["alerts", "check", "--alerts", "PIPE"], 2),
        (["review", "--no-open", "--db", "PIPE"], 2),
    ],
)
def test_a_pipe_that_nobody_writes_into_is_an_empty_file_and_no_database(
    command: list[str], code: int, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "PIPE")
    places = {name: str(tmp_path / name) for name in ("PIPE", "NEW")}
    done = call(*(places.get(word, word) for word in command))

    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
