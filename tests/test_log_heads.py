"""The log's signed heads show what its chain cannot: an end that was cut off, a log that was written anew."""

import pytest
from django.core.management import CommandError, call_command

from cms import heads, jobs
from cms.models import Decision, Letter, LogHead
from tests.factories import make_article
from tests.test_log import _tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(tmp_path):
    """Ten lines, a head kept of the first five and one of all."""
    path = tmp_path / "heads.jsonl"
    for _ in range(2):
        for _ in range(5):
            make_article()
        call_command("sign_log", append=path)
    return path


def rewind(number):
    """Cut the log off, with the row that says where it ends."""
    _tamper(f"DELETE FROM cms_decision WHERE number > {number}")
    LogHead.objects.update(count=number, hash=Decision.objects.get(number=number).hash)


def test_a_whole_log_fits_its_kept_heads(kept, capsys):
    make_article()
    call_command("verify_log", heads=kept)
    assert "2 kept heads" in capsys.readouterr().out


def test_a_tail_cut_off_together_with_its_head_is_noticed(kept):
    rewind(7)
    call_command("verify_log")  # the chain alone cannot tell
    with pytest.raises(CommandError, match="Decision 8 ") as raised:
        call_command("verify_log", heads=kept)
    assert raised.value.returncode == 1


def test_a_log_written_anew_is_noticed(kept):
    rewind(6)
    for _ in range(6):
        make_article()
    call_command("verify_log")
    with pytest.raises(CommandError, match="6 to 10"):
        call_command("verify_log", heads=kept)


@pytest.mark.parametrize(
    "damage", [lambda text: text.replace('"number": 5', '"number": 4'), lambda text: "{}\n", lambda text: ""]
)
def test_heads_that_cannot_be_used_are_a_usage_error(kept, damage):
    kept.write_text(damage(kept.read_text()))
    with pytest.raises(CommandError) as raised:
        call_command("verify_log", heads=kept)
    assert raised.value.returncode == 2


def test_the_worker_keeps_and_mails_one_head_a_day(settings, tmp_path):
    settings.DATA, settings.LOG_HEADS_TO = tmp_path, "archive@example.org"
    make_article()
    jobs.keep_head()
    jobs.keep_head()
    assert len(heads.read_heads(heads.heads_file())) == 1
    letter = Letter.objects.get(name="log_head")
    assert heads.heads_file().read_text().strip() in letter.body_text
