"""What readers open about errors: the list of corrections, and the form by which they report one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles import views
from articles.correction_forms import CorrectionForm
from articles.models import Article, Correction, CorrectionRequest, Redirect
from articles.pages import PAGE, cursor_of, key_of
from cms.limits import too_many
from cms.page_cache import public_page


@require_safe
@public_page("before")
def corrections(request: HttpRequest) -> HttpResponse:
    """The corrections of one language, newest first; of withheld and killed articles none."""
    before = request.GET.get("before", "")
    moment, pk = key_of(before) if before else (None, 0)
    rows = Correction.objects.public(until=moment).filter(language=get_language()).newest_first()
    if moment:
        rows = rows.exclude(made=moment, pk__gte=pk)
    found = list(rows.select_related("article").defer("article__body", "article__sources")[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    older = f"{request.path}?{urlencode({'before': cursor_of(shown[-1].made, shown[-1].pk)})}" if more else None
    context = {"corrections": shown, "older_url": older, "newest_url": request.path if before else None}
    return render(request, "articles/corrections.html", context)


def _readable(slug: str) -> Article | None:
    """The article at this address, or that was when somebody opened the form: what was typed is not lost."""
    articles = Article.objects.published()
    if found := articles.filter(slug=slug, language=get_language()).first():
        return found
    moved = Redirect.objects.of(get_language(), slug)
    return articles.filter(pk=moved.article_id).first() if moved else None


def _as_the_article(request: HttpRequest, slug: str) -> HttpResponse:
    """Where no article can be read, its form answers as its page does: 404, 410, 451, or where it has moved to."""
    request.method = "GET"
    return views.article(request, slug)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form; take a report. The same form sent twice is one report."""
    article = _readable(slug)
    if article is None:
        return _as_the_article(request, slug)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        form.arrived(request)
    if form.is_valid() and form.admitted(request):
        if refusal := too_many(request, "correction"):
            return refusal
        try:
            form.send(article)
        except IntegrityError:  # the other click of a double click was faster
            if not CorrectionRequest.objects.filter(seed=form.seed).exists():
                raise
        return redirect("articles:correction_sent", article.slug)
    request.versions = {}  # type: ignore[attr-defined]  # a report is about this very text
    return form.page(request, "articles/correction.html", {"article": article})


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the report has come, and what happens next."""
    article = _readable(slug)
    if article is None:
        return _as_the_article(request, slug)
    request.versions = {}  # type: ignore[attr-defined]
    return render(request, "articles/correction_sent.html", {"article": article})
