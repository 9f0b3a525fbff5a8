"""The diamond of imports, read off the syntax trees."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {
    "alerts",
    "model",
    "privacy",
    "config",
    "extractors",
    "matchers",
    "storage",
    "review",
    "flows",
    "commands",
    "cli",
    "demo",
}
MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "privacy": set(),
    "config": {"model"},
    "extractors": {"model", "config"},
    "matchers": {"model", "config"},
    "storage": {"model", "privacy"},
    "alerts": {"model", "privacy", "config", "storage"},
    "review": {"model", "privacy", "alerts", "config", "matchers", "storage"},
    "flows": {"model", "privacy", "alerts", "config", "extractors", "matchers", "storage"},
    "commands": {
        "model",
        "privacy",
        "alerts",
        "config",
        "extractors",
        "matchers",
        "storage",
        "review",
        "flows",
        "demo",
    },
    "cli": {"commands"},
    "demo": set(),
}


def modules(package: str) -> list[Path]:
    single = ROOT / f"{package}.py"
    return [single] if single.exists() else sorted((ROOT / package).rglob("*.py"))


def statements(within: ast.AST) -> Iterator[ast.AST]:
    """Those within it at any depth: no expression holds an import, and most of a tree is those."""
    for block in ("body", "handlers", "orelse", "finalbody", "cases"):
        for node in getattr(within, block, ()):
            yield node
            yield from statements(node)


@cache
def imports(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return frozenset(names)


def tops(path: Path) -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in imports(path))


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_siblings_never_meet(package: str) -> None:
    for path in modules(package):
        assert tops(path) & OURS - {package} <= MAY_IMPORT[package], path


@pytest.mark.parametrize("package", sorted(set(MAY_IMPORT) - {"flows"}))
def test_only_flows_imports_prefect(package: str) -> None:
    for path in modules(package):
        assert "prefect" not in tops(path), path


@pytest.mark.parametrize("package", sorted(set(MAY_IMPORT) - {"storage", "review"}))
def test_only_storage_knows_sql(package: str) -> None:
    for path in modules(package):
        assert not tops(path) & {"sqlite3", "sqlite_utils"}, path


PAIRS_ONLY = {"zygote.py", "zygote_child.py"}  # a socket between two of our own processes
OPENS_SOCKETS = {"aiohttp", "aiodns", "httpx", "pycurl", "requests", "socket", "urllib3"}


def test_only_the_transport_opens_sockets() -> None:
    transport = ROOT / "extractors" / "fetch" / "transport"
    makers = {path.name for path in transport.glob("*.py") if tops(path) & OPENS_SOCKETS}
    assert makers == {"curl_errors.py", "multi.py", "resolver.py", "transfer.py"}
    for path in (ROOT / "extractors").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name in PAIRS_ONLY:
            assert not re.search(r"\.(connect|bind|listen|sendto)\(|AF_INET", text), path
        elif path.parent != transport:
            assert not tops(path) & OPENS_SOCKETS, path
        assert "urllib.request" not in imports(path), path
        assert not re.search(r"create_connection|open_connection|fetch_url|urlopen", text), path


INNER: dict[str, set[str]] = {
    # what each folder of a package may import of its own package
    "matchers.text": {"matchers.text"},
    "matchers.query": {"matchers.text", "matchers.query"},
    "matchers.relevance": {"matchers.text", "matchers.relevance"},
    "matchers.engine": {
        "matchers.text",
        "matchers.query",
        "matchers.engine",
        "matchers.relevance",
        "matchers.rules.ruleset",
    },
    "extractors.fetch": {"extractors.fetch"},
    "flows.pipeline": {"flows.pipeline", "flows.archive"},
    "flows.archive": {"flows.archive"},
    "review.render": {"review.render", "review.auth", "review"},
    "storage.queries": {"storage"},
}


@pytest.mark.parametrize("folder", sorted(INNER))
def test_folders_keep_their_inner_borders(folder: str) -> None:
    package = folder.partition(".")[0]
    for path in (ROOT / folder.replace(".", "/")).rglob("*.py"):
        inner = {name for name in imports(path) if name.startswith(f"{package}.")}
        crossing = {
            name
            for name in inner
            if not any(name == to or name.startswith(f"{to}.") for to in INNER[folder])
        }
        assert not crossing, f"{path}: {crossing}"


def test_the_pipeline_knows_no_prefect() -> None:
    for folder in ("pipeline", "archive"):
        for path in (ROOT / "flows" / folder).rglob("*.py"):
            assert "prefect" not in tops(path), path


DASK = {"dask", "distributed", "prefect_dask"}


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_only_the_cluster_and_orchestration_know_dask(package: str) -> None:
    rooms = {ROOT / "extractors" / "cluster", ROOT / "flows" / "orchestration"}
    for path in modules(package):
        assert path.parent in rooms or not tops(path) & DASK, path


def test_no_folder_holds_more_than_thirteen_modules() -> None:
    for package in MAY_IMPORT:
        for folder in {path.parent for path in modules(package)} - {ROOT}:
            files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            assert len(files) <= 13, folder


def test_no_file_of_ours_passes_300_lines() -> None:
    for package in MAY_IMPORT:
        for path in modules(package):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 300, path


# A run's parameters are the form that Prefect shows of it, one by one.
LONG_FUNCTIONS = {"flows/watch.py watch"}


@pytest.mark.slow
def test_no_function_of_ours_passes_40_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)} {node.name}"
        for package in [*MAY_IMPORT, "bench"]
        for path in modules(package)
        for node in statements(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno is not None and node.end_lineno - node.lineno >= 40
    }
    assert long == LONG_FUNCTIONS


# One subject at several levels: printed, shown or scheduled above, worked out below.
LEVELS = {
    "article", "audit", "backup", "coverage", "digest", "discover", "entries", "export", "extract", "format", "last_good", "maintain", "metrics",
    "mutes", "opml", "overview", "parse", "poll", "preview", "queue", "rematch", "rules", "run", "second_opinions", "send", "serve", "situation",
    "standstill", "story", "tokens", "trace", "verdicts",
}  # fmt: skip
# What every room has of its own: the click group and commands, readers of a file, addresses, errors.
ROOMS = {"check", "errors", "group", "json_schema", "list", "load", "report", "routes", "status"}


def test_two_files_of_one_name_are_one_subject_at_two_levels() -> None:
    names = Counter(path.stem for package in MAY_IMPORT for path in modules(package))
    assert {name for name, times in names.items() if times > 1} - {"__init__"} == LEVELS | ROOMS


# Participles and pronouns that stand in for a noun: what was found, who was asked? `left` beside `right` is one.
BARE = {
    "asked", "came", "done", "each", "found", "given", "gone", "got", "held", "kept", "known", "left", "made", "met",
    "named", "one", "said", "seen", "sent", "taken", "told", "wanted",
}  # fmt: skip


def names_bound(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Parameters, and what is assigned outside the bodies of classes, whose fields say what they are of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def fields_of_classes(tree: ast.AST) -> set[tuple[str, int]]:
    return {
        (field.target.id, field.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for field in node.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


@pytest.mark.slow
@pytest.mark.parametrize("package", [*sorted(MAY_IMPORT), "bench"])
def test_a_local_carries_its_noun(package: str) -> None:
    bare = []
    for path in modules(package):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = set(names_bound(tree)) - fields_of_classes(tree)
        opposed = {"left"} if "right" in {name for name, _ in names} else set()
        bare += [f"{path}:{line} {name}" for name, line in names if name in BARE - opposed]
    assert bare == []


CONSTANT = re.compile(r"^([A-Z][A-Z_0-9]+)(?::[^=\n]+)? = ", re.MULTILINE)
# One meaning, in layers or processes that may not import each other: an hour, what a child process puts on
# its path, this machine.
SAME_MEANING = {"HOUR", "IMPORT_FOLDER", "LOOPBACK"}


def test_the_name_of_a_constant_has_one_meaning() -> None:
    files = [path for package in MAY_IMPORT for path in modules(package)]
    names = Counter(
        name for path in files for name in set(CONSTANT.findall(path.read_text(encoding="utf-8")))
    )
    assert {name for name, times in names.items() if times > 1} == SAME_MEANING


# One contract, met by many modules: a program's entry, a click command's file, a worker process' job.
CONTRACTS = {"command", "main", "setup"}


def test_a_public_function_or_class_has_a_name_of_its_own() -> None:
    names = Counter(
        node.name
        for package in MAY_IMPORT
        for path in modules(package)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    twice = {name for name, times in names.items() if times > 1 and not name.startswith("_")}
    assert twice == CONTRACTS


def folders() -> list[Path]:
    return sorted(init.parent for package in MAY_IMPORT for init in (ROOT / package).rglob("__init__.py"))  # fmt: skip


@pytest.mark.parametrize("folder", folders(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_folder_says_in_one_line_what_it_holds_and_so_does_the_page(folder: Path) -> None:
    says = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert says is not None
    assert says.splitlines()[0].endswith(".")
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"| `{folder.relative_to(ROOT)}/` | {says.splitlines()[0]} |" in page
