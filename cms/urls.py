"""Every address of the site; the only module of `cms` that knows the other apps."""

from allauth.account.views import reauthenticate
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import set_language

from articles.discovery import views as discovery
from articles.views import media
from cms import health, outbox
from cms.figures.pages import transparency
from cms.views import to_readers_language
from newsletter.views import unsubscribe
from submissions.mail.webhooks import inbound

urlpatterns = [
    path("", to_readers_language, name="root"),
    path("admin/login/", admin.site.login, name="account_login"),
    path("admin/sign-in-again/", reauthenticate, name="account_reauthenticate"),
    path("admin/second-factor/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("u/<str:token>", unsubscribe, name="unsubscribe"),
    path("media/<path:path>", media, name="media"),
    # Mailgun posts whole messages where the address ends with "mime".
    re_path(r"^anymail/(?P<service>[a-z]{1,20})/inbound(?:_mime)?/$", inbound, name="mail_webhook"),
    path("sitemap.xml", discovery.sitemap_index, name="sitemap"),
    path("sitemap-pages.xml", discovery.sitemap_pages, name="sitemap_pages"),
    path("sitemap-<int:number>.xml", discovery.sitemap_part, name="sitemap_part"),
    path("sitemap-news.xml", discovery.sitemap_news, name="sitemap_news"),
    path("robots.txt", discovery.robots, name="robots"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    *i18n_patterns(
        path("transparency/", transparency, name="transparency"),
        path("", include("articles.urls")),
        path("", include("submissions.urls")),
        path("copyright/", include("submissions.copyright.urls")),
        path("newsletter/", include("newsletter.urls")),
    ),
]
if settings.SHOW_OUTBOX:
    urlpatterns += [
        path("outbox/", outbox.outbox, name="outbox"),
        path("outbox/<str:name>/", outbox.outbox_letter, name="outbox_letter"),
        path("outbox/<str:name>/<str:part>/", outbox.outbox_letter, name="outbox_part"),
    ]
