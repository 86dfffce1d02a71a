"""What of allauth's behaviour is the newsroom's own."""

from __future__ import annotations

import base64
import time
from ipaddress import IPv6Address
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from cms.limits import network_of
from cms.signin.sessions import StaffSession


class StaffAdapter(DefaultAccountAdapter):
    """Staff only: nobody signs up, and no address is stored or counted in clear."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An administrator makes the accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """A number that stands for the network by which attempts are counted: keyed, so that nobody can trace it back.

        It has the form of an IPv6 address, which is what allauth counts by (its first half).
        """
        digest = salted_hmac("signin.network", network_of(request), algorithm="sha256").digest()
        return str(IPv6Address(digest[:16]))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After a change of password, the desk."""
        return reverse("admin:desk")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """To change a second factor, the password or a factor was given no longer ago than five minutes."""
        request = context.request
        records = get_authentication_records(request, request.user)
        recent = records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        return not recent

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Write the session down, so that its owner can see and end it."""
        StaffSession.objects.forget_old()
        StaffSession.objects.note(request)
        return super().post_login(request, user, **kwargs)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Not on every sign-in: that one is signed in can be seen."""
        if "account/messages/logged_in.txt" not in args:
            super().add_message(request, level, *args, **kwargs)


def _box() -> MultiFernet:
    """What seals secrets under SECRET_KEY, and opens those sealed under its fallbacks."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("cms.signin", "second factor", key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorAdapter(DefaultMFAAdapter):
    """Where a second factor is asked for, the last one cannot be taken away; another is added first."""

    def encrypt(self, text: str) -> str:
        """Keys and codes at rest: a copy of the database alone gives no second factor."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` made, also under a former SECRET_KEY."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The picture for the app's camera, as an element of a page: without the XML declaration."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether a factor other than the recovery codes remains."""
        if not settings.SECOND_FACTOR:
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
