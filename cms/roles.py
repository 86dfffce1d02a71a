"""Who may do what: the newsroom's roles, each a group of Django's, described here and nowhere else.

A permission that a move, a page or a list asks for is given to a role by one line of this table; `manage.py setup`
brings the groups into line with it (`grant`), so no migration is needed for that. A new role needs its entry here and
nothing more. Whoever wants other roles makes groups with other names: those are never touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

APPS = ("cms", "articles", "submissions", "copyright", "newsletter")
"""The apps whose rows the newsroom looks at: a pattern of a permission reaches no further."""


@dataclass(frozen=True)
class Role:
    """A role: what it is called, and its permissions, `app.codename` each, where `*` stands for anything."""

    name: str | _StrPromise
    permissions: tuple[str, ...]


_READS = ("articles.view_*", "submissions.view_*")
_EDITS = (
    *_READS,
    "cms.view_letter",
    "submissions.decide_story",
    "submissions.write_story",
    "submissions.decide_appeal",
    "articles.add_article",
    "articles.change_article",
    "articles.publish_article",
    "articles.share_preview",
    "articles.correct_article",
    "articles.decide_correctionrequest",
    "articles.change_picture",
    "articles.add_tag",
    "articles.change_tag",
)

ROLES: dict[str, Role] = {
    "contributor-relations": Role(
        pgettext_lazy("role", "Contributor relations"),
        (
            *_READS,
            "cms.view_letter",
            "submissions.decide_mail",
            "submissions.write_story",
            "submissions.erase_story",
            "articles.erase_correctionrequest",
        ),
    ),
    "editor": Role(pgettext_lazy("role", "Editor"), _EDITS),
    "chief-editor": Role(
        pgettext_lazy("role", "Chief editor"),
        (
            *_EDITS,
            "cms.view_decision",
            "cms.view_editor_figures",
            "cms.receive_escalations",
            "cms.share_savedview",
            "submissions.decide_mail",
            "submissions.publish_guidelines",
            "articles.kill_article",
            "articles.add_section",
            "articles.change_section",
            "newsletter.view_issue",
            "newsletter.approve_issue",
        ),
    ),
    "legal": Role(
        pgettext_lazy("role", "Legal"),
        (
            "copyright.view_*",
            "copyright.decide_*",
            "copyright.read_contact_details",
            "articles.view_*",
            "articles.withhold_article",
            "cms.view_letter",
            "cms.view_decision",
        ),
    ),
    "newsletter": Role(pgettext_lazy("role", "Newsletter"), ("newsletter.*", "articles.view_*")),
    "auditor": Role(pgettext_lazy("role", "Auditor (reads only)"), tuple(f"{app}.view_*" for app in APPS)),
    "administrator": Role(
        pgettext_lazy("role", "Administrator"),
        (
            "cms.view_*",
            "cms.add_user",
            "cms.change_user",
            "auth.view_group",
            "articles.add_section",
            "articles.change_section",
            "articles.view_*",
        ),
    ),
}
"""The group's name -> the role."""


def role_name(group: str) -> str:
    """What a group is called on the page: the role in the reader's language, or the group's own name."""
    return str(ROLES[group].name) if group in ROLES else group


def permissions_of(role: Role, known: Iterable[Permission]) -> list[Permission]:
    """Those of the `known` permissions (with their content types) that the role has."""
    return [
        permission
        for permission in known
        if any(
            fnmatchcase(f"{permission.content_type.app_label}.{permission.codename}", pattern)
            for pattern in role.permissions
        )
    ]


@transaction.atomic
def grant() -> None:
    """Make every role's group and give it what the table says, no more and no less. Safe to run again."""
    known = list(Permission.objects.select_related("content_type"))
    for name, role in ROLES.items():
        Group.objects.get_or_create(name=name)[0].permissions.set(permissions_of(role, known))
