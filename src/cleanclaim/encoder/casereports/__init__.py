"""The profile for case reports and discharge summaries: diagnoses and inpatient procedures ranked by what coders made of annotated cases.

artefact = casereports.train(corpus_dir, seed)        # from the corpus of clinical cases
casereports.evaluate(corpus_dir, artefact)            # the figures, never on a case trained on
casereports.suggest(note, context, store)             # with the packaged artefact
"""

from cleanclaim.encoder.casereports.artefact import Artefact, load, pack, save
from cleanclaim.encoder.casereports.evaluation import evaluate
from cleanclaim.encoder.casereports.suggesting import PROFILE, Ranked, candidates, suggest
from cleanclaim.encoder.casereports.training import SEED, train

__all__ = ["PROFILE", "SEED", "Artefact", "Ranked", "candidates", "evaluate", "load", "pack", "save", "suggest", "train"]
