"""The path of an accession as its page tells it: one sentence of state, what is done, what is now, what comes."""

import datetime as dt

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from consortium.templatetags.portal import day, long_weekday_day, weekday_day
from members.models import AccessionState, AppealState, Outcome

DECIDED = {AccessionState.APPROVED, AccessionState.FINAL, AccessionState.CONFIRMED}


def says(accession, today):
    """Return the status in one sentence: how things stand, the next date, and who acts."""
    state, offer, deciding = accession.state, accession.offer, accession.deciding
    if state == AccessionState.PREPARED:
        return _("The joining package has not been sent yet. The service centre sends it.")
    if state == AccessionState.SENT:
        return _(
            "The package has been sent. The municipality decides; the decision should be legally final by %(day)s."
        ) % {"day": long_weekday_day(offer.decide_by)}
    if state == AccessionState.IN_PREPARATION:
        return _in_preparation(accession, today)
    if state == AccessionState.CONDITIONAL:
        return _(
            "Approved with a change or condition. It is not yet a joining: Helsinki's lawyer considers it."
        )
    if state == AccessionState.APPROVED:
        return _approved(deciding, today)
    if state == AccessionState.FINAL:
        if not accession.signed_on:
            return _("The decision is legally final. The municipality has still to sign the agreement.")
        return _("The decision is legally final and the agreement signed. Helsinki confirms the joining.")
    if state == AccessionState.CONFIRMED:
        return _membership(accession.membership, today)
    if state == AccessionState.REJECTED and accession.view_on:
        return _(
            "Helsinki cannot accept the change or condition. The municipality may decide on the matter again."
        )
    if state == AccessionState.REJECTED:
        return _("Not joining. Thank you for considering the matter; nothing more is asked.")
    return _("The matter has been stopped: %(reason)s") % {"reason": accession.closing_reason}


def _in_preparation(accession, today):
    last = accession.standing[-1] if accession.standing else None
    if accession.meeting_on and accession.meeting_on >= today:
        return _("%(body)s decides on %(day)s. Nothing is asked before that.") % {
            "body": _capital(accession.get_meeting_body_display()),
            "day": long_weekday_day(accession.meeting_on),
        }
    if accession.meeting_on:
        return _("The meeting was on %(day)s. What was decided?") % {
            "day": long_weekday_day(accession.meeting_on)
        }
    if last:
        return _("%(body)s: %(outcome)s on %(day)s. The matter goes on in the municipality.") % {
            "body": _capital(last.body_shown),
            "outcome": last.get_outcome_display(),
            "day": long_weekday_day(last.meeting_on),
        }
    return _("The matter is in the municipality's preparation.")


def _approved(deciding, today):
    state = deciding.appeal_state(today)
    if state == AppealState.NOT_PUBLISHED:
        return _("Approved. The day on which the minutes were published online is still needed.")
    if state == AppealState.ASK:
        if deciding.stated_final_on:
            return _(
                "Approved. By the municipality's word final on %(day)s; finality is not yet confirmed."
            ) % {"day": long_weekday_day(deciding.stated_final_on)}
        return _("Approved. The municipality is asked on which day the decision becomes legally final.")
    if state == AppealState.RUNNING:
        return _("Approved. The appeal period is running and ends on %(day)s.") % {
            "day": long_weekday_day(deciding.last_appeal_day)
        }
    return _("The appeal period ended on %(day)s. Time is over, absence of appeal not yet confirmed.") % {
        "day": long_weekday_day(deciding.last_appeal_day)
    }


def _membership(membership, today):
    if membership.last_day and membership.last_day < today:
        return _("The membership ended on %(day)s.") % {"day": day(membership.last_day)}
    if membership.starts_on > today:
        return _("Joining confirmed. The membership begins on %(day)s by itself.") % {
            "day": long_weekday_day(membership.starts_on)
        }
    return _("Member since %(day)s.") % {"day": day(membership.starts_on)}


def _capital(text):
    text = str(text)
    return text[:1].upper() + text[1:]


def steps(accession, today):
    """Return the steps for partials/path.html: what is done with its dates, what is now, what is expected."""
    done, coming = [], []
    state, deciding = accession.state, accession.deciding
    closed = state in {AccessionState.REJECTED, AccessionState.STOPPED}

    def put(is_done, step):
        (done if is_done else coming).append(step)

    sent = {
        "title": _("Joining package to the registry and the library director"),
        "note": _sent_note(accession),
    }
    put(bool(accession.sent_at), sent | {"when": weekday_day(accession.sent_at) if accession.sent_at else ""})
    for decision in accession.standing:
        done.append(_decision_step(decision))
    if not deciding and not closed:
        when = weekday_day(accession.meeting_on) if accession.meeting_on else ""
        coming.append(
            {"title": _("The municipality decides"), "when": when, "note": _deadline_note(accession)}
        )
    if state == AccessionState.CONDITIONAL or accession.view_on:
        put(
            bool(accession.view_on),
            {
                "title": _("Helsinki's view on the change"),
                "when": weekday_day(accession.view_on),
                "note": accession.view,
            },
        )
    if not closed:
        _later_steps(accession, today, put)
    return _with_states(done, coming)


def _later_steps(accession, today, put):
    deciding = accession.deciding
    signed = {
        "title": _("The municipality signed the agreement")
        if accession.signed_on
        else _("The municipality signs the agreement"),
        "note": accession.signatory or _sign_note(accession),
    }
    finality = {
        "title": _("Finality confirmed by a person"),
        "note": _finality_note(accession),
        "reckon": reckoning(deciding) if deciding and not accession.finality_on else [],
        "reckon_label": _("How the appeal period is reckoned"),
        "law": _(
            "Local Government Act sections 134, 138 and 140; Act on the Calculation of Time sections 2 and 5."
        )
        if deciding and deciding.known_on
        else "",
    }
    title = (
        _("Helsinki confirmed the joining") if accession.confirmed_on else _("Helsinki confirms the joining")
    )
    confirmed = {"title": title, "note": _confirmed_note(accession)}
    pair = [(accession.finality_on, finality), (accession.signed_on, signed)]  # either may come first (143 §)
    pair.sort(key=lambda item: item[0] or dt.date.max)
    for happened_on, step in [*pair, (accession.confirmed_on, confirmed)]:
        put(bool(happened_on), step | {"when": weekday_day(happened_on)})
    membership = getattr(accession, "membership", None)
    starts_on = membership.starts_on if membership else accession.offer.joins_on
    put(
        bool(membership and starts_on <= today),
        {
            "title": _("The membership begins"),
            "when": weekday_day(starts_on),
            "also": "" if membership else _("at the earliest"),
            "note": _("The public list changes on the same day."),
        },
    )


def _with_states(done, coming):
    for step in done:
        step["state"] = "done"
    for index, step in enumerate(coming):
        step["state"] = "now" if index == 0 else "coming"
        step["when"] = step["when"] or (_("Now") if index == 0 else _("expected"))
        if index:
            step.pop("reckon", None)
            step.pop("law", None)
    return done + coming


def _sent_note(accession):
    version = _("Version %(number)s of the agreement.") % {"number": accession.offer.version.number}
    if accession.opened_at:
        return f"{version} " + _("Link first opened on %(day)s.") % {"day": day(accession.opened_at)}
    return version


def _sign_note(accession):
    return _("The municipality can sign already now.") if accession.deciding else ""


def _deadline_note(accession):
    return _("Should be legally final by %(day)s.") % {"day": weekday_day(accession.offer.decide_by)}


def _decision_step(decision):
    section = f" § {decision.section}" if decision.section else ""
    notes = [decision.case_number]
    if decision.extract:
        url = reverse("members:extract", args=[decision.pk])
        notes.append(format_html('<a href="{}">{}</a>', url, _("Extract of the minutes")))
    if decision.published_on:
        notes.append(_("Minutes published online on %(day)s") % {"day": weekday_day(decision.published_on)})
    if decision.on_behalf:
        notes.append(_("Recorded by the service centre on behalf of the municipality"))
    if decision.answered_by:
        notes.append(_("Answered by %(who)s") % {"who": decision.answered_by})
    if wrong := getattr(decision, "moved_from", None):
        facts = {"name": wrong.accession.municipality.name, "reason": decision.correction_reason}
        notes.append(_("Moved here from %(name)s: %(reason)s") % facts)
    notes = [n for n in notes if n]
    note = notes[0] if notes else ""
    for more in notes[1:]:
        note = format_html("{}. {}", note, more)
    return {
        "title": f"{_capital(decision.body_shown)}{section}: {decision.get_outcome_display()}",
        "when": weekday_day(decision.meeting_on),
        "note": note,
        "body": decision.condition if decision.outcome == Outcome.APPROVED_CHANGED else "",
    }


def reckoning(decision):
    """Return the lines of the reckoning, or none where nothing is reckoned."""
    if not decision.known_on:
        return []
    days = decision.remedy.days
    return [
        (_("Minutes published online"), weekday_day(decision.published_on)),
        (_("Deemed known on the 7th day from publication"), weekday_day(decision.known_on)),
        (_("Period of %(days)s days, last day") % {"days": days}, weekday_day(decision.last_appeal_day)),
        (_("Legally final at the earliest"), weekday_day(decision.final_on)),
    ]


def _finality_note(accession):
    if accession.finality_on:
        return f"{_capital(accession.get_finality_ground_display())}: {accession.finality_note}"
    return _(
        "The date alone does not tell whether anyone has appealed: a person records finality on a ground."
    )


def _confirmed_note(accession):
    if accession.confirmed_on:
        return (
            f"{accession.confirmed_body} § {accession.confirmed_section}, {accession.confirmed_case_number}"
        )
    return _("Confirming requires recorded finality and the signature.")
