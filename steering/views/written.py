"""Urgent matters between meetings, answered in writing: the list, a matter, and its steps."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.lists import Column, ListPage
from consortium.models import AccessLog
from consortium.models.audit import AccessKind
from consortium.steps import receipt_of, take_entry, take_step
from consortium.templatetags.portal import moment, weekday_moment
from procurement.readings import OFFERS, note_reading
from steering.forms import written as forms
from steering.forms.items import OpenForm
from steering.models import Body, WrittenMatter, WrittenState
from steering.pages import written as pages

form_page = require_http_methods(["GET", "POST"])


def _rows(user):
    rows = WrittenMatter.objects.visible_to(user).select_related(
        "body", "item__meeting", "proposal__procurement", "alternative__budget", "procurement"
    )
    return rows.prefetch_related("answers", "asides")


def _state(row):
    """Return the state in words; what the clock has ended and nobody has closed is told as such."""
    if row.state == WrittenState.OPEN and row.deadline < clock.now():
        return _("the time to answer is over")
    return row.get_state_display()


def _columns(language):
    return [
        Column("number", _("Number"), lambda r: r.number, url=lambda r: r.get_absolute_url()),
        Column(
            "title",
            pgettext("what is decided", "Matter"),
            lambda r: r.title,
            order_by=(f"title_{'sv' if language == 'sv' else 'fi'}",),
        ),
        Column("state", _("State"), _state),
        Column(
            "deadline",
            _("Answer by"),
            lambda r: r.deadline,
            lambda r: weekday_moment(r.deadline),
            order_by=("deadline",),
        ),
        Column(
            "ended",
            pgettext("written procedure", "Ended"),
            lambda r: r.ended_at,
            lambda r: moment(r.ended_at) or _("Not yet"),
        ),
    ]


@login_not_required
@require_safe
def written_list(request):
    """The written procedures, the newest first; for everybody those that were settled and are public."""
    listing = ListPage(
        request,
        _rows(request.user),
        _columns(get_language()),
        caption=_("Written procedures"),
        default_sort="-deadline",
        filename="written",
    )
    if answer := listing.export():
        return answer
    may = request.user.has_perm("steering.begin_written")
    act = (
        {"url": reverse("steering:written_new"), "label": _("Send a matter to the members")} if may else None
    )
    return render(request, "steering/written_list.html", {"list": listing, "main_act": act})


@form_page
def written_new(request):
    """Send a matter to the members, who answer in writing."""
    if not request.user.has_perm("steering.begin_written"):
        raise PermissionDenied
    bodies = Body.objects.current()
    if not request.user.is_staff:
        bodies = bodies.of(request.user).distinct()
    form = forms.MatterForm(request.POST or None, by=request.user, bodies=bodies)

    def begin():
        return WrittenMatter.begin(by=request.user, **form.details)

    context = {
        "kind": _("Written procedure"),
        "title": _("Send a matter to the members"),
        "says": _(
            "For what cannot wait for a meeting. It is settled if every seat answers and nobody asks for a meeting."
        ),
        "heading": _("The matter"),
        "button": _("Send to the members"),
        "back": {"url": reverse("steering:written_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, begin, template="act.html", **context)


@login_not_required
@require_safe
def written(request, pk):
    """One matter: how it stands by the clock, its text, and for the group who has answered what."""
    found = get_object_or_404(_rows(request.user), pk=pk)
    standing = found.standing()
    if found.is_restricted() and request.user.is_authenticated:
        what = f"steering.writtenmatter {found.pk}"
        AccessLog.objects.create(kind=AccessKind.READ, user=request.user, what=what)
    context = {
        "kind": {"label": _("Written procedure"), "url": reverse("steering:written_list")},
        "title": f"{found.number} {found.title}",
        "says": pages.says(found, standing),
        "acts": pages.acts(request.user, found, standing) if request.user.is_authenticated else [],
        "receipt": pages.receipt(receipt_of(request, found), request.user),
        "parts": pages.parts(request.user, found, standing),
    }
    return render(request, "gathered.html", context)


FORMS = {
    "answer": forms.AnswerForm,
    "step_aside": forms.AsideForm,
    "put_on_agenda": forms.AgendaForm,
    "carry_out": None,
    "open": OpenForm,
}


@form_page
def written_act(request, pk, verb):
    """Take one step of a matter."""
    found = get_object_or_404(_rows(request.user), pk=pk)
    says = {
        "answer": _("The proposed decision: %(text)s") % {"text": found.proposed},
        "step_aside": _("Your own deputy is then asked by letter to answer in your place."),
        "carry_out": _(
            "The outcome is recorded on what it is about, by the number of the written procedure."
        ),
        "put_on_agenda": _("The matter with its background and proposal becomes an item of the meeting."),
        "open": _("Once it is settled, everybody can read the matter. Look through it before you answer."),
    }[verb]
    about = ""
    if verb == "answer":
        about = _(
            "You can change your answer until %(moment)s. If you ask for a meeting, the written procedure ends at once."
        ) % {"moment": weekday_moment(found.deadline)}
    context = {
        "kind": _("Written procedure"),
        "title": f"{found.number} {found.title}",
        "says": says,
        "about": about,
        "heading": _("Entry"),
        "button": pages.LABELS[verb],
        "back": {"url": found.get_absolute_url(), "label": _("Back, without an entry")},
    }
    form = FORMS[verb]
    if verb == "carry_out":
        form = _carry_out_form(request, found)
        if form is None:
            return HttpResponseRedirect(found.get_absolute_url())
    return take_step(request, found, verb, form, template="act.html", **context)


def _carry_out_form(request, found):
    """Return the form by what the matter is about, or None where nothing waits or the award has several lots."""
    if not request.user.has_perm("steering.carry_out_writtenmatter", found):
        raise PermissionDenied
    if not pages.may_carry_out(found, found.standing()):
        return None
    if found.procurement_id:
        note_reading(request.user, found.procurement, OFFERS)
    return forms.carry_out_form(found)
