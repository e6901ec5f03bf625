"""A payer for demos, tests and training: claims in, acknowledgements and remittances out. See README.md."""

from cleanclaim.simulator.adjudicating import Decision, adjudicate
from cleanclaim.simulator.payer import Answers, Payer, reversal_of
from cleanclaim.simulator.plans import Memory, Plan

__all__ = ["Answers", "Decision", "Memory", "Payer", "Plan", "adjudicate", "reversal_of"]
