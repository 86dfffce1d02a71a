"""The reader's addresses, below `/<lang>/`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import correction_views, preview_views, views
from articles.discovery import views as discovery
from articles.search.views import opensearch, search_page


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
    path("news/<uslug:slug>/correction/", correction_views.report, name="correction"),
    path("news/<uslug:slug>/correction/sent/", correction_views.sent, name="correction_sent"),
    path("corrections/", correction_views.corrections, name="corrections"),
    path("preview/<slug:token>/", preview_views.preview, name="preview"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("search/", search_page, name="search"),
    path("opensearch.xml", opensearch, name="opensearch"),
    path("tag/<uslug:slug>/", views.tag, name="tag"),
    path("author/<slug:slug>/", views.author, name="author"),
    path("author/<slug:slug>/feed.<feed:kind>", discovery.author_feed, name="author_feed"),
    path("about/<slug:key>/", views.page, name="page"),
    path("feed.<feed:kind>", discovery.site_feed, name="feed"),
    path("section/<slug:slug>/feed.<feed:kind>", discovery.section_feed, name="section_feed"),
    path("tag/<uslug:slug>/feed.<feed:kind>", discovery.tag_feed, name="tag_feed"),
]
