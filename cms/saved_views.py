"""Saving the desk's filters under a name, and forgetting them again."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms.desk_filters import Filters
from cms.desk_models import SavedView
from cms.text import clean_line

MOST = 50  # views of one person


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the filters in `query` under `name`, over one's own of that name; or delete one's own view `delete`."""
    user: Any = request.user
    here = Filters.read(dict(parse_qsl(request.POST.get("query", "").removeprefix("?"))))
    back = HttpResponseRedirect(reverse("admin:desk") + here.url())
    own = SavedView.objects.filter(user=user)
    if (pk := request.POST.get("delete", "")).isdecimal():
        own.filter(pk=int(pk[:18])).delete()
        return back
    name = clean_line(request.POST.get("name", ""))[:60]
    if not name:
        messages.error(request, _("Give the view a name: a word or two."))
    elif own.exclude(name=name).count() >= MOST:
        messages.error(request, _("You have %(number)s saved views. Delete one first.") % {"number": MOST})
    else:
        shared = bool(request.POST.get("shared")) and user.has_perm("cms.share_savedview")
        own.update_or_create(user=user, name=name, defaults={"query": here.url()[:500], "shared": shared})
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return back
