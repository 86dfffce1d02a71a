"""What every answer has to say."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def private_pages_are_not_kept(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Forbid caches to keep whatever does not say that it may be kept: receipts, forms, the admin, errors."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware
