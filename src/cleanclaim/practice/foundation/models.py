"""The practice as tenant, and what every other table derives from."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from cleanclaim.kernel.public_ids import new_public_id


class Practice(models.Model):
    """A tenant. Nothing of one practice is reachable from another; a training practice never transmits to a payer."""

    public_id = models.CharField(max_length=32, unique=True, editable=False)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    is_training = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.public_id:
            self.public_id = new_public_id("prac")

    def __str__(self) -> str:
        return self.name


class TenantManager(models.Manager[Any]):
    """The one door to a practice's rows: `of(practice_id)`. Anything else reads across practices and says so by its name."""

    def of(self, practice_id: int) -> models.QuerySet[Any]:
        """Return the rows of one practice."""
        return self.get_queryset().filter(practice_id=practice_id)

    def across_practices(self) -> models.QuerySet[Any]:
        """Return the rows of every practice: for maintenance and verification only."""
        return self.get_queryset()


class TenantRow(models.Model):
    """A row of a practice, without an outside id: journal legs, audit rows, counters."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[TenantManager] = TenantManager()

    class Meta:
        abstract = True


class TenantModel(TenantRow):
    """A record of a practice with a public id, its instant of creation and a row version. `PREFIX` names the kind of id."""

    PREFIX: ClassVar[str] = "row"

    public_id = models.CharField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.public_id:
            self.public_id = new_public_id(self.PREFIX)

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.public_id})"

    __repr__ = __str__


class Counter(TenantRow):
    """A number that only grows: control numbers, patient control numbers."""

    name = models.CharField(max_length=60)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="counter_once_per_practice")]


class Event(TenantRow):
    """Something that happened, written in the transaction in which it happened; `workflow` drains it."""

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    drained_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(drained_at__isnull=True), name="event_waiting")]
