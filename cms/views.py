"""The front door."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from cms.models import User


@require_safe
def to_readers_language(request: HttpRequest) -> HttpResponse:
    """Lead from `/` to the home page in the language that the reader's browser asks for."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    response["Cache-Control"] = "public, max-age=0"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def choose_language(request: HttpRequest) -> HttpResponse:
    """Django's switch of the page's language; of who is signed in it is remembered for the letters, too."""
    response: HttpResponse = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).exclude(language=chosen).update(language=chosen)
    return response
