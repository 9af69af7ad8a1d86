"""The only place where addresses are put together. Finnish has no prefix; Swedish and English have theirs."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from consortium import views

handler400 = "consortium.views.bad_request"
handler403 = "consortium.views.forbidden"
handler404 = "consortium.views.not_found"
handler500 = "consortium.views.server_error"

admin.site.login = secure_admin_login(admin.site.login)  # the same codes and limits as everywhere

urlpatterns = [
    path("health/", views.health, name="health"),
    *i18n_patterns(
        path("", views.front, name="front"),
        path("home/", views.home, name="home"),
        path("home/<slug:code>/", views.member_home, name="member_home"),
        path("municipality/<slug:code>/", views.municipality, name="municipality"),
        path("search/", views.search, name="search"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("privacy/", views.privacy, name="privacy"),
        path("questions/", views.questions, name="questions"),
        path("account/", include("consortium.account_urls")),
        path("administration/", admin.site.urls),
        path("", include("members.urls")),
        prefix_default_language=False,
    ),
]
if not settings.PRODUCTION:
    urlpatterns += i18n_patterns(
        path("mailbox/", views.mailbox_page, name="mailbox"),
        path("mailbox/<int:key>/<int:number>/", views.mailbox_file, name="mailbox_file"),
        prefix_default_language=False,
    )
