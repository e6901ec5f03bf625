"""`cleanclaim doctor`: looks at everything that the program stands on and says what to do about what is wrong."""

from __future__ import annotations

import argparse
import shutil
import stat
import sys
from pathlib import Path

from cleanclaim.cli import program
from cleanclaim.kernel.errors import CleanclaimError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Exit 0 when nothing is wrong, else 1."""
    checks = list(_checks())
    if args.json:
        program.print_json({"checks": [{"name": name, "ok": ok, "says": says} for name, ok, says in checks]})
    else:
        for name, ok, says in checks:
            print(f"{'ok  ' if ok else 'LOOK'}  {name}: {says}")
    return 0 if all(ok for _, ok, _ in checks) else 1


def _checks() -> list[tuple[str, bool, str]]:
    found = [("python", sys.version_info >= (3, 11), sys.version.split()[0])]
    try:
        program.start(migrate=False)
        missing = program.pending_migrations()
    except CleanclaimError as wrong:
        return [*found, ("database", False, str(wrong))]
    from django.conf import settings
    from django.db import connection

    found.append(("database", not missing, f"{connection.vendor}, {len(missing)} steps missing; run `cleanclaim migrate`" if missing
                  else f"{connection.vendor}, up to date"))  # fmt: skip
    rights = stat.S_IMODE(Path(settings.KEYS_PATH).stat().st_mode)
    found.append(
        (
            "keys",
            not rights & 0o077,
            "owner-only" if not rights & 0o077 else f"others can read them; chmod 600 {settings.KEYS_PATH}",
        )
    )
    free = shutil.disk_usage(settings.HOME).free // 2**20
    found.append(("disk", free > 500, f"{free:,} MB free below CLEANCLAIM_HOME"))
    found.append(_code_sets())
    found.append(_plugins())
    found.append(_paper())
    if not missing:
        found += _practices()
    return found


def _code_sets() -> tuple[str, bool, str]:
    try:
        from cleanclaim import codesets

        sources = codesets.open_store().sources()
    except (CleanclaimError, ImportError) as wrong:
        return "code sets", False, str(wrong)
    return "code sets", bool(sources), f"{len(sources)} sources"


def _plugins() -> tuple[str, bool, str]:
    from cleanclaim import plugins_api

    names = [f"{plugin.hook} {plugin.name}" for hook in plugins_api.GROUPS for plugin in plugins_api.plugins(hook)]
    wrong = [f"{item.name} of {item.package or 'an unknown package'} is left out: {item.says}" for item in plugins_api.problems()]
    return "plugins", not wrong, "; ".join(wrong or names) or "none installed"


def _paper() -> tuple[str, bool, str]:
    from cleanclaim.intake import is_installed, recognition

    return (
        "scans",
        True,
        "pictures and PDFs are read here" if is_installed() else f"PDFs with a text layer only. {recognition.MISSING}",
    )


def _practices() -> list[tuple[str, bool, str]]:
    from cleanclaim.practice.audit.queries import verify as verify_audit
    from cleanclaim.practice.foundation.models import Practice
    from cleanclaim.practice.journal.queries import verify as verify_journal

    found = []
    for practice in Practice.objects.order_by("id"):
        books, chain = verify_journal(practice.pk), verify_audit(practice.pk)
        broken = [name for name, count in books.invariants if count]
        found.append(
            (f"books of {practice.name}", not broken, f"{books.entries} entries; {'; '.join(broken) or 'all invariants hold'}")
        )
        found.append(
            (f"audit of {practice.name}", chain.holds, f"{chain.rows} rows, {len(chain.broken)} broken, anchor {chain.anchor}")
        )
    return found
