"""Finds what fills a hook: packages that announce it by an entry point, and what the running program registers itself.

A plugin that cannot be loaded is left out and named by `problems`; it never stops the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final, NamedTuple

from cleanclaim.kernel.errors import UsageError
from cleanclaim.plugins_api.hooks import GROUPS


class Plugin(NamedTuple):
    """Something that fills a hook: its hook, its name, the package that brought it and that package's version."""

    hook: str
    name: str
    package: str
    version: str
    fills: Any


class Problem(NamedTuple):
    """A plugin that was left out, and why in one sentence."""

    hook: str
    name: str
    package: str
    says: str


_REQUIRED: Final = {
    "edit": ("name", "check"),
    "connection": ("name", "deliver", "waiting", "set_aside"),
    "code_set": ("system", "title"),
    "suggester": ("name", "suggest"),
    "exporter": ("name", "export"),
}
_registered: dict[str, list[Plugin]] = {hook: [] for hook in GROUPS}


def plugins(hook: str) -> tuple[Plugin, ...]:
    """Return what fills a hook, in order of package and name. Raises UsageError for a hook that there is not."""
    _check(hook)
    return (*_installed(hook)[0], *_registered[hook])


def problems() -> tuple[Problem, ...]:
    """Return every plugin that was left out, with the reason: `cleanclaim doctor` prints them."""
    return tuple(problem for hook in GROUPS for problem in _installed(hook)[1])


def plugin_named(hook: str, name: str) -> Any | None:
    """Return what fills a hook under a name; None where nothing does."""
    return next((found.fills for found in plugins(hook) if found.name == name), None)


@contextmanager
def registered(hook: str, fills: Any, *, name: str = "") -> Iterator[Plugin]:
    """Let something fill a hook while the block runs: a site's own start-up code, a test."""
    plugin = register(hook, fills, name=name)
    try:
        yield plugin
    finally:
        _registered[hook].remove(plugin)


def register(hook: str, fills: Any, *, name: str = "") -> Plugin:
    """Let something fill a hook from now on. Raises UsageError when it lacks what the hook asks for."""
    _check(hook)
    missing = _missing(hook, fills)
    if missing:
        raise UsageError(f"What fills the hook {hook} has {', '.join(missing)}.")
    plugin = Plugin(hook, name or str(getattr(fills, "name", "") or getattr(fills, "system", "")), "this program", "", fills)
    _registered[hook].append(plugin)
    return plugin


@cache
def _installed(hook: str) -> tuple[tuple[Plugin, ...], tuple[Problem, ...]]:
    found, wrong = [], []
    for entry in sorted(entry_points(group=GROUPS[hook]), key=lambda entry: (_package(entry)[0], entry.name)):
        package, version = _package(entry)
        try:
            loaded = entry.load()
            fills = loaded() if isinstance(loaded, type) else loaded
        except Exception as broken:  # noqa: BLE001 - whatever a stranger's module raises, the program goes on without it
            wrong.append(Problem(hook, entry.name, package, f"It cannot be loaded: {type(broken).__name__}."))
            continue
        missing = _missing(hook, fills)
        if missing:
            wrong.append(Problem(hook, entry.name, package, f"It has no {', '.join(missing)}."))
            continue
        found.append(Plugin(hook, entry.name, package, version, fills))
    return tuple(found), tuple(wrong)


def _package(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("", "")


def _missing(hook: str, fills: Any) -> list[str]:
    return [name for name in _REQUIRED[hook] if not hasattr(fills, name)]


def _check(hook: str) -> None:
    if hook not in GROUPS:
        raise UsageError(f"The hooks are {', '.join(GROUPS)}.")
