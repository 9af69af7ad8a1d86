"""The answers of a round as rows of a list: where each municipality is, in a word that can be filtered and sorted."""

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Role
from procurement.models import Answer, AnswerKind, AnswerReminder, AnswerVersion, RulingKind

LATE, CONDITIONAL, SILENT, REFUSED = "late", "conditional", "silent", "refused"
SHOWN = {
    AnswerKind.COMMITTED: AnswerKind.COMMITTED.label,
    CONDITIONAL: _("committed with a reservation, counts as interested"),
    AnswerKind.INTERESTED: AnswerKind.INTERESTED.label,
    AnswerKind.PREPARING: _("in its own preparation"),
    SILENT: pgettext_lazy("answer", "no answer"),
    AnswerKind.DECLINED: AnswerKind.DECLINED.label,
    LATE: _("came late, to be decided"),
    REFUSED: _("came late, not accepted"),
    AnswerKind.WITHDRAWN: AnswerKind.WITHDRAWN.label,
}


def listed(*rounds):
    """Return the answers of rounds, each with ``shown``: a key of SHOWN, late ones before what stood earlier."""
    said = AnswerVersion.objects.filter(answer=OuterRef("pk"))
    reminders = AnswerReminder.objects.filter(answer=OuterRef("pk"))
    accepted = Q(condition_ruling=RulingKind.CONDITION_ACCEPTED)
    conditional = Q(standing__kind=AnswerKind.COMMITTED) & ~Q(standing__reservation="")
    rows = Answer.objects.filter(round__in=rounds).with_ruling().with_late()
    return rows.select_related("standing__given_by").annotate(
        shown=Case(
            When(is_late=True, then=Value(LATE)),
            When(Q(standing__isnull=True) & Exists(said), then=Value(REFUSED)),
            When(standing__isnull=True, then=Value(SILENT)),
            When(conditional & Q(condition_ruling__isnull=True), then=Value(CONDITIONAL)),
            When(conditional & ~accepted, then=Value(CONDITIONAL)),
            default=F("standing__kind"),
            output_field=CharField(),
        ),
        reminded_on=Subquery(reminders.order_by("-on").values("on")[:1]),
        is_answered_for=Exists(
            Role.objects.representing().filter(municipality=OuterRef("municipality"), user__is_active=True)
        ),
    )


def counts(*rounds):
    """Return {round's id: {key of SHOWN: how many}}, all keys there, in one question to the database."""
    rows = listed(*rounds).order_by().values_list("round", "shown").annotate(n=Count("pk"))
    found = {round_.pk: dict.fromkeys(SHOWN, 0) for round_ in rounds}
    for pk, shown, n in rows:
        found[pk][shown] += n
    return found
