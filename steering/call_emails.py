"""The letters of calls and date polls: one function a message. Nothing of the items is told: they may be restricted."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium import clock, emails
from steering.invitation import Contact, Invitation, Method, Part, request_for, uid_of, withdrawal_for

PARTS = {"expert": Part.GUEST, "secretary": Part.SEATED, "member": Part.SEATED}


def invitation_of(meeting, language, *, is_cancelled=False):
    """Return what calendars are told of a meeting in a language."""
    with override(language):
        link = _("Take part from afar: %(link)s") % {"link": meeting.link} if meeting.link else ""
        return Invitation(
            uid=uid_of(meeting.key, settings.ADDRESS),
            title=_("%(body)s: meeting %(number)s") % {"body": meeting.body.name, "number": meeting.number},
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            organizer=Contact(_("Consortium of Public Libraries"), settings.CONTACT_EMAIL),
            changed_at=meeting.changed_at,
            place=meeting.place,
            url=emails.absolute("steering:meeting", language, pk=meeting.pk),
            text=link,
            sequence=meeting.sequence,
            is_cancelled=is_cancelled,
        )


def calendar_of(call, meeting, *, withdrawn=False, is_cancelled=False):
    """Return (method, bytes) of a person's own calendar file."""
    user = call.user
    invitation = invitation_of(meeting, user.language, is_cancelled=is_cancelled)
    contact = Contact(user.get_full_name(), user.email)
    part = Part.CHAIR if call.term.office == "chair" else PARTS[call.term.seat.kind]
    if withdrawn:
        return Method.CANCEL, withdrawal_for(invitation, contact, at=clock.now(), part=part)
    method = Method.CANCEL if is_cancelled else Method.REQUEST
    return method, request_for(invitation, contact, part=part)


def _write(template, call, meeting, *, papers=(), calendar, **context):
    user = call.user
    file = call.calendar_file(meeting, *calendar)
    url = emails.absolute("steering:meeting", user.language, pk=meeting.pk)
    emails.queue(
        f"steering/emails/{template}",
        user.email,
        user.language,
        about=call,
        attachments=[*papers, file],
        url=emails.personal(url, user),
        call=call,
        meeting=meeting,
        body=_name(meeting.body, user.language),
        **context,
    )


def _name(body, language):
    return body.name_sv if language == "sv" else body.name_fi


def called(call, meeting, papers, instead=None):
    """Call one person, a deputy in the name of the member ``instead``; the public agenda goes along."""
    wanted = "sv" if call.user.language == "sv" else "fi"
    own = [paper for paper in papers if paper.language == wanted]
    template = "meeting_called"
    member = ""
    if call.as_deputy:
        template = "meeting_called_deputy"
        member = instead.user.get_full_name() if instead else ""
    _write(template, call, meeting, papers=own, calendar=calendar_of(call, meeting), member=member)


def changed(call, meeting, before):
    """Tell one person that the meeting has another time or place; an answer is asked for anew where the time moved."""
    moved = before != meeting.starts_at
    _write("meeting_changed", call, meeting, calendar=calendar_of(call, meeting), before=before, moved=moved)


def cancelled(call, meeting):
    """Tell one person that the meeting is not held, and why."""
    reason = meeting.cancelled_sv if call.user.language == "sv" else meeting.cancelled_fi
    _write(
        "meeting_cancelled",
        call,
        meeting,
        calendar=calendar_of(call, meeting, is_cancelled=True),
        reason=reason,
    )


def released(call, meeting, instead=None, because=""):
    """Tell one person that the call no longer stands, and why (``Call.release``)."""
    member = instead.user.get_full_name() if instead else ""
    file = calendar_of(call, meeting, withdrawn=True)
    _write("meeting_released", call, meeting, calendar=file, member=member, because=because)


def poll_asked(poll, people):
    """Ask people which days fit them."""
    _poll("poll_asked", poll, people)


def poll_chosen(poll, people):
    """Tell those who were asked which day was chosen; the call follows with the papers."""
    _poll("poll_chosen", poll, people)


def _poll(template, poll, people):
    meeting = poll.meeting
    for user in people:
        url = emails.absolute("steering:poll", user.language, pk=meeting.pk)
        facts = {"poll": poll, "meeting": meeting, "body": _name(meeting.body, user.language)}
        emails.queue(
            f"steering/emails/{template}",
            user.email,
            user.language,
            about=meeting,
            url=emails.personal(url, user),
            **facts,
        )
