"""Courses, learners with their sandboxes, assignments, attempts and what an instructor changed. All of it stands in the instructor's practice."""

from __future__ import annotations

from django.db import models

from cleanclaim.practice.foundation.fields import EncryptedJSONField
from cleanclaim.practice.foundation.models import Practice, TenantModel
from cleanclaim.practice.people.models import User


class Course(TenantModel):
    """A list of exercises under a title; the grade of each is the best or the last attempt that counts."""

    PREFIX = "crs"

    class GradeBy(models.TextChoices):
        """Which attempt gives the grade."""

        BEST = "best"
        LAST = "last"

    slug = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    exercises = models.JSONField(default=list)
    grade_by = models.CharField(max_length=4, choices=GradeBy, default=GradeBy.BEST)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "slug"], name="course_once_per_practice")]


class Learner(TenantModel):
    """Somebody who learns here, and the training practice in which they work now."""

    PREFIX = "lrn"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    display_name = models.CharField(max_length=80)
    sandbox = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "user"], name="learner_once_per_practice"),
            models.UniqueConstraint(fields=["practice", "sandbox"], name="sandbox_of_one_learner"),
        ]


class Assignment(TenantModel):
    """A course given to a learner: until when, and when its answers may be seen."""

    PREFIX = "asg"

    class Answers(models.TextChoices):
        """When a learner may see the answers."""

        AT_ONCE = "at-once", "as soon as the work is handed in"
        AFTER_DUE = "after-due", "after the due day"
        WITHHELD = "withheld", "when the instructor releases them"
        RELEASED = "released", "now: they are released"

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="assignments")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="assignments")
    due_on = models.DateField(null=True)
    answers = models.CharField(max_length=10, choices=Answers, default=Answers.AFTER_DUE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "course", "learner"], name="assignment_once")]


class Attempt(TenantModel):
    """One try at an exercise: what was set up, what was handed in, how it was marked and against which key."""

    PREFIX = "att"

    class State(models.TextChoices):
        """Where an attempt stands."""

        OPEN = "open"
        HANDED_IN = "handed-in"
        GIVEN_UP = "given-up"

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="attempts")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="attempts")
    sandbox = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    exercise = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    is_counted = models.BooleanField(default=True)
    is_late = models.BooleanField(default=False)
    material = models.JSONField(default=dict)
    hints = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    key_version = models.PositiveIntegerField(default=0)
    key_digest = models.CharField(max_length=64, blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    grade = models.PositiveSmallIntegerField(null=True)
    work = EncryptedJSONField(null=True)
    marks = EncryptedJSONField(null=True)
    mistakes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "learner", "assignment", "exercise", "number"], name="attempt_number_once"),
            models.UniqueConstraint(fields=["practice", "learner"], condition=models.Q(state="open"), name="attempt_open_once"),
            models.CheckConstraint(condition=models.Q(score__isnull=True) | models.Q(score__lte=100), name="attempt_score_to_100"),
            models.CheckConstraint(condition=models.Q(grade__isnull=True) | models.Q(grade__lte=100), name="attempt_grade_to_100"),
            models.CheckConstraint(
                condition=~models.Q(state="handed-in") | models.Q(score__isnull=False, grade__isnull=False, ended_at__isnull=False),
                name="attempt_handed_in_is_marked",
            ),
        ]
        indexes = [models.Index(fields=["practice", "assignment", "exercise", "number"], name="attempt_gradebook")]


class GradeChange(TenantModel):
    """A grade that an instructor changed, with the reason; the marks stay as they were given."""

    PREFIX = "gch"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="changes")
    before = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    changed_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(after__lte=100), name="grade_change_to_100")]
