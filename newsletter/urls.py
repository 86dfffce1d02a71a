"""The newsletter's addresses, below `/<lang>/newsletter/`. The one-click end is `/u/<token>`, in `cms.urls`."""

from django.urls import path

from newsletter import views
from newsletter.issues.views import issue, issues

app_name = "newsletter"
urlpatterns = [
    path("", views.signup, name="signup"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("issues/", issues, name="issues"),
    path("issue/<uslug:slug>/", issue, name="issue"),
]
