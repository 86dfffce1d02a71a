"""Who gets the newsletter (Subscriber), and what each of them agreed to (Consent)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cms.letters import post
from cms.models import Letter
from newsletter.addresses import MAX_LENGTH, normalised
from newsletter.links import confirm_url, unsubscribe_url

CONFIRM_LETTER = "newsletter_confirm"
LETTER_LIMITS = ((timedelta(minutes=10), 1), (timedelta(days=1), 3))
UNCONFIRMED_STAY = timedelta(days=7)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Subscribers by what may be sent to them."""

    def confirmed(self) -> SubscriberQuerySet:
        """Those who get the next issue."""
        return self.filter(status=Subscriber.Status.CONFIRMED)

    def overdue(self) -> SubscriberQuerySet:
        """Those who were asked to confirm a week ago and have not."""
        return self.filter(status=Subscriber.Status.PENDING, asked_at__lt=timezone.now() - UNCONFIRMED_STAY)


class SubscriberManager(models.Manager.from_queryset(SubscriberQuerySet)):  # type: ignore[misc]
    """Finds subscribers, and takes sign-ups."""

    def sign_up(self, email: str, *, language: str, page: str) -> Subscriber:
        """Ask the owner of an address, by letter, whether the newsletter is wanted; return the subscriber.

        Raises ValidationError for what is no address. Known, suppressed and new addresses cannot be told apart by
        what happens here.
        """
        address = normalised(email)
        with transaction.atomic():
            subscriber, _created = self.get_or_create(
                folded=address.lower(), defaults={"email": address, "language": language}
            )
            subscriber.ask(language=language, page=page)
        return subscriber


class Subscriber(models.Model):
    """An address, and whether it may be mailed to. Status and Consent are written together, by the methods here."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting for confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        SUPPRESSED = "suppressed", _("never to be mailed")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), max_length=MAX_LENGTH)
    folded = models.CharField(max_length=MAX_LENGTH, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PENDING)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    asked_at = models.DateTimeField(_("asked to confirm"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)

    objects: ClassVar[SubscriberManager] = SubscriberManager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["asked_at"], name="subscriber_overdue", condition=models.Q(status="pending")),
            models.Index(fields=["status", "language", "id"], name="subscriber_audience"),
        ]

    def __str__(self) -> str:
        return self.email

    @classmethod
    def kind(cls) -> str:
        """The name of this kind in the letters' archive."""
        return cls._meta.label_lower

    def ask(self, *, language: str, page: str) -> None:
        """Write the letter that asks for confirmation, unless the address is confirmed, suppressed or over a limit.

        Where no letter is wanted the same work is done and undone again, so that the time of the answer does not
        tell who is subscribed.
        """
        with transaction.atomic():
            self._lock()
            wanted = self._may_be_asked()
            with transaction.atomic():
                self.language, self.asked_at = language, timezone.now()
                self._turn(self.Status.PENDING, Consent.Event.SIGNUP, page)
                self._tell(CONFIRM_LETTER, confirm_url=confirm_url(self))
                if not wanted:
                    transaction.set_rollback(True)
            if not wanted:
                self.refresh_from_db()

    def confirm(self, *, page: str) -> bool:
        """Begin the subscription and welcome the reader; return whether it stands. Doing it again changes nothing."""
        with transaction.atomic():
            self._lock()
            if self.status == self.Status.PENDING:
                self.confirmed_at = timezone.now()
                self._turn(self.Status.CONFIRMED, Consent.Event.CONFIRM, page)
                self._tell("newsletter_welcome", unsubscribe_url=unsubscribe_url(self))
        return self.status == self.Status.CONFIRMED

    def unsubscribe(self, *, page: str) -> None:
        """End the subscription. Doing it again changes nothing."""
        with transaction.atomic():
            self._lock()
            if self.status in {self.Status.PENDING, self.Status.CONFIRMED}:
                self._turn(self.Status.UNSUBSCRIBED, Consent.Event.WITHDRAW, page)

    def suppress(self, *, page: str) -> None:
        """Never mail to this address again, whoever types it into the form. Doing it again changes nothing."""
        with transaction.atomic():
            self._lock()
            if self.status != self.Status.SUPPRESSED:
                self._turn(self.Status.SUPPRESSED, Consent.Event.SUPPRESS, page)

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=Subscriber.objects.select_for_update())

    def _may_be_asked(self) -> bool:
        if self.status not in {self.Status.PENDING, self.Status.UNSUBSCRIBED}:
            return False
        now = timezone.now()
        letters = Letter.objects.filter(item=self.uid, name=CONFIRM_LETTER)
        return all(letters.filter(created__gt=now - span).count() < most for span, most in LETTER_LIMITS)

    def _turn(self, status: Status, event: Consent.Event, page: str) -> None:
        """Set the status and write the line of consent, in the caller's transaction."""
        self.status = status
        self.save(update_fields=["status", "language", "asked_at", "confirmed_at"])
        Consent.objects.create(
            subscriber=self, event=event, wording=event.wording(self.language), language=self.language, page=page[:500]
        )

    def _tell(self, letter: str, **private: str) -> None:
        post(letter, self.email, language=self.language, about=self, private=private)


class Consent(models.Model):
    """One line of the record that the GDPR asks for (Article 7(1)): what was shown, where, and what was answered.

    Lines are added, never changed. They go only with a subscriber who never confirmed.
    """

    class Event(models.TextChoices):
        SIGNUP = "signup", _("signed up")
        CONFIRM = "confirm", _("confirmed")
        WITHDRAW = "withdraw", _("withdrew")
        SUPPRESS = "suppress", _("refused for good")

        def wording(self, language: str) -> str:
            """The sentence that the page of this event shows, in one language."""
            with translation.override(language):
                return str(_WORDINGS[self.value])

    subscriber = models.ForeignKey(Subscriber, models.PROTECT, related_name="consents", verbose_name=_("subscriber"))
    event = models.CharField(_("event"), max_length=10, choices=Event)
    wording = models.TextField(_("wording"))
    wording_sha256 = models.CharField(_("version of the wording"), max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=10)
    page = models.CharField(_("page"), max_length=500)
    created = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.event} {self.created:%Y-%m-%d %H:%M}"

    def save(self, **kwargs: Any) -> None:
        """Add the line, with the SHA-256 of its wording. Saving one that is there fails."""
        self.wording_sha256 = hashlib.sha256(self.wording.encode()).hexdigest()
        super().save(**kwargs | {"force_insert": True})


# The pages show these sentences; a test holds that they do.
_WORDINGS = {
    "signup": _("Meet our new products in exclusive previews, and read the latest in business and technology."),
    "confirm": _(
        "Confirm that you want our newsletter. If you did not ask for it, close this page and nothing will be sent."
    ),
    "withdraw": _("One click, and no further issue will be sent to you."),
    "suppress": _("We will never mail to this address again, whoever types it into our form."),
}

# Models of this app, in a package of their own.
from newsletter.issues.ledger import Delivery  # noqa: E402, F401
from newsletter.issues.models import Issue, IssueArticle  # noqa: E402, F401
