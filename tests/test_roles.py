"""Who may do what: every move with every role, and what an auditor and an administrator may not do."""

import importlib

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from cms.models import Decision, User
from cms.roles import ROLES, grant, permissions_of
from cms.workflow import DeskItem, NotPermitted
from submissions.models import Appeal
from tests.factories import (
    make_article,
    make_correction_request,
    make_counter_notice,
    make_editor,
    make_guidelines,
    make_issue,
    make_member,
    make_report,
    make_story,
    make_translation,
)

pytestmark = pytest.mark.django_db

RELATIONS, EDITOR, CHIEF, LEGAL = "contributor-relations", "editor", "chief-editor", "legal"
NEWSLETTER = "newsletter"
DESK = frozenset({EDITOR, CHIEF})
SYSTEM: frozenset[str] = frozenset()


def claims(*roles: str) -> dict[str, frozenset[str]]:
    """Who decides on a kind claims it, too; only the clock ends a claim that has lapsed."""
    own = dict.fromkeys(["claim", "release", "hand_over", "take_over"], frozenset(roles))
    return own | {"lapse_claim": SYSTEM, "escalate": SYSTEM}


def suspicions(*roles: str) -> dict[str, frozenset[str]]:
    """Who decides on a kind that can be suspected marks it, clears it, and proposes what another one does."""
    return dict.fromkeys(["suspect", "clear_suspicion", "propose"], frozenset(roles))


MATRIX = {
    "submissions.story": {
        **claims(*DESK),
        **suspicions(*DESK),
        **dict.fromkeys(["accept", "ask_changes", "decline", "lapse", "reopen"], DESK),
        "write": {RELATIONS, *DESK},
        "erase": {RELATIONS},
        **dict.fromkeys(["send_again", "answer", "withdraw", "appeal"], SYSTEM),
    },
    "submissions.appeal": claims(*DESK) | dict.fromkeys(["grant", "dismiss"], DESK),
    "submissions.receivedmail": claims(RELATIONS, CHIEF)
    | dict.fromkeys(["file_away", "take_as_story"], frozenset({RELATIONS, CHIEF})),
    "submissions.guidelines": {"escalate": SYSTEM} | dict.fromkeys(["put_in_force", "take_back"], frozenset({CHIEF})),
    "articles.article": {
        **claims(*DESK),
        **dict.fromkeys(["publish", "spike", "revive", "sign_off", "restore", "correct", "stand_by_origin"], DESK),
        **dict.fromkeys(["draw_cover", "unschedule", "open_preview", "close_preview"], DESK),
        **dict.fromkeys(["propose_kill", "kill"], frozenset({CHIEF})),
        **dict.fromkeys(["withhold", "lift"], frozenset({LEGAL})),
    },
    "articles.correctionrequest": {
        **claims(*DESK),
        **dict.fromkeys(["correct", "reply", "decline"], DESK),
        "erase": {RELATIONS},
    },
    "articles.staletranslation": {
        **claims(*DESK),
        **dict.fromkeys(["bring_up_to_date", "leave", "settle"], DESK),
        **dict.fromkeys(["change_again", "drop"], SYSTEM),
    },
    "newsletter.issue": {
        **dict.fromkeys(["submit", "take_back"], frozenset({NEWSLETTER})),
        **dict.fromkeys(
            ["approve", "ask_changes", "decline", "revive", "pause", "resume", "cancel", "resend", "leave"],
            frozenset({NEWSLETTER, CHIEF}),
        ),
        **dict.fromkeys(["begin", "finish", "doubt", "escalate"], SYSTEM),
    },
    "copyright.copyrightreport": claims(LEGAL)
    | suspicions(LEGAL)
    | dict.fromkeys(["uphold", "decline", "reverse", "run_out"], frozenset({LEGAL})),
    "copyright.counternotice": {
        **claims(LEGAL),
        **dict.fromkeys(["forward", "reject", "hold", "restore", "uphold_removal"], frozenset({LEGAL})),
        **dict.fromkeys(["restore_in_time", "alarm", "close", "erase"], SYSTEM),
    },
}
"""Kind -> move -> the roles that may make it; every other role is refused."""


def kinds() -> dict[str, type[DeskItem]]:
    return {model.kind(): model for model in apps.get_models() if issubclass(model, DeskItem)}


def a_stale_translation() -> DeskItem:
    original = make_article()
    translation = make_translation(original)
    original.amend(by=make_editor(), dek="What runs after one.")
    return translation.stale_rows.get()


def a_mail() -> DeskItem:
    mail = apps.get_model("submissions.receivedmail")
    return mail(language="en", status="waiting").enter(by=User.objects.system(), move="receive")


def an_appeal() -> DeskItem:
    story = make_story()
    story.decline(by=make_editor(), reason="Not news.")
    story.appeal(by=User.objects.system(), reason="It is.")
    return Appeal.objects.get(story=story)


MAKERS = {
    "articles.article": make_article,
    "articles.correctionrequest": make_correction_request,
    "articles.staletranslation": a_stale_translation,
    "copyright.copyrightreport": make_report,
    "newsletter.issue": make_issue,
    "copyright.counternotice": make_counter_notice,
    "submissions.appeal": an_appeal,
    "submissions.guidelines": make_guidelines,
    "submissions.receivedmail": a_mail,
    "submissions.story": make_story,
}


def an_item(kind: str) -> DeskItem:
    return MAKERS[kind]()


def test_the_matrix_names_every_move_of_every_kind():
    assert {kind: {move.name for move in model.moves()} for kind, model in kinds().items()} == {
        kind: set(moves) for kind, moves in MATRIX.items()
    }


@pytest.mark.parametrize("kind", MATRIX)
def test_every_role_may_make_its_own_moves_and_no_other(kind):
    item = an_item(kind)
    for role in ROLES:
        person = make_member(role)
        for spec in item.moves():
            allowed = role in MATRIX[kind][spec.name]
            assert spec.allowed_to(person) is allowed, (role, spec.name)
            if not allowed:
                before = (Decision.objects.count(), type(item).objects.values().get(pk=item.pk))
                with pytest.raises(NotPermitted):
                    getattr(item, spec.name)(by=person, reason="Because.")
                assert before == (Decision.objects.count(), type(item).objects.values().get(pk=item.pk))


@pytest.mark.parametrize("kind", MATRIX)
def test_a_role_is_refused_over_http_what_the_matrix_does_not_give_it(kind):
    item = an_item(kind)
    meta = item._meta
    for role in ROLES:
        client = Client()
        client.force_login(make_member(role))
        for spec in (spec for spec in item.moves() if spec.label and role not in MATRIX[kind][spec.name]):
            address = reverse(f"admin:{meta.app_label}_{meta.model_name}_move", args=[item.pk, spec.name])
            answer = client.post(address, {"seen": item.version, "reason": "Because."})
            assert answer.status_code == 403, (role, spec.name)
    assert type(item).objects.get(pk=item.pk).version == item.version


def test_the_desk_shows_a_role_the_buttons_of_its_moves_only():
    story = make_story()
    assert {move.name for move in story.moves_for(make_member(RELATIONS)) if move.label} == {"write"}
    assert "accept" in {move.name for move in story.moves_for(make_member(EDITOR))}
    assert story.moves_for(make_member("auditor")) == []


def test_an_auditor_reads_every_list_and_page_and_changes_none():
    make_report()
    auditor = make_member("auditor")
    client = Client()
    client.force_login(auditor)
    request = client.get(reverse("admin:desk")).wsgi_request
    seen = 0
    for model, model_admin in admin.site._registry.items():
        meta = model._meta
        assert not model_admin.has_add_permission(request), meta.label
        assert not model_admin.has_change_permission(request), meta.label
        assert not model_admin.has_delete_permission(request), meta.label
        name = f"admin:{meta.app_label}_{meta.model_name}"
        if meta.label == "submissions.Chapter":
            continue  # its pages hang below their version's, which has a list
        expected = 200 if meta.app_label in {"cms", "articles", "submissions", "copyright", "newsletter"} else 403
        assert client.get(reverse(f"{name}_changelist")).status_code == expected, meta.label
        row = model._base_manager.order_by("pk").last()
        if expected == 200 and row is not None and model_admin.get_queryset(request).filter(pk=row.pk).exists():
            page = client.get(reverse(f"{name}_change", args=[row.pk]))
            assert page.status_code == 200, meta.label
            assert b'name="_save"' not in page.content, meta.label
            # A conflict where the form names no version that was seen: nothing can be saved either way.
            assert client.post(reverse(f"{name}_change", args=[row.pk]), {"_save": "1"}).status_code in {403, 409}
            seen += 1
    assert seen >= 6
    codenames = {permission.rsplit(".", 1)[1] for permission in auditor.get_all_permissions()}
    assert {name.split("_")[0] for name in codenames} == {"view"}


def test_the_migration_makes_the_roles_and_takes_them_back():
    migration = importlib.import_module("cms.migrations.0004_roles")
    assert set(migration.ROLES) == set(ROLES)
    migration.remove(apps, None)
    assert not Group.objects.filter(name__in=ROLES).exists()
    migration.make(apps, None)
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_setting_up_again_puts_a_role_right_and_leaves_other_groups_alone():
    grant()
    editor, own = Group.objects.get(name=EDITOR), Group.objects.create(name="Interns")
    before = set(editor.permissions.values_list("codename", flat=True))
    kill = Permission.objects.get(codename="kill_article")
    editor.permissions.set([kill])
    own.permissions.set([kill])
    grant()
    assert set(editor.permissions.values_list("codename", flat=True)) == before
    assert list(own.permissions.all()) == [kill]


def test_every_permission_that_a_role_names_is_one_that_there_is():
    known = list(Permission.objects.select_related("content_type"))
    for role in ROLES.values():
        for pattern in set(role.permissions):
            assert permissions_of(type(role)(role.name, (pattern,)), known), pattern


def test_an_administrator_cannot_rise_above_the_roles():
    root, person = make_editor(), make_editor("view_story")
    client = Client()
    client.force_login(make_member("administrator"))
    change = reverse("admin:cms_user_change", args=[person.pk])
    legal = Group.objects.get(name=LEGAL)
    sent = {"username": person.username, "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": legal.pk}
    assert client.post(change, sent).status_code == 302
    person.refresh_from_db()
    assert not person.is_superuser
    assert list(person.groups.all()) == [legal]
    assert client.post(reverse("admin:cms_user_change", args=[root.pk]), sent).status_code == 403
    assert client.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code == 403
    assert client.post(reverse("admin:auth_group_change", args=[legal.pk]), {"name": "legal"}).status_code == 403


def test_roles_are_named_in_the_readers_language(client):
    client.force_login(make_editor())
    page = client.get(reverse("admin:cms_user_change", args=[make_member(CHIEF).pk]))
    assert "Chief editor" in page.content.decode()
