"""The search's form: one box, and what narrows it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from articles.pages import all_sections
from articles.search.filters import Filters
from articles.search.query import LONGEST, Query, parse
from cms.text import clean_line

_BOX = '<input type="search" name="q"{value} maxlength="{most}" autocomplete="off" enterkeyhint="search" id="search-q">'


def _day(label: Any, wrong: Any) -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": wrong},
    )


class SearchForm(forms.Form):
    """What is searched for, and where. Sent by GET, so that a search has an address."""

    q = forms.CharField(label=_("Search for"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    language = forms.ChoiceField(label=_("Language"), required=False)
    section = forms.ChoiceField(label=_("Section"), required=False)
    since = _day(_("Since"), _("Write the first day as year, month and day, such as 2026-01-31."))
    until = _day(_("Until"), _("Write the last day as year, month and day, such as 2026-01-31."))

    field_order = ["q", "language", "section", "since", "until"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = "search-%s"
        self.choices: dict[str, list[tuple[str, Any]]] = {}
        self.sections = {section.slug: section for section in all_sections()}
        names = [(slug, section.name) for slug, section in self.sections.items()]
        self.choose("language", [("", _("All languages")), *settings.LANGUAGES], _("Choose one of the languages."))
        self.choose("section", [("", _("All sections")), *names], _("Choose one of the sections."))
        self.fields["q"].widget.attrs |= {"maxlength": LONGEST, "autocomplete": "off", "enterkeyhint": "search"}

    def choose(self, name: str, choices: list[tuple[str, Any]], wrong: Any) -> None:
        """Offer these choices, and say what to do where something else was sent."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = self.choices[name] = choices
        field.error_messages["invalid_choice"] = wrong

    def clean_q(self) -> Query | None:
        """Read the query; None for an empty one."""
        typed = self.cleaned_data["q"]
        if len(typed) > LONGEST:
            words = _("A search has %(most)s characters at most, and yours has %(length)s. Keep the words that matter.")
            raise forms.ValidationError(words % {"most": LONGEST, "length": len(typed)})
        query = parse(typed)
        if typed and query is None:
            raise forms.ValidationError(_("There is no letter and no digit to search for. Type a word or two."))
        return query

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first one."))
        return self.cleaned_data

    def filters(self) -> Filters:
        """What the results are narrowed to."""
        data = self.cleaned_data
        return Filters(data["language"], self.sections.get(data["section"]), data["since"], data["until"])

    def box(self) -> SafeString:
        """The box for the query: as a template would print it, without the template where nothing is wrong."""
        if self.errors:
            return self["q"].as_widget()
        typed = self.data.get("q", "")
        return format_html(_BOX, value=format_html(' value="{}"', typed) if typed else "", most=LONGEST)

    def selects(self) -> list[tuple[forms.BoundField, str, list[tuple[str, Any]]]]:
        """The lists to choose from: (field, what is chosen, choices). The page prints them, in a tenth of the time."""
        return [(self[name], self.data.get(name, ""), self.choices[name]) for name in ("language", "section")]

    def days(self) -> list[forms.BoundField]:
        """The fields for days."""
        return [self["since"], self["until"]]

    def narrows(self) -> bool:
        """Whether anything but the query was set, rightly or wrongly: the filters are then shown open."""
        return any(self.data.get(name) for name in self.fields if name != "q")


def tidied(sent: Any) -> dict[str, str]:
    """What was sent, without what cannot be seen: NULs, control characters, marks of direction."""
    return {name: clean_line(sent.get(name, "")) for name in SearchForm.base_fields}
