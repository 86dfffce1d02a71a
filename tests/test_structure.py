"""The house itself: who may import whom, and how templates are written."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "cms": {"cms"},
    "articles": {"articles", "cms"},
    "submissions": {"submissions", "articles", "cms"},
    "newsletter": {"newsletter", "articles", "cms"},
}
SOURCES = [path for app in MAY_IMPORT for path in (ROOT / app).rglob("*.py")]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def test_imports_run_one_way():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in SOURCES
        if path != ROOT / "cms" / "urls.py"
        for name in imported(path)
        if name in MAY_IMPORT and name not in MAY_IMPORT[path.relative_to(ROOT).parts[0]]
    ]
    assert wrong == []


def test_stories_and_the_copyright_process_stay_one_app_inside_the_other():
    for path in (ROOT / "submissions").glob("*.py"):
        assert "submissions.copyright" not in path.read_text(encoding="utf-8"), path


def test_migrations_import_no_app_code():
    migrations = [path for path in SOURCES if path.parent.name == "migrations"]
    assert [path for path in migrations for name in imported(path) if name in MAY_IMPORT] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_need_no_relaxed_content_security_policy(path):
    html = path.read_text(encoding="utf-8")
    letter = "email" in path.parts
    assert not re.search(r"\son[a-z]+=", html)
    assert letter or not re.search(r"\sstyle=|<style", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script or "application/ld+json" in script, script  # data runs nothing
    # A plain link asks nobody before it is pressed.
    assert not re.search(r"<(?!a\s)[^>]*\s(?:src|href)=[\"']https?://(?!schema)", html), "a request to somebody else"


def test_no_module_outgrows_three_hundred_lines():
    modules = [*SOURCES, *(ROOT / "tests").rglob("*.py")]
    long = [path for path in modules if path.parent.name != "migrations" and path.read_text().count("\n") > 300]
    assert long == []


@pytest.mark.parametrize("catalogue", list((ROOT / "locale").rglob("*.po")), ids=lambda path: path.parent.parent.name)
def test_no_string_is_missing_from_a_catalogue_and_the_compiled_one_is_the_same(catalogue):
    po = polib.pofile(str(catalogue))
    assert [entry.msgid for entry in po if not entry.translated() and not entry.obsolete] == []
    assert [entry.msgid for entry in po if entry.fuzzy] == []
    mo = polib.mofile(str(catalogue.with_suffix(".mo")))
    compiled = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in mo}
    assert compiled == {
        (entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in po if not entry.obsolete
    }


def test_chinese_texts_have_full_width_punctuation():
    po = polib.pofile(str(ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    half = [entry.msgstr for entry in po if re.search(r"[\u4e00-\u9fff][,;:?!](?!\d)", entry.msgstr)]
    assert half == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_every_string_of_the_code_and_the_templates_is_in_the_catalogue(tmp_path):
    for part in (*MAY_IMPORT, "templates", "locale"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    command = ["-m", "django", "makemessages", "-l", "zh_Hans", "--no-location", "--no-obsolete", "--no-wrap"]
    settings = os.environ | {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": ""}
    subprocess.run([sys.executable, *command], cwd=tmp_path, env=settings, check=True, stdout=subprocess.DEVNULL)
    catalogue = Path("locale", "zh_Hans", "LC_MESSAGES", "django.po")
    fresh, kept = (polib.pofile(str(folder / catalogue)) for folder in (tmp_path, ROOT))
    assert {(entry.msgctxt, entry.msgid) for entry in fresh} - {(entry.msgctxt, entry.msgid) for entry in kept} == set()
