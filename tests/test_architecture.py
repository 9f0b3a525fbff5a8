"""The diamond of imports, read off the syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {
    "model",
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
    "extractors": {"model"},
    "matchers": {"model"},
    "storage": {"model"},
    "review": {"model", "storage"},
    "flows": {"model", "extractors", "matchers", "storage"},
    "commands": {"model", "extractors", "matchers", "storage", "review", "flows", "demo"},
    "cli": {"commands"},
    "demo": set(),
}


def modules(package: str) -> list[Path]:
    single = ROOT / f"{package}.py"
    return [single] if single.exists() else sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


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


def test_only_http_opens_sockets() -> None:
    for path in (ROOT / "extractors").rglob("*.py"):
        if path.name not in {"http.py", "addresses.py"}:
            assert not tops(path) & {"aiohttp", "socket", "urllib3", "requests", "httpx"}, path
            assert "urllib.request" not in imports(path), path


LONGEST = {"model.py": 400}  # all nouns in one file, by design


def test_no_file_of_ours_passes_300_lines() -> None:
    for package in MAY_IMPORT:
        for path in modules(package):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= LONGEST.get(path.name, 300), path
