"""The front door."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe


@require_safe
def to_readers_language(request: HttpRequest) -> HttpResponse:
    """Lead from `/` to the home page in the language that the reader's browser asks for."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    response["Cache-Control"] = "public, max-age=0"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
