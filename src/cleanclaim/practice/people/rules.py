"""What a role means where it is held: learners have every desk of a training practice, and no place in a live one. Pure."""

from __future__ import annotations

from typing import Final

LEARNER: Final = "learner"
WORKS_AS: Final = frozenset({"front_desk", "coder", "biller", "provider"})
"""What a learner works as in a training practice. Managing it and auditing it stay with the instructor."""


def working_roles(roles: frozenset[str], *, is_training: bool) -> frozenset[str]:
    """Return the roles by which somebody acts: the one place that opens desks to learners, and closes live practices to them."""
    if LEARNER not in roles:
        return roles
    return roles | WORKS_AS if is_training else roles - {LEARNER}


def why_no_place(roles: frozenset[str], *, is_training: bool, learns_elsewhere: bool, works_live: bool) -> str:
    """Say in one sentence why somebody cannot have these roles here; empty when they can."""
    if LEARNER in roles and not is_training:
        return "Learners have their place in a training practice alone: `cleanclaim training learners` gives them one."
    if LEARNER in roles and roles != {LEARNER}:
        return "A learner has no other role: it opens every desk of the training practice already."
    if LEARNER in roles and works_live:
        return "This username works in a live practice: a learner has a username of their own."
    if LEARNER not in roles and learns_elsewhere:
        return "This username belongs to a learner: who works in a practice has another one."
    return ""
