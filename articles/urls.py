"""The reader's addresses, below `/<lang>/`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import views
from articles.search.views import opensearch, search_page


class UnicodeSlug(StringConverter):
    """A slug in any script."""

    regex = r"[-\w]+"


register_converter(UnicodeSlug, "uslug")

app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("news/<uslug:slug>/", views.article, name="article"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("search/", search_page, name="search"),
    path("opensearch.xml", opensearch, name="opensearch"),
    path("tag/<uslug:slug>/", views.tag, name="tag"),
]
