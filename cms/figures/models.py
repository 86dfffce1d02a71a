"""What was counted so far: two tables that follow the log and can be made anew from it at any time."""

from __future__ import annotations

from django.db import models


class Figures(models.Model):
    """What the log says of one kind and language in one day, one month or ever: numbers by key (`cms.figures.replay`).

    Numbers are only ever added, so that any period is the sum of its days.
    """

    class Span(models.TextChoices):
        DAY = "day"
        MONTH = "month"
        EVER = "ever"

    span = models.CharField(max_length=5, choices=Span)
    begins = models.DateField()
    kind = models.CharField(max_length=100)
    language = models.CharField(max_length=10, db_default="")  # "": the log does not say
    numbers = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["span", "begins", "kind", "language"], name="figures_once")]

    def __str__(self) -> str:
        return f"{self.span} {self.begins} {self.kind} {self.language}"


class Wait(models.Model):
    """An item that waits for an editor, as the lines that were counted say."""

    item = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=100)
    language = models.CharField(max_length=10, db_default="")
    day = models.DateField(null=True)  # of `since`, in the newsroom's time zone
    since = models.DateTimeField()
    first = models.BooleanField()  # nobody has answered it yet

    class Meta:
        indexes = [models.Index(fields=["kind", "language", "day"], name="wait_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.item} since {self.since}"
