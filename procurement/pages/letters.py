"""How the letters of wishes, questions and groups are called."""

from django.utils.translation import gettext as _


def names():
    """Return (template, what the letter is called)."""
    called = {
        "group_call": _("members asked for a group"),
        "question_answered": _("question answered"),
        "seat_accepted": _("seat in a group"),
        "seat_declined": _("no seat in a group"),
        "wish_declined": _("answer to a wish"),
        "wish_gathered": _("wish goes forward"),
    }
    return [(f"procurement/emails/{name}", label) for name, label in called.items()]
