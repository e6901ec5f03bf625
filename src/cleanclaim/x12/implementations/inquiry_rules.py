"""Situations of questions to a payer (level 4): whom a 270 asks about and what, which claim a 276 means.

A payer that cannot find the person or the claim answers with a rejection (AAA, status A4 or D0), days later; the rules tell it before.
"""

from __future__ import annotations

from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Hook, Report, Where
from cleanclaim.x12.implementations.rules import CountingRules, Rules
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import WARNING


class EligibilityRules(Rules):
    """Follows a 270 (005010X279A1) person by person."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        super().__init__(delimiters, report)
        self.hooks |= {
            "2100C/NM1": Hook(self.on_person), "2100D/NM1": Hook(self.on_person), "2100C/DMG": Hook(self.on_birth), "2100D/DMG": Hook(self.on_birth),
            "2100C/REF": Hook(self.on_reference), "2110C/EQ": Hook(self.on_question), "2110D/EQ": Hook(self.on_question),
        }  # fmt: skip

    def open(self) -> None:
        super().open()
        self._level = ""
        self._person: list[str] | None = None
        self._person_at = self._subscriber_at = self.here(0)
        self._member_id = self._birth = ""
        self._questions = 0
        self._has_subscriber = self._has_reference = self._subscriber_asks = False

    def enter(self, level: str) -> None:
        self._level = level
        if level != "23":
            self._member_id = ""
            self._has_reference = False

    def leave(self) -> None:
        """A level ends: whoever it names must be found, and somebody must be asked about."""
        person, self._person = self._person, None
        if person is not None and self._level in {"22", "23"}:
            self._judge(person)
        self._birth, self._questions = "", 0

    def close(self, _index: int) -> None:
        self.leave()
        self._finish_subscriber()

    def on_person(self, segment: str, index: int) -> None:
        if self._level == "22":
            self._finish_subscriber()
        self._person = self.row(segment)
        self._person_at = self.here(index)
        if self._level == "22":
            self._member_id = self._person[9]
            self._subscriber_at = self._person_at
            self._has_subscriber = True

    def on_birth(self, segment: str, _index: int) -> None:
        self._birth = self.row(segment)[2]

    def on_reference(self, _segment: str, _index: int) -> None:
        self._has_reference = True

    def on_question(self, _segment: str, _index: int) -> None:
        self._questions += 1
        self._subscriber_asks = True

    def _judge(self, person: list[str]) -> None:
        is_named = bool(person[3])
        if self._level == "22":
            if not (self._member_id or self._has_reference or (is_named and self._birth)):
                says = (
                    "The subscriber is named by neither a member number nor last name with birth date; the payer will find nobody."
                )
                fault = Fault("PERSON_NOT_FINDABLE", 4, "", says, severity=WARNING, tag="NM1")
                self.fault(self._person_at, fault, "2000C/2100C", "NM1")
        elif not (is_named and self._birth):
            says = "A dependent is found by name and birth date (NM103, DMG02) under the subscriber's number."
            fault = Fault("PERSON_NOT_FINDABLE", 4, "", says, severity=WARNING, tag="NM1")
            self.fault(self._person_at, fault, "2000D/2100D", "NM1")

    def _finish_subscriber(self) -> None:
        """Under each subscriber somebody is asked about: the subscriber or a dependent (EQ)."""
        if self._has_subscriber and not self._subscriber_asks:
            says = "Nothing is asked about this subscriber or a dependent: no EQ names a type of service (30 asks for the plan as a whole)."
            fault = Fault("QUESTION_MISSING", 4, "I6", says, tag="EQ")
            self.fault(self._subscriber_at, fault, "2000C", "EQ")
        self._has_subscriber = self._subscriber_asks = False


class StatusRules(CountingRules):
    """Follows a 276 (005010X212) claim by claim."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        super().__init__(delimiters, report, (), ("SVC",))
        claim = Hook(self.on_claim)
        self.hooks |= {
            "2200D/TRN": claim, "2200E/TRN": claim, "2200D/REF": Hook(self.on_number), "2200E/REF": Hook(self.on_number), "DTP": Hook(self.on_day),
        }  # fmt: skip

    def open(self) -> None:
        super().open()
        self._at: Where | None = None
        self._is_told = False

    def leave(self) -> None:
        self._finish()

    def close(self, _index: int) -> None:
        self._finish()

    def on_claim(self, segment: str, index: int) -> None:
        self._finish()
        self.count_claim(segment, index)
        self._at, self._is_told = self.here(index), False

    def on_number(self, segment: str, _index: int) -> None:
        if segment[4:6] == "1K":
            self._is_told = True

    def on_day(self, segment: str, _index: int) -> None:
        if segment[4:7] == "472":
            self._is_told = True

    def _finish(self) -> None:
        at, self._at = self._at, None
        if at is not None and not self._is_told:
            says = "A question about a claim names the payer's number of it (REF 1K) or the days of service (DTP 472); else the payer cannot tell which."
            self.fault(at, Fault("CLAIM_NOT_FINDABLE", 4, "", says, severity=WARNING, tag="TRN"), "2200D", "TRN")
