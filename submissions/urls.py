"""The contributor's addresses, below `/<lang>/`."""

from django.urls import path

from submissions import draft_views, receipt_views, views
from submissions.checks.views import check
from submissions.guidelines.views import changes, guidelines

app_name = "submissions"
urlpatterns = [
    path("submit/", views.submit, name="submit"),
    path("submit/check/", check, name="check"),
    path("submit/draft/", draft_views.draft_ask, name="draft_ask"),
    path("submit/draft/<str:token>/", draft_views.draft, name="draft"),
    path("guidelines/", guidelines, name="guidelines"),
    path("guidelines/v<int:number>/", guidelines, name="guidelines_version"),
    path("guidelines/v<int:number>/changes/", changes, name="guidelines_changes"),
    path("receipt/", receipt_views.receipt_ask, name="receipt_ask"),
    path("receipt/<str:token>/", receipt_views.receipt, name="receipt"),
]
