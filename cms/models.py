"""Who acts (User), what was decided (Decision, LogHead) and what was mailed (Letter)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.desk_models import DeskDigest, SavedView
from cms.log import DecisionQuerySet

__all__ = ["Decision", "DeskDigest", "Letter", "LogHead", "SavedView", "User", "WorkerBeat"]


class StaffManager(UserManager["User"]):
    """Finds users, and the one that acts for the system itself."""

    use_in_migrations = False

    def system(self) -> User:
        """Return the named user by whom contributors, clocks and commands act; made when first asked for."""
        user, created = self.get_or_create(username="system", defaults={"is_system": True, "first_name": "Copydesk"})
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user


class User(AbstractUser):
    """A member of the newsroom. Contributors and readers have no accounts."""

    is_system = models.BooleanField(_("acts for the system"), default=False, editable=False)
    language = models.CharField(
        _("language of letters"), max_length=10, choices=settings.LANGUAGES, blank=True, default="", db_default=""
    )

    objects: ClassVar[StaffManager] = StaffManager()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """The system may make every move; it has no password, so nobody can sign in as it."""
        return self.is_system or super().has_perm(perm, obj)

    def letter_language(self) -> str:
        """The language to write to this person in: the one that they last chose in the admin, else the site's."""
        return self.language or settings.LANGUAGE_CODE

    def byline(self) -> str:
        """The name that the log, the desk and readers see."""
        return self.get_full_name() or self.username


class Decision(models.Model):
    """One line of the log: who moved what, from where to where, why. Written once, never changed.

    The database itself refuses UPDATE and DELETE. Each line carries the SHA-256 of the one before, so that an
    altered, removed or inserted line shows (`manage.py verify_log`). It names its item by kind and uid, not by
    a relation, so that nothing which happens to an item can take its log along.
    """

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    created = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=100)
    item = models.UUIDField(_("item"))
    version = models.PositiveIntegerField(_("version of the item"))
    move = models.CharField(_("move"), max_length=50)
    source = models.CharField(_("from"), max_length=30, blank=True)
    target = models.CharField(_("to"), max_length=30)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", verbose_name=_("by"))
    actor_name = models.CharField(_("by"), max_length=300)
    reason = models.TextField(_("reason"), blank=True)
    rules = models.JSONField(_("rules cited"), default=list)
    details = models.JSONField(_("details"), default=dict)
    previous = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["item", "number"], name="decision_item"),
            models.Index(fields=["created"], name="decision_created"),
            models.Index(fields=["kind", "number"], name="decision_kind"),
            models.Index(fields=["move", "number"], name="decision_move"),
            models.Index(fields=["kind", "move", "number"], name="decision_kind_move"),
            models.Index(fields=["actor", "number"], name="decision_actor"),
        ]
        permissions = [("view_editor_figures", _("Can see how much each editor decided"))]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.move} {self.source} → {self.target}"


class Citation(models.Model):
    """That a line of the log cites a rule: an index into `Decision.rules`, which alone counts."""

    rule = models.CharField(max_length=20)
    decision = models.ForeignKey(Decision, models.PROTECT, db_index=False, related_name="citations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "decision"], name="citation_once")]

    def __str__(self) -> str:
        return f"{self.rule} in {self.decision_id}"


class LogHead(models.Model):
    """The end of the log: how many lines, and the hash of the last. Its row lock puts writers in a line."""

    count = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = _("head of the log")
        verbose_name_plural = _("heads of the log")

    def __str__(self) -> str:
        return f"{self.count} {self.hash}"


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters by what is to be done with them."""

    def due(self) -> LetterQuerySet:
        """Queued letters whose time has come and which no living worker holds."""
        now = timezone.now()
        return self.filter(status=Letter.Status.QUEUED, next_attempt__lte=now).exclude(leased_until__gt=now)

    def erase(self) -> None:
        """Empty the letters that were sent, whoever they went to; those that still wait are not sent any more."""
        self.filter(status=Letter.Status.QUEUED).delete()
        self.update(to="", subject="", body_text="", body_html="", headers={}, private={})


class Letter(models.Model):
    """Mail to one person: a row first, mail later, kept as sent with its result.

    `private` holds what only the recipient may know (the link with a code). The texts name it by a mark that is
    filled in while sending; once the letter is sent, `private` is emptied, so that no code stays at rest.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("letter"), max_length=50)
    to = models.EmailField(_("to"), max_length=254)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=500)
    body_text = models.TextField(_("text"))
    body_html = models.TextField(_("HTML"))
    headers = models.JSONField(_("headers"), default=dict)
    private = models.JSONField(default=dict, editable=False)
    kind = models.CharField(_("kind"), max_length=100, blank=True)
    item = models.UUIDField(_("about"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt = models.DateTimeField(_("next attempt"), default=timezone.now)
    leased_until = models.DateTimeField(null=True, editable=False)
    result = models.TextField(_("result"), blank=True)
    created = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    sent = models.DateTimeField(_("sent"), null=True, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_attempt"], name="letter_due", condition=models.Q(status="queued")),
            models.Index(fields=["item"], name="letter_item"),
            models.Index(Upper("to"), "name", "created", name="letter_to"),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.to}"


class WorkerBeat(models.Model):
    """When the worker last came round: what `/readyz` and the desk look at."""

    beat = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("worker's beat")
        verbose_name_plural = _("worker's beats")

    def __str__(self) -> str:
        return self.beat.isoformat()


class Bookmark(models.Model):
    """How far a job has read the log, and the day of the last line where the job counts by days."""

    reader = models.CharField(max_length=100, unique=True)
    number = models.PositiveBigIntegerField(default=0)
    day = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.reader} {self.number}"


from cms.figures.models import Figures, Wait  # noqa: E402, F401  (models of this app)
from cms.signin.sessions import StaffSession  # noqa: E402, F401  (a model of this app, in a module of its own)
