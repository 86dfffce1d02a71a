"""The log of decisions: append-only, in one chain."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cms.log import logged
from cms.models import Decision, LogHead, User
from tests.factories import make_article, make_story

pytestmark = pytest.mark.django_db


def _tamper(sql, *params):
    """Change the log as somebody with the database's own password could: with the triggers out of the way."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, params)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, params)
        for _name, trigger in triggers:
            cursor.execute(trigger)


@pytest.fixture
def ten_decisions(db):
    for _ in range(10):
        make_article()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cms_decision SET reason = 'kinder' WHERE number = 3",
        "DELETE FROM cms_decision WHERE number = 3",
        "DELETE FROM cms_decision",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_line(ten_decisions, sql):
    if connection.vendor == "postgresql":
        sql = (
            sql.replace("INSERT OR REPLACE", "INSERT").replace("number = 3", "number = 3 FOR UPDATE")
            if "INSERT" in sql
            else sql
        )
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Decision.objects.first_altered() == (None, 10)


def test_sqlite_refuses_to_replace_a_line(ten_decisions):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite knows INSERT OR REPLACE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO cms_decision SELECT * FROM cms_decision WHERE number = 3")


def test_postgresql_refuses_to_truncate_the_log(ten_decisions):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE cms_decision CASCADE")


def test_a_whole_log_is_verified_from_end_to_end(ten_decisions, capsys):
    call_command("verify_log")
    assert "10 decisions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("UPDATE cms_decision SET reason = 'kinder' WHERE number IN (4, 7)", 4),
        ("UPDATE cms_decision SET actor_name = 'Somebody else' WHERE number = 10", 10),
        ("DELETE FROM cms_decision WHERE number = 6", 6),
        ("DELETE FROM cms_decision WHERE number = 1", 1),
        ("DELETE FROM cms_decision WHERE number > 8", 9),
        ("UPDATE cms_decision SET number = 99 WHERE number = 10", 10),
    ],
)
def test_the_first_altered_line_is_named(ten_decisions, sql, first):
    _tamper(sql)
    with pytest.raises(CommandError, match=f"Decision {first} "):
        call_command("verify_log")


def test_a_rehashed_line_still_breaks_the_chain_at_the_next(ten_decisions):
    from cms.log import digest

    line = Decision.objects.get(number=5)
    line.reason = "kinder"
    _tamper("UPDATE cms_decision SET reason = 'kinder', hash = %s WHERE number = 5", digest(line, line.previous))
    assert Decision.objects.first_altered()[0] == 6


def test_decisions_are_numbered_without_gaps_even_when_a_transaction_fails(ten_decisions):
    with pytest.raises(RuntimeError), transaction.atomic():
        make_article()
        raise RuntimeError
    make_article()
    assert list(Decision.objects.values_list("number", flat=True)) == list(range(1, 12))
    assert LogHead.objects.get().count == 11


def test_a_failed_move_inside_another_leaves_no_line(editor):
    story = make_story()
    with logged():
        story.claim(by=editor)
        with pytest.raises(RuntimeError), logged() as log:
            log.append(story.decision("decline", "received", editor))
            raise RuntimeError
    assert [line.move for line in story.decisions()] == ["receive", "claim"]


def test_the_log_outlives_what_it_tells_of():
    article = make_article()
    uid = article.uid
    article.delete()
    assert Decision.objects.filter(item=uid).exists()


def test_who_has_decided_cannot_be_deleted(editor):
    from django.db.models import ProtectedError

    make_story().claim(by=editor)
    with pytest.raises(ProtectedError):
        User.objects.get(pk=editor.pk).delete()
