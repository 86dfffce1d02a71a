"""The reader's addresses, below `/<lang>/`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import correction_views, views


class UnicodeSlug(StringConverter):
    """A slug in any script."""

    regex = r"[-\w]+"


register_converter(UnicodeSlug, "uslug")

app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("news/<uslug:slug>/", views.article, name="article"),
    path("news/<uslug:slug>/correction/", correction_views.report, name="correction"),
    path("news/<uslug:slug>/correction/sent/", correction_views.sent, name="correction_sent"),
    path("corrections/", correction_views.corrections, name="corrections"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("tag/<uslug:slug>/", views.tag, name="tag"),
]
