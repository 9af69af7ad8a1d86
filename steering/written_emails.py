"""The letters of written procedures. What is restricted is named by its number alone."""

from consortium import emails


def _tell(template, user, matter, **context):
    swedish = user.language == "sv"
    body, url = matter.body, emails.absolute("steering:written", user.language, pk=matter.pk)
    title = "" if matter.is_restricted() else (matter.title_sv if swedish else matter.title_fi)
    emails.queue(
        f"steering/emails/{template}",
        user.email,
        user.language,
        about=matter,
        matter=matter,
        title=title,
        body_name=body.name_sv if swedish else body.name_fi,
        url=emails.personal(url, user),
        **context,
    )


def asked(matter, user):
    """Ask a member to answer by the deadline; what silence does stands in the letter."""
    _tell("written_asked", user, matter)


def asked_deputy(matter, deputy, member):
    """Ask a member's own deputy to answer in the member's place."""
    _tell("written_deputy", deputy, matter, member=member.get_full_name())


def ended(matter, user):
    """Tell one who could answer how the matter ended."""
    _tell("written_ended", user, matter)
