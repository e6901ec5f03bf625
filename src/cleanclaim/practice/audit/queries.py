"""Reading and proving the chain."""

from __future__ import annotations

import hmac
import json
from typing import Any, NamedTuple

from django.db.models import Q

from cleanclaim.practice.audit.actions import anchor_path
from cleanclaim.practice.audit.models import AuditRow
from cleanclaim.practice.audit.rules import anchor_text, row_text
from cleanclaim.practice.foundation.fields import ring


class AuditProof(NamedTuple):
    """How the chain stands: rows read, rows whose link does not follow, and what the anchor outside the database says."""

    rows: int
    broken: tuple[int, ...]
    anchor: str

    @property
    def holds(self) -> bool:
        """Nothing is broken and the anchor agrees."""
        return not self.broken and self.anchor in {"agrees", "none"}


def verify(practice_id: int) -> AuditProof:
    """Walk the whole chain. The anchor `agrees`, is `none` (nothing recorded yet), `missing`, `forged`, or the chain was `cut`."""
    previous, expected, broken, rows = "", 1, [], 0
    anchor, standing = _read_anchor(practice_id)
    seen_anchor = False
    for row in AuditRow.objects.of(practice_id).order_by("seq").iterator(chunk_size=2000):
        rows += 1
        if row.seq != expected or not hmac.compare_digest(row.link, ring().chain(previous, row_text(row))):
            broken.append(row.seq)
        if anchor is not None and row.seq == anchor["seq"]:
            seen_anchor = hmac.compare_digest(row.link, str(anchor["link"]))
        previous, expected = row.link, row.seq + 1
    if standing == "read":
        standing = "agrees" if seen_anchor else "cut"
    elif standing == "missing" and rows == 0:
        standing = "none"
    return AuditProof(rows, tuple(broken), standing)


def _read_anchor(practice_id: int) -> tuple[dict[str, Any] | None, str]:
    try:
        anchor = json.loads(anchor_path(practice_id).read_text(encoding="ascii"))
        signed = ring().chain("anchor", anchor_text(practice_id, int(anchor["seq"]), str(anchor["link"])))
        genuine = hmac.compare_digest(signed, str(anchor["signature"]))
    except FileNotFoundError:
        return None, "missing"
    except (ValueError, KeyError, TypeError):
        return None, "forged"
    return (anchor, "read") if genuine else (None, "forged")


def history_of(practice_id: int, subject: str, *, limit: int = 200) -> list[AuditRow]:
    """Return the latest actions on a record, newest first."""
    return list(AuditRow.objects.of(practice_id).filter(subject=subject).order_by("-seq")[:limit])


def latest(practice_id: int, *, before: int | None = None, limit: int = 100, words: str = "") -> list[AuditRow]:
    """Return the latest actions, newest first; `before` pages on, `words` narrows to an actor, an action or a record."""
    rows = AuditRow.objects.of(practice_id)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    if words:
        rows = rows.filter(Q(actor__icontains=words) | Q(action__icontains=words) | Q(subject=words))
    return list(rows.order_by("-seq")[:limit])
