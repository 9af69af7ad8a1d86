"""One's own account: name and language, what one may do, the calendar, one's own data."""

import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from consortium import clock, gather
from consortium.forms import EditForm, PortalForm
from consortium.models import AccessLog, AuditEvent, Language, OutgoingEmail, PostKind, User
from consortium.models.mail import Priority
from consortium.rows import row
from consortium.steps import answered_before, carry_out
from consortium.templatetags.portal import weekday_day


class AccountForm(EditForm):
    """What people say of themselves, and in which language they are written to."""

    class Meta:
        model = User
        fields = ["name", "title", "language", "wants_summaries"]
        labels = {
            "name": gettext_lazy("Name"),
            "title": gettext_lazy("Title"),
            "language": gettext_lazy("Language of pages and letters"),
            "wants_summaries": gettext_lazy("Send me summaries by mail"),
        }
        help_texts = {
            "title": gettext_lazy("For example Director of Library Services. May be left empty."),
            "wants_summaries": gettext_lazy(
                "Letters about decisions, deadlines and your right to sign in always come: they cannot be turned off."
            ),
        }
        widgets = {"language": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["language"].choices = Language.choices


@require_http_methods(["GET", "POST"])
def account(request):
    """My details: one form, and below it what I may do, by whose word, and how to leave."""
    if before := answered_before(request) if request.method == "POST" else None:
        return before
    person = User.objects.get(pk=request.user.pk)  # the form writes on it before it is known to be right
    form = AccountForm(request.POST or None, instance=person)
    if request.method == "POST":
        with transaction.atomic():  # the form locks the row it is held against until it is saved
            answer = carry_out(form, lambda: _save(form), by=request.user) if form.is_valid() else None
        if answer:
            with translation.override(person.language):
                messages.success(request, _("Saved."))
            return HttpResponseRedirect(answer)
    today = clock.today()
    context = {
        "form": form,
        "key_form": PortalForm(),
        "parts": gather.collect(gather.ACCOUNT, request.user, today),
        "duties": duty_rows(request.user, today),
        "feed_url": _feed_url(request.user),
        "is_staff": request.user.is_staff,
    }
    return render(request, "consortium/account.html", context)


def _save(form):
    """Save, and return the page in the language that was chosen."""
    form.save()
    changed = [name for name in form.changed_data if name in form._meta.fields]
    AuditEvent.record(form.instance, "edit", by=form.instance, fields=changed)
    with translation.override(form.instance.language):
        return reverse("account")


def duty_rows(user, today):
    """Return a person's duties in the consortium as partials/rows.html draws them."""
    rows = user.posts.active(today).select_related("given_by")
    return [
        {
            "when": weekday_day(post.since),
            "small": _("until %(day)s") % {"day": weekday_day(post.ended_on)} if post.ended_on else "",
            "what": str(post.get_kind_display()).capitalize(),
            "note": _("Given by the service centre"),
        }
        for post in rows
    ]


# --- Duties' own front page, and their hats ---------------------------------------------------------------


@require_safe
def duties(request):
    """The front page of one who has a duty in the consortium: what waits, deadlines first, then what can be read."""
    kinds = request.user.duties
    if not kinds:
        raise Http404
    today = clock.today()
    tasks = sorted(gather.collect(gather.DUTY_TASKS, request.user, today), key=gather.by_deadline)
    context = {
        "title": ", ".join(_labels(kinds)),
        "audits": PostKind.AUDITOR in kinds,
        "waiting": [row(task, today) for task in tasks],
        "first_due": next((task.due_on for task in tasks if task.due_on and task.due_on >= today), None),
        "parts": gather.collect(gather.DUTIES, request.user, today),
    }
    return render(request, "consortium/duties.html", context)


def _labels(kinds):
    """Return the duties in words, in the order in which they are listed, the first with a capital letter."""
    labels = [str(kind.label) for kind in PostKind if kind in kinds]
    return [label[:1].upper() + label[1:] if n == 0 else label for n, label in enumerate(labels)]


def hats(user, request, worn_elsewhere):
    """Return the hat of the person's duties, or none; read on one's front pages and kept for the day's others."""
    url, today = reverse("duties"), clock.today().isoformat()
    match = request.resolver_match
    anew = match is not None and match.url_name in {"home", "duties", "member_home"}
    kept = request.session.get("duties")
    if kept and kept[0] == today and not anew:
        kinds = kept[1]
    else:
        kinds = sorted(user.duties)
        if anew and kept != [today, kinds]:
            request.session["duties"] = [today, kinds]
    if not kinds:
        return []
    return [
        {"label": ", ".join(_labels(kinds)), "url": url, "current": request.path == url or not worn_elsewhere}
    ]


# --- The calendar -----------------------------------------------------------------------------------------


def _feed_url(user):
    return f"{settings.ADDRESS}{reverse('feed', args=[user.feed_key])}" if user.feed_key else ""


@require_POST
def feed_renew(request):
    """Give the calendar a new address; the old one opens nothing any more."""
    form = PortalForm(request.POST)
    form.is_valid()

    def renew():
        User.objects.filter(pk=request.user.pk).update(feed_key=uuid.uuid4())
        AuditEvent.record(request.user, "renew_feed", by=request.user)
        return f"{reverse('account')}#calendar"

    answer = carry_out(form, renew, by=request.user)
    messages.success(request, _("The calendar has a new address. An earlier one no longer works."))
    return HttpResponseRedirect(answer)


@login_not_required
@require_safe
def feed(request, key):
    """The person's days for a calendar program, which cannot sign in: whoever has the address may read them."""
    person = User.objects.filter(feed_key=key).first()
    if person is None or not person.may_enter():
        raise Http404
    with translation.override(person.language):
        content = _calendar(person).to_ical()
    headers = {"Content-Disposition": 'inline; filename="calendar.ics"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _calendar(person):
    calendar = Calendar()
    calendar.add("prodid", "-//Consortium of Public Libraries//portal//FI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Consortium of Public Libraries"))
    for occasion in gather.collect(gather.FEED, person, clock.today()):
        event = Event()
        event.add("uid", f"{occasion.key}@{settings.ADDRESS.rpartition('//')[2]}")
        event.add("dtstamp", clock.now())
        event.add("dtstart", occasion.on)
        event.add("summary", occasion.title)
        event.add("url", occasion.url)
        event.add("description", "\n".join(filter(None, [occasion.text, occasion.url])))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar


# --- My data ----------------------------------------------------------------------------------------------


@require_safe
def my_data(request):
    """Everything the portal keeps about the person, as a file; nothing about others."""
    data = {"made": clock.now(), "account": _account_of(request.user)}
    data |= dict(own_data(request.user))
    data |= dict(gather.collect(gather.MY_DATA, request.user))
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="my-data-{clock.today():%Y-%m-%d}.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _account_of(user):
    names = ["email", "name", "title", "language", "is_staff", "is_shared", "last_day", "wants_summaries"]
    return {name: getattr(user, name) for name in names} | {"since": user.joined_at}


def own_data(user):
    """Yield (name, data) of what the kernel keeps: duties, sign-ins, letters and official acts by their numbers."""
    posts = user.posts.order_by("since", "pk").values("kind", "since", "ended_on")
    yield "duties", list(posts)
    yield (
        "sign_ins",
        list(AccessLog.objects.filter(user=user).order_by("at", "pk").values("at", "kind", "what")),
    )
    letters = OutgoingEmail.objects.filter(to__iexact=user.email).exclude(priority=Priority.CODE)
    yield "letters", list(letters.order_by("pk").values("queued_at", "subject", "state", "sent_at"))
    acts = AuditEvent.objects.filter(by=user).order_by("at", "pk").values("pk", "at", "verb")
    yield "acts", [{"number": act["pk"], "at": act["at"], "act": act["verb"]} for act in acts]
