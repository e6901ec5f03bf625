"""A payer for demos, tests and training: claims and questions in, acknowledgements, remittances and answers out. See README.md."""

from cleanclaim.simulator.adjudicating import Decision, adjudicate, reversal_of
from cleanclaim.simulator.answering import answer_eligibility, answer_status
from cleanclaim.simulator.folder import FolderPayer, PayerState, default_plans
from cleanclaim.simulator.payer import Answers, Payer
from cleanclaim.simulator.plans import Memory, Plan, plan_from_json

__all__ = [
    "Answers", "Decision", "FolderPayer", "Memory", "Payer", "PayerState", "Plan", "adjudicate", "answer_eligibility", "answer_status",
    "default_plans", "plan_from_json", "reversal_of",
]  # fmt: skip
