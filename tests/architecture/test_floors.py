"""The house stands: domains import downwards only, rooms keep to their means, and one place commits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "eventsys"

FLOORS = [
    "kernel", "mailing", "accounts", "community", "events", "agenda", "calendars", "badges", "registration", "checkin",
    "contacts", "streams", "materials", "notices", "exchange", "reports", "privacy", "api", "site", "demo",
]  # fmt: skip
KERNEL = {
    "__init__", "database", "extensions", "access", "clock", "errors", "tokens", "storage", "text", "tables", "paging",
    "caching", "limits", "locale", "facts", "work", "pages", "look",
}  # fmt: skip
ROOMS = ["models", "errors", "rules", "queries", "actions", "forms", "doors"]
DOORS = {"views", "manage", "jobs", "cli"}
UNBOUND = {"settings", "factory", "commandline", "serving", "lanes", "logs", "__init__"}
# What pure rooms must not know.
IMPURE = ("flask", "sqlalchemy", "eventsys.kernel.clock", "eventsys.kernel.database")
LAZY_TEXTS = {
    ("flask_babel", "lazy_gettext"),
    ("flask_babel", "lazy_ngettext"),
    ("flask_babel", "gettext"),
    ("flask_babel", "ngettext"),
}


def modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[tuple[ast.AST, str, str]]:
    """Each imported name as (node, module, name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                yield node, node.module, alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name, ""


def floor_of(module: str) -> int | None:
    parts = module.split(".")
    return FLOORS.index(parts[1]) if len(parts) > 1 and parts[0] == "eventsys" and parts[1] in FLOORS else None


def own_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def targets(module: str, name: str) -> list[str]:
    """`from eventsys.events import queries` reaches `eventsys.events.queries`."""
    return [f"{module}.{name}"] if module in ("eventsys",) else [module]


@pytest.mark.parametrize("path", modules(), ids=own_name)
def test_a_module_imports_only_from_lower_floors(path: Path) -> None:
    own = floor_of(own_name(path))
    tree = ast.parse(path.read_text())
    if own is None:
        assert path.stem in UNBOUND
        return
    wrong = [
        f"line {node.lineno}: {target}"
        for node, module, name in imports(tree)
        if module.startswith("eventsys")
        for target in targets(module, name)
        if (other := floor_of(target)) is not None and other > own
    ]
    assert wrong == []


@pytest.mark.parametrize("path", modules(), ids=own_name)
def test_no_import_of_our_own_code_hides_in_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text())
    hidden = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node, module, _ in imports(function)
        if module.split(".")[0] == "eventsys"
    ]
    assert hidden == []


@pytest.mark.parametrize("path", modules(), ids=own_name)
def test_only_the_database_commits(path: Path) -> None:
    if own_name(path) == "eventsys.kernel.database":
        return
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert calls == []


def test_the_kernel_is_a_closed_list() -> None:
    found = {
        path.relative_to(HOUSE / "kernel").parts[0].removesuffix(".py") for path in (HOUSE / "kernel").rglob("*.py")
    }
    assert found - KERNEL == set()


def room_of(path: Path) -> str:
    parts = path.relative_to(HOUSE).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


def rules() -> list[Path]:
    return [path for path in modules() if room_of(path) == "rules"]


@pytest.mark.parametrize("path", rules(), ids=own_name)
def test_rules_are_pure(path: Path) -> None:
    impure = [
        f"line {node.lineno}: {module}"
        for node, module, name in imports(ast.parse(path.read_text()))
        if (f"{module}.{name}".startswith(IMPURE) or module.startswith(IMPURE)) and (module, name) not in LAZY_TEXTS
    ]
    assert impure == []


@pytest.mark.parametrize("path", modules(), ids=own_name)
def test_rooms_use_only_what_stands_before_them(path: Path) -> None:
    """models < errors < rules < queries < actions < forms < doors, inside one domain."""
    own_floor, room = floor_of(own_name(path)), room_of(path)
    if own_floor is None or FLOORS[own_floor] == "kernel":
        return
    rank = {name: number for number, name in enumerate(ROOMS)} | dict.fromkeys(DOORS, len(ROOMS))
    if room not in rank:
        return
    wrong = []
    for node, module, name in imports(ast.parse(path.read_text())):
        parts = [*module.split("."), name]
        if floor_of(module) != own_floor or len(parts) < 3:
            continue
        if rank.get(parts[2], -1) > rank[room]:
            wrong.append(f"line {node.lineno}: {parts[2]}")
    assert wrong == []


@pytest.mark.parametrize("path", modules(), ids=own_name)
def test_a_module_opens_with_the_sentence_that_justifies_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_no_file_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "misc", "base", "services", "manager"}
    assert [own_name(path) for path in modules() if path.stem in drawers] == []
