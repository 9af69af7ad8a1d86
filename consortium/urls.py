"""The only place where addresses are put together. Finnish has no prefix; Swedish and English have theirs."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from consortium import feedback, my_account, outbox, people, views

handler400 = "consortium.views.bad_request"
handler403 = "consortium.views.forbidden"
handler404 = "consortium.views.not_found"
handler429 = "consortium.views.too_many_requests"  # asked for by allauth, by this name
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
        path("outbox/", outbox.outbox, name="outbox"),
        path("outbox/<int:pk>/", outbox.letter, name="letter"),
        path("outbox/<int:pk>/correct/", outbox.letter_correct, name="letter_correct"),
        path("outbox/<int:pk>/again/", outbox.letter_again, name="letter_again"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("accessibility/feedback/", feedback.feedback, name="feedback"),
        path("accessibility/feedback/all/", feedback.feedback_list, name="feedback_list"),
        path("accessibility/feedback/<int:pk>/", feedback.feedback_answer, name="feedback_answer"),
        path(
            "accessibility/feedback/received/<str:receipt>/",
            feedback.feedback_received,
            name="feedback_received",
        ),
        path("privacy/", views.privacy, name="privacy"),
        path("questions/", views.questions, name="questions"),
        path("account/", my_account.account, name="account"),
        path("account/calendar/", my_account.feed_renew, name="feed_renew"),
        path("account/data/", my_account.my_data, name="my_data"),
        path("calendar/<uuid:key>.ics", my_account.feed, name="feed"),
        path("duties/", my_account.duties, name="duties"),
        path("people/", people.people, name="people"),
        path("people/new/", people.person_new, name="person_new"),
        path("people/<int:pk>/", people.person, name="person"),
        path("people/<int:pk>/duty/", people.duty_give, name="duty_give"),
        path("people/duty/<int:pk>/", people.duty_end, name="duty_end"),
        path("people/<int:pk>/<slug:verb>/", people.person_act, name="person_act"),
        path("account/", include("consortium.account_urls")),
        path("administration/", admin.site.urls),
        path("", include("members.urls")),
        path("", include("procurement.urls")),
        path("steering/", include("steering.urls")),
        prefix_default_language=False,
    ),
]
if not settings.PRODUCTION:
    urlpatterns += i18n_patterns(
        path("mailbox/", views.mailbox_page, name="mailbox"),
        path("mailbox/<int:key>/<int:number>/", views.mailbox_file, name="mailbox_file"),
        prefix_default_language=False,
    )
