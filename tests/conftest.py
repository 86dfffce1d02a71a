"""What every test may ask for."""

import json
from io import StringIO

import django.db.backends.sqlite3.base  # noqa: F401  (before its operations, which import it)
import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQL
from django.db.backends.sqlite3.operations import DatabaseOperations as SQLite
from django.test import Client
from django.urls import set_script_prefix
from django.utils import translation

from cms import plates
from tests.factories import make_editor, make_guidelines

# Every test's editors have a password: the real hasher takes a tenth of a second for each, on purpose.
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _the_log_may_be_emptied_between_tests():
    """Tests with real transactions end with emptied tables, which the log's triggers rightly refuse.

    The guidelines, which the migrations bring, come back for the tests after them.
    """
    flush_postgresql, flush_sqlite = PostgreSQL.execute_sql_flush, SQLite.execute_sql_flush

    def postgresql(self, sql_list):
        off, on = (f"SET session_replication_role = {role}" for role in ("replica", "DEFAULT"))
        flush_postgresql(self, [off, *sql_list, on])
        make_guidelines()

    def sqlite(self, sql_list):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        off = [f"DROP TRIGGER {name}" for name, _sql in triggers]
        flush_sqlite(self, [*off, *sql_list, *(sql for _name, sql in triggers)])
        make_guidelines()

    PostgreSQL.execute_sql_flush, SQLite.execute_sql_flush = postgresql, sqlite
    yield
    PostgreSQL.execute_sql_flush, SQLite.execute_sql_flush = flush_postgresql, flush_sqlite


@pytest.fixture(autouse=True)
def _commits_that_never_come(request, monkeypatch):
    """A test inside one transaction never commits: what waits for that is done at once."""
    marker = request.node.get_closest_marker("django_db")
    if marker and not marker.kwargs.get("transaction"):
        monkeypatch.setattr(transaction, "on_commit", lambda func, **options: func())


@pytest.fixture(autouse=True)
def _a_fresh_start(settings, tmp_path):
    """No page, language, file or letter of one test reaches another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OUTBOX = tmp_path / "outbox"
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    settings.WHITENOISE_USE_FINDERS = False  # else each test walks through all static files; browsers ask Django
    _forget()
    set_script_prefix("/")
    with translation.override("en"):
        yield
    _forget()


def _forget():
    for each in [*(caches[alias] for alias in caches), plates.PLATES, plates.CARDS]:
        each.clear()


@pytest.fixture
def editor(db):
    """A member of staff who may make every move."""
    return make_editor()


@pytest.fixture
def desk(editor):
    """A browser in which the editor is signed in."""
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def load(tmp_path, capsys):
    """Write rows into a file, in `load.folder`, and import it; what it says and what it complains about."""

    def load_rows(*rows, name="articles.jsonl"):
        path = tmp_path / name
        path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
        errors = StringIO()
        try:
            call_command("import_articles", str(path), stderr=errors)
        except CommandError as error:
            errors.write(str(error))
        return capsys.readouterr().out, errors.getvalue()

    load_rows.folder = tmp_path
    return load_rows
