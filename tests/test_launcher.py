"""The launcher, across everything: which Python it takes, what it says, and that nothing shadows us."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAUNCHER = ROOT / "pollwatch"
SHIM = '#!/bin/sh\necho "shim: no version that provides this command" >&2\nexit 127\n'
# Answers the launcher's question and makes no environment.
NO_VENV = '#!/bin/sh\n[ "$1" = -c ] && { echo "3.14.9 $0"; exit 0; }\nexit 1\n'
# Makes an environment whose pip always succeeds, and whose command says hello.
WORKS = """#!/bin/sh
case "$*" in
-c*) echo "3.14.8 $0" ;;
"-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; printf '#!/bin/sh\\necho hello\\n' >"$3/bin/pollwatch"; chmod +x "$3/bin/pollwatch" ;;
"-m pip "*) exit 0 ;;
esac
"""

no_newer_python = pytest.mark.skipif(
    any(Path(folder, "python3.14").exists() for folder in ("/usr/bin", "/usr/local/bin")),
    reason="the system's own Python 3.14 is taken before the invented ones",
)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def launch(tmp_path: Path):
    """Calls a copy of the launcher, in a home without a Python but those of `bin/` and of /usr/bin."""
    for name in (
        "pollwatch",
        "pyproject.toml",
        "requirements.lock",
        "requirements-cluster.lock",
        "requirements-dev.lock",
    ):
        (tmp_path / "copy").mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "copy" / name)

    def call(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(tmp_path / "copy" / "pollwatch"), *arguments],
            env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path), **env},
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return call


@no_newer_python
def test_the_newest_python_that_runs_is_first_and_shims_that_do_not_run_are_passed_over(
    launch, tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "python3.14", SHIM)
    managed = program(tmp_path / ".pyenv" / "versions" / "3.14.8" / "bin" / "python3.14", WORKS)

    done = launch("pythons")

    assert done.stdout.splitlines()[0] == f"3.14.8 {managed}"
    assert "shim" not in done.stdout + done.stderr


@no_newer_python
def test_where_setting_up_fails_the_next_python_is_tried_and_named(launch, tmp_path: Path) -> None:
    first = program(tmp_path / "bin" / "python3.14", NO_VENV)
    second = program(tmp_path / "bin" / "python3.13", WORKS)

    done = launch("status")

    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert f"Taking Python 3.14.9 ({first})." in done.stderr
    assert "cannot make environments" in done.stderr
    assert f"Taking Python 3.14.8 ({second})." in done.stderr
    assert done.stderr.rstrip().endswith("Ready, with Python 3.14.8.")
    again = launch("status")
    assert (again.stdout, again.stderr) == ("hello\n", "")


@no_newer_python
def test_an_environment_made_with_another_python_is_kept_and_that_is_said(
    launch, tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "python3.14", WORKS)
    launch("status")
    other = program(tmp_path / "other" / "python", NO_VENV)

    done = launch("status", POLLWATCH_PYTHON=str(other))

    assert done.stdout == "hello\n"
    assert "was made with Python 3.14.8" in done.stderr
    assert f"not with 3.14.9 ({other})" in done.stderr


@no_newer_python
def test_an_environment_of_another_checkout_is_refused_and_a_moved_one_made_anew(
    launch, tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "python3.14", WORKS)
    launch("status")
    venv = tmp_path / "copy" / ".venv"
    (venv / "checkout").write_text("/elsewhere/pollwatch\n", "utf-8")

    refused = launch("status", POLLWATCH_VENV=str(venv))
    moved = launch("status")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "was set up for /elsewhere/pollwatch" in refused.stderr
    assert "moved here from /elsewhere/pollwatch" in moved.stderr
    assert moved.stdout == "hello\n"
    assert (venv / "checkout").read_text("utf-8") == f"{tmp_path / 'copy'}\n"


def test_the_ui_of_prefect_asks_the_server_that_it_came_from_unless_told_otherwise(
    launch, tmp_path: Path
) -> None:
    tells = "#!/bin/sh\necho ${PREFECT_SERVER_UI_API_URL:-unset} ${PREFECT_API_URL:-unset}\n"
    venv = program(tmp_path / "copy" / ".venv" / "bin" / "prefect", tells).parents[1]
    (venv / "ready-tests").touch()
    (venv / "checkout").write_text(f"{tmp_path / 'copy'}\n", "utf-8")

    start = ("prefect", "server", "start", "--port", "9411")
    in_container = launch(*start, PREFECT_API_URL="http://server:4200/api")
    named = launch(*start, PREFECT_UI_API_URL="https://prefect.example/api")
    program(tmp_path / ".prefect" / "profiles.toml", 'PREFECT_UI_API_URL = "/prefect/api"')
    by_profile = launch(*start)

    assert launch(*start, PREFECT_PROFILES_PATH="none").stdout == "/api unset\n"
    assert in_container.stdout == "/api http://server:4200/api\n"
    assert (named.stdout, by_profile.stdout) == ("unset unset\n", "unset unset\n")


def test_prefect_without_its_server_is_told_in_one_sentence(launch, tmp_path: Path) -> None:
    venv = program(
        tmp_path / "copy" / ".venv" / "bin" / "prefect", "#!/bin/sh\necho asked\n"
    ).parents[1]
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / "ready-tests").touch()
    (venv / "checkout").write_text(f"{tmp_path / 'copy'}\n", "utf-8")
    run = ("prefect", "deployment", "run", "watch/watch")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/api"
        there = launch(*run, PREFECT_API_URL=address)
    gone = launch(*run, PREFECT_API_URL=address)
    worker = launch("prefect", "worker", "start", PREFECT_API_URL=address)

    assert (there.returncode, there.stdout, there.stderr) == (0, "asked\n", "")
    assert (gone.returncode, gone.stdout, len(gone.stderr.splitlines())) == (1, "", 1)
    assert f"no Prefect server answers at {address}" in gone.stderr
    assert worker.stdout == "asked\n", (
        "a worker goes on to Prefect, and is started again by its unit"
    )


def test_a_named_python_that_does_not_run_is_refused(launch, tmp_path: Path) -> None:
    done = launch("status", POLLWATCH_PYTHON=str(program(tmp_path / "python", SHIM)))

    assert done.returncode == 2
    assert "does not run" in done.stderr


@no_newer_python
def test_the_cause_is_told_where_a_whole_python_cannot_make_an_environment(
    launch, tmp_path: Path
) -> None:
    """A full disk was reported as a missing package."""
    full = NO_VENV.replace(
        "exit 1",
        '[ "$2" = venv ] && { echo "Error: [Errno 28] No space left on device"; exit 1; }\nexit 1',
    )
    lacks = NO_VENV.replace("-c ] && {", '-c ] && case "$2" in *ensurepip*) exit 1 ;; *) ').replace(
        "exit 0; }", "exit 0 ;; esac"
    )
    program(tmp_path / "bin" / "python3.14", full)
    told = launch("status", POLLWATCH_PYTHON=str(tmp_path / "bin" / "python3.14"))
    program(tmp_path / "bin" / "python3.14", lacks)
    missing = launch("status", POLLWATCH_PYTHON=str(tmp_path / "bin" / "python3.14"))

    assert "cannot make environments:\n    Error: [Errno 28] No space left" in told.stderr
    assert "apt install" not in told.stderr
    assert "apt install python3-venv, or python3.14-venv" in missing.stderr


@no_newer_python
def test_a_disk_that_is_too_small_is_named_before_setting_up(launch, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3.14", WORKS)
    header = "Filesystem 1048576-blocks Used Available Capacity Mounted on"
    program(tmp_path / "bin" / "df", f"#!/bin/sh\necho '{header}'\necho 'tmpfs 25 1 24 4% /srv'\n")

    done = launch("status")

    assert f"only 24 MB are free at {tmp_path / 'copy'}; setting up needs about 600" in done.stderr
    assert done.stdout == "hello\n", "it is tried all the same"


@no_newer_python
def test_where_no_environment_can_be_written_another_folder_is_asked_for(
    launch, tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "python3.14", WORKS)
    nowhere = tmp_path / "no folder" / "venv"
    done = launch("status", POLLWATCH_VENV=str(nowhere))

    assert done.returncode == 2
    assert f"cannot write {nowhere}.lock" in done.stderr
    assert "POLLWATCH_VENV=/path/to/folder" in done.stderr


@no_newer_python
def test_the_environment_is_filled_whatever_pip_was_told_of_other_places(
    launch, tmp_path: Path
) -> None:
    """`pip config set global.user true` and PIP_TARGET are common, and broke the first run."""
    tells = WORKS.replace('"-m pip "*) exit 0', '"-m pip "*) env >>"$0.told"; exit 0')
    python = program(tmp_path / "bin" / "python3.14", tells)
    done = launch("status", PIP_TARGET="/t", PIP_PREFIX="/p", PIP_USER="1", PIP_INDEX_URL="kept")

    told = (tmp_path / "copy" / ".venv" / "bin" / "python.told").read_text("utf-8")
    assert done.stdout == "hello\n", done.stderr
    assert python.exists()
    assert "PIP_USER=0" in told
    assert "PIP_INDEX_URL=kept" in told
    assert "PIP_TARGET" not in told
    assert "PIP_PREFIX" not in told


@pytest.mark.parametrize(
    ("name", "says", "message"),
    [
        ("uname", "FreeBSD", "this is FreeBSD; Pollwatch runs on Linux with glibc 2.28 or newer"),
        ("getconf", "glibc 2.27", "this system has glibc 2.27; Pollwatch needs glibc 2.28"),
        ("getconf", "", "this system has no glibc; Pollwatch needs glibc 2.28"),
    ],
)
def test_other_systems_are_told_in_one_sentence(
    launch, tmp_path: Path, name: str, says: str, message: str
) -> None:
    program(tmp_path / "bin" / name, f'#!/bin/sh\n[ -n "{says}" ] && echo "{says}"\n')
    done = launch("status")

    assert done.returncode == 2
    assert done.stderr.startswith(f"pollwatch: {message}")
    assert len(done.stderr.splitlines()) == 1
