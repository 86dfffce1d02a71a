"""The reader's addresses, below `/<lang>/`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import views
from articles.discovery import views as discovery


class UnicodeSlug(StringConverter):
    """A slug in any script."""

    regex = r"[-\w]+"


class FeedKind(StringConverter):
    """The formats of the feeds."""

    regex = "rss|atom|json"


register_converter(UnicodeSlug, "uslug")
register_converter(FeedKind, "feed")

app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("news/<uslug:slug>/", views.article, name="article"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("tag/<uslug:slug>/", views.tag, name="tag"),
    path("about/<slug:key>/", views.page, name="page"),
    path("feed.<feed:kind>", discovery.site_feed, name="feed"),
    path("section/<slug:slug>/feed.<feed:kind>", discovery.section_feed, name="section_feed"),
    path("tag/<uslug:slug>/feed.<feed:kind>", discovery.tag_feed, name="tag_feed"),
]
