"""Questions and answers: on the procurement's page, at the service centre, among one's own data."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Part, Task
from consortium.templatetags.portal import day, place_name, weekday_day
from procurement.models import Question, QuestionState
from procurement.models.question import CLOSED
from procurement.pages.own import own_codes


def rows_of(user, procurement):
    """Return the questions the person may read, as the page draws them: the newest first, who asked not said."""
    own, found = own_codes(user), []
    rows = Question.objects.visible_to(user).filter(procurement=procurement)
    for row in rows.select_related("municipality", "asked_by"):
        answered = row.state == QuestionState.ANSWERED
        notes = []
        if user.is_staff:
            notes.append(
                _("Asked by %(who)s, %(name)s.")
                % {"who": row.asked_by.get_full_name(), "name": place_name(row.municipality)}
            )
        elif row.municipality.code in own:
            notes.append(_("Asked by %(name)s.") % {"name": place_name(row.municipality)})
        if answered and not row.shared:
            notes.append(_("Answered to the one who asked alone."))
        if row.corrected_at:
            notes.append(_("Answer corrected %(day)s.") % {"day": day(row.corrected_at)})
        verb = "correct" if answered else "answer"
        may = user.is_staff and row.allows(verb)
        found.append(
            {
                "when": weekday_day(row.asked_at),
                "text": row.shown,
                "language": row.language if not answered else "",
                "answer": row.answer_text if answered else "",
                "answered": weekday_day(row.answered_at) if answered else "",
                "note": " ".join(notes),
                "url": reverse(f"procurement:question_{verb}", args=[row.pk]) if may else "",
                "act": _("Correct the answer") if answered else _("Answer the question"),
            }
        )
    return found


def parts(user, procurement, today):
    """Return what has been asked and answered, shared with all who take part."""
    if not user.has_perm("procurement.read_shared"):
        return []
    rows = rows_of(user, procurement)
    note = ngettext("%(n)s question", "%(n)s questions", len(rows)) % {"n": len(rows)}
    return [
        Part(
            _("Questions and answers"),
            "procurement/parts/questions.html",
            {"rows": rows},
            note=note,
            is_list=True,
        )
    ]


def acts(user, procurement, today):
    """Return the link to ask, for those who act for a municipality."""
    if procurement.state in CLOSED or not user.has_perm("procurement.ask_question"):
        return []
    url = reverse("procurement:question_new", args=[procurement.pk])
    return [
        {"label": _("Ask about this procurement"), "url": url, "text": _("The answer is shared with all.")}
    ]


def tasks(user, today):
    """Return the questions that wait for the service centre, a line a procurement."""
    if not user.is_staff:
        return []
    waiting = {}
    for row in Question.objects.waiting().select_related("procurement"):
        waiting.setdefault(row.procurement_id, []).append(row)
    found = []
    for rows in waiting.values():
        words = ngettext("Answer %(n)s question: %(title)s", "Answer %(n)s questions: %(title)s", len(rows))
        found.append(
            Task(
                title=words % {"n": len(rows), "title": rows[0].procurement.title},
                url=rows[0].procurement.get_absolute_url(),
                text=_("The answer is shared with all who take part."),
                since=clock.date_of(rows[0].asked_at),
                kind=_("question"),
            )
        )
    return found


def my_data(user):
    """Return what the person has asked."""
    rows = Question.objects.filter(asked_by=user).select_related("municipality", "procurement").order_by("pk")
    return [
        (
            "questions",
            [
                {
                    "procurement": row.procurement.number,
                    "municipality": row.municipality.code,
                    "asked": row.asked_at,
                    "text": row.text,
                }
                for row in rows
            ],
        )
    ]
