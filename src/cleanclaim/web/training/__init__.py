"""Screens of training: the learner's exercises and marked work, the instructor's gradebook."""
