"""What a reader by mail opens: sign up, confirm or refuse, unsubscribe. Links change nothing, buttons do."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.limits import too_many
from newsletter.forms import SignUpForm
from newsletter.links import to_confirm, to_unsubscribe
from newsletter.models import Subscriber


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """Show the form; take an address. The answer is the same for new, known and suppressed ones."""
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        form.arrived(request)
    if not form.is_valid() or not form.admitted(request):
        return form.page(request, "newsletter/signup.html")
    if refusal := too_many(request, "sign-up"):
        return refusal
    Subscriber.objects.sign_up(form.cleaned_data["email"], language=translation.get_language(), page=_page_of(request))
    return render(request, "newsletter/sent.html")


def _page_of(request: HttpRequest) -> str:
    """The path of the page whose form was sent; never that of a private page, whose path is its key."""
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
        page = resolve(unquote(referer.path))
    except (Resolver404, ValueError):
        return request.path
    private = referer.netloc != request.get_host() or "token" in page.kwargs
    return request.path if private else referer.path


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button; begin the subscription by POST. With `?refuse`: the button by which the address is refused."""
    subscriber = get_object_or_404(Subscriber, uid=to_confirm(token))
    refuse = "refuse" in request.GET
    if request.method != "POST":
        return render(request, "newsletter/refuse.html" if refuse else "newsletter/confirm.html")
    page = request.path.replace(token, "…")
    if refuse:
        subscriber.suppress(page=page)
        return render(request, "newsletter/refused.html")
    if not subscriber.confirm(page=page):
        raise Http404
    return render(request, "newsletter/confirmed.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button; end the subscription by POST, from the page or from a mail program (RFC 8058).

    The POST's body is not looked at: whatever is sent to this address means the same.
    """
    subscriber = get_object_or_404(Subscriber, uid=to_unsubscribe(token))
    with translation.override(subscriber.language):
        if request.method == "POST":
            subscriber.unsubscribe(page=request.path.replace(token, "…"))
            response = render(request, "newsletter/unsubscribed.html")
        else:
            response = render(request, "newsletter/unsubscribe.html")
    response["Content-Language"] = subscriber.language
    return response
