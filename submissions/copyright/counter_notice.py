"""The counter-notice (17 USC 512(g)): a contributor says under oath that a story was withheld by mistake."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from articles.models import Withholding
from cms.claims import Claimable, claim_index
from cms.letters import post
from cms.log import logged
from cms.text import clean_line
from cms.workflow import DESK_INDEX, move
from submissions.copyright.clocks import Window
from submissions.copyright.parts import PARTS, evidence

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from cms.models import User
    from submissions.copyright.models import CopyrightReport

IN_TIME = "17 USC 512(g)(2)(C): no action was notified to us in time."  # a line of the newsroom's log
DECIDE = "copyright.decide_counternotice"
RESTORE = [DECIDE, "copyright.decide_report", "articles.withhold_article"]
_AFTER_STATUS = [name for name in DESK_INDEX if name != "status"]
CLOCK = "copyright.keep_counter_clock"  # the system's alone


class CounterNotice(Claimable):
    """A counter-notice against one report about one article. The clock, not an editor, brings the article back."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        FORWARDED = "forwarded", _("with the claimant")
        HELD = "held", _("on hold: in court")
        ALARM = "alarm", _("not restored in time")
        RESTORED = "restored", _("restored")
        REMOVED = "removed", _("removal upheld")
        REJECTED = "rejected", _("not accepted")
        CLOSED = "closed", _("closed: no longer needed")

    WAITING = (Status.RECEIVED, Status.ALARM)
    OPEN = (Status.RECEIVED, Status.FORWARDED, Status.HELD, Status.ALARM)
    DECIDE = DECIDE
    DESK_TITLE = "article__headline"
    DESK_NAME = _("Counter-notices")
    DESK_SEARCH = ("article__headline",)
    TRIAGE_HOURS, DECIDE_HOURS = 4, 9  # 512(g)(2)(B) asks for the copy to go "promptly"

    link = models.ForeignKey("copyright.CounterLink", models.PROTECT, editable=False, related_name="notices")
    article = models.ForeignKey(
        "articles.Article",
        models.PROTECT,
        editable=False,
        related_name="counter_notices",
        verbose_name=_("article"),
    )
    material = models.TextField(_("what was withheld, and where it stood"), max_length=2000)
    explanation = models.TextField(_("why it was a mistake"), blank=True, max_length=5000)
    name = models.CharField(_("name"), max_length=255)
    address = models.TextField(_("postal address"), max_length=1000)
    phone = models.CharField(_("telephone"), max_length=50)
    signature = models.CharField(_("signature"), max_length=255)
    statements = models.JSONField(_("statements made"), default=list)
    statements_sha256 = models.CharField(max_length=64)
    seed = models.CharField(max_length=32, unique=True, editable=False)
    forwarded = models.DateTimeField(_("sent to the claimant"), null=True, editable=False)
    restores_on = models.DateField(_("comes back on"), null=True, editable=False)
    alarms_on = models.DateField(_("alarm on"), null=True, editable=False)
    court = models.CharField(_("court"), max_length=255, blank=True, default="", editable=False)
    case_number = models.CharField(_("case number"), max_length=100, blank=True, default="", editable=False)
    filed_on = models.DateField(_("filed on"), null=True, editable=False)
    erased = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        verbose_name = _("counter-notice")
        verbose_name_plural = _("counter-notices")
        ordering = ["-id"]
        permissions = [
            ("decide_counternotice", _("Can decide on counter-notices")),
            ("read_contact_details", _("Can read who sent a counter-notice, and their address")),
        ]
        indexes = [
            # SQLite walks no index of the waiting rows alone for two statuses: the status comes first instead.
            models.Index(fields=["status", *_AFTER_STATUS], name="counter_waiting"),
            claim_index("counter_claimed"),
            models.Index(fields=["restores_on"], name="counter_restores", condition=models.Q(status="forwarded")),
            models.Index(
                fields=["alarms_on"],
                name="counter_alarms",
                condition=models.Q(status__in=["forwarded", "held"], alarms_on__isnull=False),
            ),
            models.Index(fields=["status", "waiting_since"], name="counter_unerased", condition=models.Q(erased=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["link"],
                condition=models.Q(status__in=["received", "forwarded", "held", "alarm"]),
                name="one_open_counter_notice",
            ),
        ]

    def __str__(self) -> str:
        return self.article.headline

    def save(self, **kwargs: Any) -> None:
        """Save, with names in a form that shows what is stored."""
        for field in ("name", "phone", "signature", "court", "case_number"):
            setattr(self, field, clean_line(getattr(self, field)))
        super().save(**kwargs)

    @property
    def report(self) -> CopyrightReport:
        """The report that it answers."""
        return self.link.report

    def window(self) -> Window:
        """The days between which the law lets the article come back, counted from the day it was received."""
        sent = timezone.localdate(self.forwarded) if self.forwarded else None
        return Window.of(timezone.localdate(self.created), sent)

    def next_due(self) -> datetime | None:
        """An alarm is due at once; a new notice by the desk's clock."""
        return self.waiting_since if self.status == self.Status.ALARM else super().next_due()

    def citable_rules(self) -> list[Any]:
        """The parts of a counter-notice, each by the paragraph of the law that asks for it."""
        return [SimpleNamespace(number=number, text=text) for number, text in PARTS.items()]

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """Nothing goes to the claimant in vain, and nothing comes back before the law allows it."""
        if move == "forward" and not self.link.withholds():
            return _("The article is no longer withheld for this report.")
        if move == "restore" and timezone.localdate() < (earliest := self.window().earliest):
            bar = _("The law lets it come back on %(day)s at the earliest; to be faster, reverse the report itself.")
            return bar % {"day": date_format(earliest)}
        return super().barred(by, move)

    def receive(self, *, by: User) -> CounterNotice:
        """Save a counter-notice that has just come, and log it without a word of who sent it."""
        self.status = self.Status.RECEIVED
        with logged():
            self.enter(by=by, move="receive", report=str(self.report.uid), article=str(self.article.uid))
        return self

    @move(
        sources=[Status.RECEIVED],
        target=Status.FORWARDED,
        permission=DECIDE,
        label=_("Send to the claimant…"),
        reason=True,
        asks=_("What you have checked"),
        key="f",
        weight="primary",
        letter=True,
    )
    def forward(self, *, by: User, reason: str) -> None:
        """Send the claimant a copy with the days of the window, tell the contributor, and start the clock.

        It cannot be taken back, so one key shall not do it: the reason, for the log alone, says what was checked.
        """
        self.forwarded = timezone.now()
        window = self.window()
        self.restores_on, self.alarms_on = window.restores, window.alarm
        self._tell_claimant("counter_copy", private={"copy": self.copy()}, window=window)
        self._tell_contributor("story_counter_forwarded", window=window)

    @move(
        sources=[Status.RECEIVED],
        target=Status.REJECTED,
        permission=DECIDE,
        label=_("Do not accept…"),
        reason=True,
        rules=True,
        key="d",
        weight="danger",
        letter=True,
    )
    def reject(self, *, by: User, reason: str, rules: list[str]) -> None:
        """Send it back as incomplete or invalid, naming what is missing. The contributor may send another."""
        missing = [text for number, text in PARTS.items() if number in rules]
        self._tell_contributor("story_counter_rejected", reason=reason, missing=missing)

    @move(
        sources=[Status.FORWARDED, Status.ALARM],
        target=Status.HELD,
        permission=DECIDE,
        label=_("Hold: an action was filed…"),
        reason=True,
        key="o",
        more="copyright/hold_fields.html",
    )
    def hold(self, *, by: User, reason: str, court: str = "", case_number: str = "", filed_on: str = "") -> None:
        """Stop the clock on evidence of an action against the contributor (512(g)(2)(C)).

        Raises ValidationError for what is missing of the evidence.
        """
        self.court, self.case_number, self.filed_on = evidence(court, case_number, filed_on)
        self._tell_claimant("counter_held", reason=reason)
        self._tell_contributor("story_counter_held", reason=reason)

    @move(
        sources=[Status.HELD, Status.ALARM],
        target=Status.RESTORED,
        permission=RESTORE,
        label=_("Restore…"),
        reason=True,
        key="r",
        weight="primary",
        letter=True,
    )
    def restore(self, *, by: User, reason: str) -> None:
        """Bring the article back: the action failed, or there is none."""
        self._bring_back(by=by, reason=reason)
        self._tell_both("restored", reason=reason, window=self.window())

    @move(
        sources=[Status.HELD, Status.ALARM],
        target=Status.REMOVED,
        permission=DECIDE,
        label=_("Uphold the removal…"),
        reason=True,
        key="u",
        weight="danger",
        letter=True,
    )
    def uphold_removal(self, *, by: User, reason: str) -> None:
        """Leave the article withheld for good: a court has said so, or the parties agreed."""
        self._tell_both("removed", reason=reason)

    @move(sources=[Status.FORWARDED], target=Status.RESTORED, permission=CLOCK, label="")
    def restore_in_time(self, *, by: User, reason: str) -> None:
        """Bring the article back because no action was notified. The system's clock alone does this."""
        self._bring_back(by=by, reason=IN_TIME)
        self._tell_both("restored", reason="", window=self.window())

    @move(sources=[Status.FORWARDED, Status.HELD], target=Status.ALARM, permission=CLOCK, label="")
    def alarm(self, *, by: User, reason: str) -> None:
        """Put it on the desk, once: the day has passed and the article is not back."""
        self.alarms_on = None

    @move(sources=OPEN, target=Status.CLOSED, permission=CLOCK, label="")
    def close(self, *, by: User, reason: str) -> None:
        """End what has no object any more: the report was reversed, or the article was taken off for good."""

    @move(
        sources=[Status.RESTORED, Status.REMOVED, Status.REJECTED, Status.CLOSED],
        target=None,
        permission="copyright.erase_counternotice",
        label="",
    )
    def erase(self, *, by: User, reason: str) -> None:
        """Forget who sent it and what they wrote; that it was sent, and what became of it, stays."""
        self.erased = timezone.now()
        self.name = self.address = self.phone = self.signature = self.material = self.explanation = "—"
        self.court = self.case_number = ""

    def copy(self) -> str:
        """The counter-notice as the claimant gets it, in the language of the report: plain text."""
        with translation.override(self.report.language):
            text = render_to_string("email/counter_notice.txt", {"notice": self, "statements": self.statements})
        return text.strip()

    def _bring_back(self, *, by: User, reason: str) -> None:
        """Lift what this report withholds of the article; the report ends where nothing of it is left."""
        # Locked in the order of the report's own moves: the report, then the article.
        report = type(self.report)._base_manager.select_for_update(of=("self",)).get(pk=self.report.pk)
        article = type(self.article)._base_manager.get(pk=self.article_id)
        if article.withholdings.active().filter(reference=report.uid).exists():
            article.lift(by=by, reason=reason, reference=report.uid)
        left = Withholding.objects.active().filter(reference=report.uid).exists()
        if report.status == report.Status.UPHELD and not left:
            report.run_out(by=by, reason=reason)

    def _tell_both(self, what: str, **context: Any) -> None:
        held = self.article.is_withheld()
        self._tell_claimant(f"counter_{what}", **context)
        self._tell_contributor(f"story_counter_{what}", still_off=held, **context)

    def _tell_claimant(self, letter: str, *, private: dict[str, str] | None = None, **context: Any) -> None:
        link = self.report.private_texts() | (private or {})
        post(letter, self.report.email, language=self.report.language, about=self, private=link, **context)

    def _tell_contributor(self, letter: str, **context: Any) -> None:
        link = {"counter_url": self.link.url()}
        self.link.story.tell(letter, private=link, notice=self, article=self.article, **context)
