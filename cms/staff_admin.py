"""The newsroom's people and their roles in the admin, and what an administrator may not do to rise above others."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.fields import IN_ADMIN
from cms.models import User
from cms.odd_keys import OddKeys
from cms.roles import ROLES, role_name
from cms.signin.sessions import StaffSession


class StaffAdmin(OddKeys, UserAdmin):
    """The newsroom's people."""

    list_display = ["username", "first_name", "last_name", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "is_superuser", "groups"]
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()
    formfield_overrides = IN_ADMIN

    actions = ["end_sessions", "forget_second_factor"]

    @admin.action(description=_("End all their sessions"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, people: models.QuerySet[User]) -> None:
        """Sign people out everywhere."""
        for person in self._below(request, people):
            count = StaffSession.objects.end(StaffSession.objects.filter(user=person))
            messages.success(request, _("%(name)s: %(count)s ended.") % {"name": person.byline(), "count": count})

    @admin.action(description=_("Let them set up a new second factor"), permissions=["change"])
    def forget_second_factor(self, request: HttpRequest, people: models.QuerySet[User]) -> None:
        """For who lost phone, key and codes: the next sign-in leads to the set-up. Ends the sessions too."""
        for person in self._below(request, people):
            Authenticator.objects.filter(user=person).delete()
            messages.success(request, _("%(name)s sets up a new second factor.") % {"name": person.byline()})
        self.end_sessions(request, people)

    def _below(self, request: HttpRequest, people: models.QuerySet[User]) -> list[User]:
        return [person for person in people if not self._above(request, person)]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        """Everybody but the system itself."""
        return super().get_queryset(request).filter(is_system=False).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        """The person's roles, in plain words."""
        names = [role_name(group.name) for group in person.groups.all()]
        return ", ".join([str(_("superuser")), *names] if person.is_superuser else names)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An administrator manages everybody but superusers: whose password one can set, one can become."""
        return super().has_change_permission(request, obj) and not self._above(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a superuser makes superusers, and gives permissions past the roles."""
        fields = tuple(super().get_readonly_fields(request, obj))
        above = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*fields, *above, "last_login", "date_joined")

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """Name the roles in the reader's language."""
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        field: Any = db_field.formfield(widget=forms.CheckboxSelectMultiple, label=_("roles"))
        field.help_text = _("What each of them may do stands in the editor's guide.")
        field.label_from_instance = lambda group: role_name(group.name)
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who has decided stays in the log: people are made inactive instead."""
        return False

    @staticmethod
    def _above(request: HttpRequest, obj: Any) -> bool:
        return bool(obj and obj.is_superuser and not request.user.is_superuser)


class RoleAdmin(OddKeys, GroupAdmin):
    """Roles, and whatever further groups a newsroom makes. What a role may do is said in cms/roles.py."""

    formfield_overrides = IN_ADMIN
    list_display = ["role", "name"]

    @admin.display(description=_("role"), ordering="name")
    def role(self, group: Group) -> str:
        """What the group is called."""
        return role_name(group.name)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role is changed in the code: `setup` would put it back."""
        return super().has_change_permission(request, obj) and not self._is_role(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role stays."""
        return super().has_delete_permission(request, obj) and not self._is_role(obj)

    @staticmethod
    def _is_role(obj: Any) -> bool:
        return bool(obj and obj.name in ROLES)
