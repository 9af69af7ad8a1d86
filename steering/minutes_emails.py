"""The letters of minutes: to those who check them, and back. No item's text stands in them: it may be restricted."""

from consortium import emails


def _tell(template, user, minutes, **context):
    meeting = minutes.meeting
    url = emails.absolute("steering:minutes", user.language, pk=meeting.pk)
    emails.queue(
        f"steering/emails/{template}",
        user.email,
        user.language,
        about=minutes,
        meeting=meeting,
        body_name=meeting.body.name_sv if user.language == "sv" else meeting.body.name_fi,
        url=emails.personal(url, user),
        **context,
    )


def asked_to_check(minutes, checker):
    """Ask a checker to read the minutes and to approve them or say what should be corrected."""
    _tell("minutes_check", checker, minutes)


def remarked(minutes, remark):
    """Tell the one who sent the minutes to be checked that a checker wants something corrected."""
    _tell("minutes_remark", minutes.sent_by, minutes, who=remark.by.get_full_name())
