"""What makes two machines read a page alike: our code, and the libraries that it reads with."""

import sys
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

CODE_FOLDER = Path(__file__).resolve().parents[2]
READS = (
    "config",
    "extractors",
    "flows/pipeline",
    "matchers",
    "model",
)  # folders that a page goes through
LIBRARIES = (  # whose versions change texts, dates, addresses or matches
    "ahocorasick_rs", "babel", "charset-normalizer", "courlan", "dateparser", "htmldate", "justext", "lxml", "lxml_html_clean",
    "python-dateutil", "pytz", "regex", "tld", "tldextract", "trafilatura", "tzlocal", "w3lib",
)  # fmt: skip


def code_version() -> dict[str, str]:
    """By what is compared, its version here. Reads our files from disk, so that code which
    changed under a running worker shows."""
    versions = {name: _installed(name) for name in LIBRARIES}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {
        "Pollwatch's code": _code_hash(),
        "Python": python,
        "Unicode": unicodedata.unidata_version,
        **versions,
    }


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """The first thing that is not the same, as a phrase; "" where everything is."""
    for name, ours in here.items():
        theirs = there.get(name, "missing")
        if theirs != ours:
            return f"{name} is {theirs} there and {ours} here"
    return ""


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _code_hash() -> str:
    digest = sha256()
    files: list[Path] = []
    for folder in READS:
        files += (path for path in (CODE_FOLDER / folder).rglob("*") if path.is_file())
    for path in sorted(files):
        if "__pycache__" not in path.parts:
            digest.update(path.relative_to(CODE_FOLDER).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
