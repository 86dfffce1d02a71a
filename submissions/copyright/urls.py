"""The rights holder's addresses, below `/<lang>/copyright/`."""

from django.urls import path

from submissions.copyright import counter_views, views

app_name = "copyright"
urlpatterns = [
    path("report/", views.report, name="report"),
    path("policy/", views.policy, name="policy"),
    path("case/<str:token>/", views.case, name="case"),
    path("counter/<str:token>/", counter_views.counter, name="counter"),
]
