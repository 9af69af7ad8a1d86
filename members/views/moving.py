"""An entry that was made for the wrong municipality is moved to the right one."""

from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from consortium.templatetags.portal import weekday_day
from members.forms.moving import MoveForm
from members.views.accession import accession_of, step_of, step_page


@step_page
def accession_move(request, pk, decision):
    """Move a recorded decision, after saying what it is and what follows."""
    record = accession_of(request, pk)
    wrong = get_object_or_404(record.decisions.filter(recorded_at__isnull=False), pk=decision)

    def form(*args, **kwargs):
        return MoveForm(*args, decision=wrong, **kwargs)

    about = _("%(body)s, %(day)s, %(outcome)s: it no longer counts here, and is recorded for the other one.")
    facts = {
        "body": capfirst(wrong.body_shown),
        "day": weekday_day(wrong.meeting_on),
        "outcome": wrong.get_outcome_display(),
    }
    return step_of(request, pk, "move", form, about=about % facts)
