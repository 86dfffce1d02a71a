"""The log, the figures and the public page: in both languages, light and dark, wide and narrow."""

from __future__ import annotations

import pytest

from cms.figures.follow import follow
from tests.browser.inspecting import LANGUAGES, inspect_fixture  # noqa: F401  (a fixture)
from tests.browser.steps import sign_in
from tests.factories import make_editor
from tests.test_figures import a_busy_day

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("language", LANGUAGES),
]


def test_the_log_and_what_is_counted_from_it(inspect, language):
    editor = make_editor(first_name="Chen", last_name="Xu")
    a_busy_day(editor)
    while follow():
        pass
    inspect.visit("transparency")
    sign_in(inspect.page, inspect.site, editor)
    inspect.visit("admin:figures")
    for summary in inspect.page.locator(".plot summary").all():
        summary.click()
    inspect.look("figures with their numbers")
    inspect.visit("admin:cms_decision_changelist")
    inspect.open(inspect.url("admin:cms_decision_changelist") + "?since=never", "log with a fault", 422)
