"""People of the consortium, for the service centre alone: accounts, duties, and who works in the service centre."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock, emails, gather
from consortium.forms import PortalForm
from consortium.models import AuditEvent, Post, PostKind, User
from consortium.people_forms import STAFF, DutyEndForm, DutyForm, PersonForm
from consortium.steps import answered_before, attempt
from consortium.templatetags.portal import day, weekday_day

LONGEST, SHOWN = 100, 50  # letters of a look-up, and people it shows
both = require_http_methods(["GET", "POST"])
ACTS = {  # verb: button, consequence
    "staff": (
        gettext_lazy("Let %(who)s work as the service centre"),
        gettext_lazy("%(who)s then sees and records everything, for every municipality."),
    ),
    "unstaff": (
        gettext_lazy("Take the service centre's rights from %(who)s"),
        gettext_lazy(
            "%(who)s then sees only what other roles and duties allow. What has been recorded stays."
        ),
    ),
    "close": (
        gettext_lazy("Close the account of %(who)s"),
        gettext_lazy(
            "%(who)s can no longer sign in. Roles and duties end today; what waits stays the municipality's."
        ),
    ),
    "reopen": (
        gettext_lazy("Open the account of %(who)s again"),
        gettext_lazy(
            "%(who)s can sign in again. Roles and duties that have ended are given anew, where needed."
        ),
    ),
    "share": (
        gettext_lazy("Several people read the address of %(who)s"),
        gettext_lazy(
            "An official answer from this account then asks for the name and title of the one who answers."
        ),
    ),
    "unshare": (
        gettext_lazy("Only %(who)s reads the address"),
        gettext_lazy("An official answer from this account then carries the account's own name."),
    ),
}


def _staff_only(request):
    if not request.user.is_staff:
        raise PermissionDenied


@require_safe
def people(request):
    """Those who have a duty or work in the service centre; anybody who has an account is found by name or address."""
    _staff_only(request)
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    if words:
        chosen = User.objects.filter(Q(name__icontains=words) | Q(email__icontains=words))
    else:
        chosen = User.objects.filter(Q(is_staff=True) | Q(pk__in=Post.objects.active().values("user")))
    chosen = chosen.prefetch_related("posts").order_by("name", "email")
    today, count = clock.today(), chosen.count()
    context = {
        "words": words,
        "rows": [_row(p, today) for p in chosen[:SHOWN]],
        "count": count,
        "shown": SHOWN,
    }
    return render(request, "consortium/people.html", context)


def _row(person, today):
    """Return a person as partials/rows.html draws it."""
    kinds = [str(p.get_kind_display()) for p in person.posts.all() if _runs(p, today)]
    if person.is_superuser:
        kinds.append(_("technical administrator"))
    elif person.is_staff:
        kinds.append(_("service centre"))
    state = None if person.may_enter(today) else {"word": _("Cannot sign in"), "css": "refused"}
    text = ", ".join(kinds)
    return {
        "what": ", ".join(filter(None, [person.get_full_name(), person.title])),
        "url": reverse("person", args=[person.pk]),
        "text": text[:1].upper() + text[1:],
        "state": state,
        "note": person.email if person.name else "",
    }


def _runs(post, today):
    return post.since <= today and (post.ended_on is None or post.ended_on >= today)


@both
def person_new(request):
    """Make an account for a person of the consortium, and tell them by letter."""
    _staff_only(request)
    if before := answered_before(request) if request.method == "POST" else None:
        return before
    form = PersonForm(request.POST or None, by=request.user)
    valid = request.method == "POST" and form.is_valid()
    if valid and (answer := attempt(form, lambda: _add(by=request.user, **form.details), by=request.user)):
        messages.success(request, _("The account is made, and a letter is on its way."))
        return HttpResponseRedirect(answer)
    context = {
        "kind": _("Service centre"),
        "title": _("New person of the consortium"),
        "says": _(
            "For accountants, auditors, the steering group and the service centre. "
            "Those who act for a municipality are invited on its own page."
        ),
        "heading": _("Who, and what for"),
        "form": form,
        "button": _("Make the account and send the letter"),
        "back": {"url": reverse("people"), "label": _("Back to the people")},
    }
    return render(request, "act.html", context)


def _add(*, by, email, name, title, language, duty):
    """Make the account with its first duty, write the letter, and return the person's page."""
    person = User.objects.create_user(email, name=name, title=title, language=language)
    AuditEvent.record(person, "add_person", by=by)
    if duty == STAFF:
        person.make_staff(by=by)
    else:
        Post.give(person, duty, by=by)
    label = _("service centre") if duty == STAFF else PostKind(duty).label
    url = emails.absolute("account_request_login_code", language)
    emails.queue(
        "consortium/emails/add_person", person.email, language, about=person, by=by, duties=[label], url=url
    )
    return reverse("person", args=[person.pk])


def _person(request, pk):
    """Return the person, to the service centre alone."""
    _staff_only(request)
    return get_object_or_404(User, pk=pk)


@require_safe
def person(request, pk):
    """One person: duties, roles by municipality, and what can be done to the account."""
    found, today = _person(request, pk), clock.today()
    posts = found.posts.active(today).select_related("given_by")
    context = {
        "person": found,
        "may_enter": found.may_enter(today),
        "duties": [_duty_row(post) for post in posts],
        "parts": gather.collect(gather.PERSON, found, today),
        "acts": [_act_of(found, verb) for verb in _open_acts(found, today)],
        "kind": _("Person"),
        "title": found.get_full_name(),
        "says": _standing(found, today),
    }
    return render(request, "consortium/person.html", context)


def _standing(found, today):
    """Return in a sentence whether the person may sign in, and until when."""
    if not found.is_active:
        return _("The account has been closed.")
    if found.last_day and found.last_day < today:
        return _("Has left: the last day was %(day)s.") % {"day": day(found.last_day)}
    if found.last_day:
        return _("Leaves: the last day is %(day)s.") % {"day": day(found.last_day)}
    return _("Works in the service centre.") if found.is_staff else _("Can sign in.")


def _duty_row(post):
    row = {
        "when": weekday_day(post.since),
        "small": _("until %(day)s") % {"day": day(post.ended_on)} if post.ended_on else "",
        "what": str(post.get_kind_display()).capitalize(),
        "note": _("Given by %(who)s") % {"who": post.given_by.get_full_name()} if post.given_by else "",
    }
    if not post.ended_on:
        row["link"] = {"label": _("End the duty"), "url": reverse("duty_end", args=[post.pk])}
    return row


def _open_acts(found, today):
    """Return the verbs that make sense for the account now; the technical administrator's is left alone."""
    if found.is_superuser:
        return []
    if not found.may_enter(today):
        return ["reopen"]
    return ["unstaff" if found.is_staff else "staff", "unshare" if found.is_shared else "share", "close"]


def _act_of(found, verb):
    label = ACTS[verb][0] % {"who": found.get_full_name()}
    return {"label": label, "url": reverse("person_act", args=[found.pk, verb])}


@both
def duty_give(request, pk):
    """Give a person a duty in the consortium."""
    found = _person(request, pk)
    if before := answered_before(request) if request.method == "POST" else None:
        return before
    form = DutyForm(request.POST or None, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def give():
            Post.give(found, by=request.user, **form.details)
            return reverse("person", args=[pk])

        if answer := attempt(form, give, by=request.user):
            messages.success(request, _("The duty is given."))
            return HttpResponseRedirect(answer)
    context = {
        "says": _("The person sees what the duty lets read from its first day on."),
        "heading": _("Duty"),
        "form": form,
        "button": _("Give the duty to %(who)s") % {"who": found.get_full_name()},
    }
    return _about(request, found, context)


@both
def duty_end(request, pk):
    """End a duty with a day."""
    _staff_only(request)
    post = get_object_or_404(Post.objects.select_related("user"), pk=pk)
    if before := answered_before(request) if request.method == "POST" else None:
        return before
    form = DutyEndForm(request.POST or None, record=post, by=request.user)
    if request.method == "POST" and form.is_valid():

        def end():
            post.end(by=request.user, on=form.cleaned_data["last_day"])
            messages.success(request, _("The duty ends on %(day)s.") % {"day": day(post.ended_on)})
            if post.ended_on < form.cleaned_data["last_day"]:
                messages.info(request, _("An earlier last day had been recorded, and it stays."))
            return reverse("person", args=[post.user_id])

        if answer := attempt(form, end, by=request.user):
            return HttpResponseRedirect(answer)
    who = {"who": post.user.get_full_name(), "duty": post.get_kind_display()}
    context = {
        "says": _("%(who)s, %(duty)s: the right ends at the end of the last day.") % who,
        "heading": _("Last day"),
        "form": form,
        "button": _("End the duty: %(who)s, %(duty)s") % who,
    }
    return _about(request, post.user, context)


@both
def person_act(request, pk, verb):
    """One act on an account, its consequence in a sentence before the button."""
    found = _person(request, pk)
    if verb not in ACTS:
        raise Http404
    if before := answered_before(request) if request.method == "POST" else None:
        return before
    if found.is_superuser or verb not in _open_acts(found, clock.today()):
        messages.error(request, _("This can no longer be done; the page shows how things now stand."))
        return HttpResponseRedirect(reverse("person", args=[pk]))
    typed = request.POST if request.method == "POST" else None
    form = PortalForm(typed, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def act():
            carry = {
                "staff": found.make_staff,
                "unstaff": found.unmake_staff,
                "close": found.close,
                "reopen": found.reopen,
            }
            if verb in carry:
                carry[verb](by=request.user)
            else:
                found.share(by=request.user, shared=verb == "share")
            return reverse("person", args=[pk])

        if answer := attempt(form, act, by=request.user):
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(answer)
    label, consequence = (words % {"who": found.get_full_name()} for words in ACTS[verb])
    return _about(
        request, found, {"says": consequence, "heading": _("Account"), "form": form, "button": label}
    )


def _about(request, found, context):
    """Show a page of one act on a person."""
    back = {"url": reverse("person", args=[found.pk]), "label": _("Back to the person")}
    frame = {"kind": _("Person"), "title": found.get_full_name(), "back": back}
    return render(request, "act.html", frame | context)
