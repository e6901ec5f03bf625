"""The sample practice: invented people, thirty visits with their notes, and a driver that runs the whole cycle on them."""

from cleanclaim.practice.sample.run import DemoResult, VisitRow, run

__all__ = ["DemoResult", "VisitRow", "run"]
