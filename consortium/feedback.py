"""What readers say of the portal's accessibility: the form without an account, its receipt, and the answers owed."""

import datetime as dt
from urllib.parse import urlsplit

import django_filters
from allauth.core.internal import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db.models import Case, Count, DateField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import TruncDate
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock, emails
from consortium.forms import KeyedForm
from consortium.gather import Line, Task
from consortium.lists import Column, ListPage, PlainSelect
from consortium.models import AuditEvent, Feedback
from consortium.steps import answered_before, attempt
from consortium.templatetags.portal import day, weekday_day

RECEIPT = Signer(sep=".", salt="receipt of feedback")
LIMITS = {"feedback": "10/h/ip"}  # a municipality's people may share one address
LONGEST = 300  # letters of an address
WAITING, IN_TIME, LATE = "waiting", "in_time", "late"


class FeedbackForm(KeyedForm, forms.ModelForm):
    """What did not work and where; who says so only if they like."""

    class Meta:
        model = Feedback
        fields = ["text", "page", "name", "email"]
        labels = {"text": gettext_lazy("What did not work?"), "page": gettext_lazy("On which page?")}
        help_texts = {
            "text": gettext_lazy("You may also ask for a content in a form that you can use."),
            "page": gettext_lazy("Its address or name. May be left empty."),
            "email": gettext_lazy("We answer here. Without an address we mend, but cannot answer you."),
        }
        error_messages = {
            "text": {"required": gettext_lazy("Tell what did not work, for example: the map has no text.")},
            "email": {
                "invalid": gettext_lazy("This is not an e-mail address; for example name@library.example.")
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 6
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class AnswerForm(KeyedForm):
    """The service centre's answer."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write the answer.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].widget.attrs["rows"] = 8


# For everyone


@login_not_required
@require_http_methods(["GET", "POST"])
def feedback(request):
    """Take a message from anyone, signed in or not, and answer with its receipt."""
    if request.method == "GET":
        return _ask(request, FeedbackForm(initial={"page": _came_from(request)}))
    if before := answered_before(request):
        return before
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    if not _within_limit(request):
        refusal = _(
            "Many messages have come from your network within an hour, and this one was not kept. "
            "What you wrote is below: send it again in an hour, or by e-mail to the service centre."
        )
        return _ask(request, form, status=429, refusal=refusal)
    answer = attempt(form, lambda: _receive(form, request.user), by=request.user)
    return HttpResponseRedirect(answer) if answer else _ask(request, form)


def _ask(request, form, *, status=200, **context):
    return render(request, "consortium/feedback.html", {"form": form, **context}, status=status)


def _came_from(request):
    """Return the page that the reader means: as the link says, else the page of ours on which it stood."""
    said = request.GET.get("page", "").replace("\0", "").strip()
    if said:
        return said[:LONGEST]
    before = urlsplit(request.headers.get("Referer", ""))
    return before.path[:LONGEST] if before.netloc == request.get_host() else ""


def _within_limit(request):
    return bool(ratelimit.consume(request, app="consortium", action="feedback", config=LIMITS))


def _receive(form, by):
    """Keep the message with its letter of receipt. Returns the address of the receipt."""
    row = form.save(commit=False)
    row.language = get_language()
    row.save()
    AuditEvent.record(row, "receive", by=by)
    if row.email:
        emails.queue("consortium/emails/feedback_received", row.email, row.language, about=row, feedback=row)
    return reverse("feedback_received", args=[RECEIPT.sign(row.pk)])


@login_not_required
@require_safe
def feedback_received(request, receipt):
    """The receipt: number, and the day by which we answer. Tells nothing of what was written or by whom."""
    try:
        row = get_object_or_404(Feedback, pk=RECEIPT.unsign(receipt))
    except BadSignature:
        raise Http404 from None
    return render(request, "consortium/feedback_received.html", {"feedback": row, "receipt": _receipt(row)})


def _receipt(row):
    then = _("We answer by %(day)s.") if row.email else _("We look into it by %(day)s.")
    rows = [
        (_("What"), _("Feedback on accessibility")),
        (_("Number"), row.number),
        (_("When"), weekday_day(row.received_at)),
        (_("What happens next"), then % {"day": weekday_day(row.answer_by)}),
    ]
    if row.email:
        rows.append((_("Letter of receipt"), _("sent to the address that you gave")))
    return {"rows": rows}


# For the service centre


def _service_centre_only(request):
    if not request.user.is_staff:
        raise PermissionDenied


def _with_state(rows):
    """Add to each row its 14th day and whether it waits, was answered in time, or late."""
    due_on = ExpressionWrapper(
        TruncDate("received_at") + Value(dt.timedelta(days=Feedback.DAYS)), DateField()
    )
    in_time = Q(answered_at__date__lte=F("due_on"))
    return rows.annotate(due_on=due_on).annotate(
        standing=Case(
            When(answered_at__isnull=True, then=Value(WAITING)),
            When(in_time, then=Value(IN_TIME)),
            default=Value(LATE),
        )
    )


def _standings():
    return {WAITING: _("waits for an answer"), IN_TIME: _("answered in time"), LATE: _("answered late")}


class FeedbackFilter(django_filters.FilterSet):
    """By whether it has been answered."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        field_name="standing",
        choices=[
            (WAITING, gettext_lazy("waits for an answer")),
            (IN_TIME, gettext_lazy("answered in time")),
            (LATE, gettext_lazy("answered late")),
        ],
        empty_label=gettext_lazy("any"),
        widget=PlainSelect({"class": "form-select"}),
    )

    class Meta:
        model = Feedback
        fields = ["state"]


def _columns():
    states = _standings()
    return [
        Column(
            "number",
            _("Number"),
            lambda r: r.number,
            url=lambda r: r.get_absolute_url(),
            order_by=("received_at",),
            css="keep",
        ),
        Column("text", _("Message"), lambda r: r.text, lambda r: Truncator(r.text).chars(80)),
        Column("page", _("Page"), lambda r: r.page, lambda r: r.page or _("not said")),
        Column(
            "received",
            _("Received"),
            lambda r: clock.date_of(r.received_at),
            lambda r: day(r.received_at),
            order_by=("received_at",),
        ),
        Column(
            "due",
            _("Answer by"),
            lambda r: r.answer_by,
            lambda r: weekday_day(r.answer_by),
            order_by=("due_on",),
        ),
        Column("state", _("State"), lambda r: states[r.standing], order_by=("standing",)),
        Column(
            "answered",
            _("Answered"),
            lambda r: clock.date_of(r.answered_at),
            lambda r: day(r.answered_at) or _("not yet"),
            order_by=("answered_at",),
        ),
    ]


def counts():
    """Return how many messages wait, were answered in time, and were answered late."""
    rows = _with_state(Feedback.objects.all()).order_by().values_list("standing").annotate(n=Count("pk"))
    return {WAITING: 0, IN_TIME: 0, LATE: 0} | dict(rows)


@require_safe
def feedback_list(request):
    """All messages with their 14th days, and how many were answered in time."""
    _service_centre_only(request)
    listing = ListPage(
        request,
        _with_state(Feedback.objects.all()),
        _columns(),
        filterset=FeedbackFilter,
        caption=_("Feedback on accessibility"),
        default_sort="-received",
        filename="accessibility-feedback",
    )
    found = counts()
    context = {"list": listing, "waiting": found[WAITING], "in_time": found[IN_TIME], "late": found[LATE]}
    return listing.export() or render(request, "consortium/feedback_list.html", context)


@require_http_methods(["GET", "POST"])
def feedback_answer(request, pk):
    """Read one message and answer it, once; the answer goes to the address that was given, if any."""
    _service_centre_only(request)
    row = get_object_or_404(Feedback.objects.select_related("answered_by"), pk=pk)
    form = None
    if request.method == "POST":
        if before := answered_before(request):
            return before
        form = AnswerForm(request.POST)
        if form.is_valid():
            answer = attempt(
                form, lambda: _reply(row, form.cleaned_data["answer"], request.user), by=request.user
            )
            if answer:
                return HttpResponseRedirect(answer)
            row.refresh_from_db()
    elif not row.answered_at:
        form = AnswerForm()
    return render(request, "consortium/feedback_answer.html", {"feedback": row, "form": form})


def _reply(row, answer, by):
    row.reply(by=by, answer=answer)
    if row.email:
        emails.queue("consortium/emails/feedback_answered", row.email, row.language, about=row, feedback=row)
    return row.get_absolute_url()


# What it puts on the service centre's front page


def tasks(user, today):
    """Return each message that waits for its answer, due on its 14th day."""
    if not user.is_staff:
        return []
    return [
        Task(
            title=_("Answer the feedback on accessibility %(number)s") % {"number": row.number},
            url=row.get_absolute_url(),
            text=Truncator(row.text).chars(120),
            note=_("It came on %(day)s. An answer is owed within 14 days.")
            % {"day": weekday_day(row.received_at)},
            due_on=row.answer_by,
            since=clock.date_of(row.received_at),
            kind=_("the 14th day of the feedback"),
        )
        for row in Feedback.objects.unanswered()
    ]


def line():
    """Return the line of the year: what waits and what was answered, each count with its list."""
    found, where = counts(), reverse("feedback_list")
    return Line(
        _("Feedback on accessibility"),
        [(word, found[state], f"{where}?state={state}") for state, word in _standings().items()],
    )
