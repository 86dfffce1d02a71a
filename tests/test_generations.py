"""Every process learns at once that something has changed."""

import subprocess
import sys

import pytest
from django.conf import settings

from cms.generations import SITE, begin, generation

CHANGE = "import django; django.setup(); from cms.page_cache import site_changed; site_changed()"


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings, tmp_path):
    settings.DATA = tmp_path


def test_a_generation_lasts_until_the_next_begins():
    first = generation()
    assert generation() == first
    begin(SITE)
    assert generation() not in {first, generation("frame")}


def test_what_another_process_changes_is_seen_with_the_next_look(monkeypatch):
    before = generation()
    monkeypatch.setenv("COPYDESK_DATA", str(settings.DATA))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "cms.settings")
    subprocess.run([sys.executable, "-c", CHANGE], check=True, cwd=settings.BASE_DIR)
    assert generation() != before


def test_a_half_written_file_is_filled_and_a_restart_finds_the_same_name():
    (settings.DATA / "frame.now").write_bytes(b"torn")
    first = generation("frame")
    assert len((settings.DATA / "frame.now").read_bytes()) >= len(first) // 2
    assert (settings.DATA / "frame.now").read_bytes()[: len(first) // 2].hex() == first
