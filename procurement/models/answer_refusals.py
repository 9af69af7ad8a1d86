"""Why an answer is refused, in words for the one who gives it."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from consortium import clock
from consortium.templatetags.portal import money
from consortium.workflow import refuse_day
from procurement import quota
from procurement.models.words import AnswerKind


class Overtaken(ValidationError):
    """Somebody has answered for the municipality meanwhile: whose answer stands, since when and what it says."""

    words = _(
        "%(who)s answered on %(day)s at %(time)s: %(answer)s. That answer stands. "
        "Yours was not sent; what you wrote is below. If it is yours that holds, send it as a change."
    )

    def __init__(self, version, reader):
        self.version = version
        at = version.given_at.astimezone(clock.HELSINKI)
        facts = {
            "who": version.giver_as_known_to(reader),
            "day": f"{at:%-d.%-m.%Y}",
            "time": f"{at:%H.%M}",
            "answer": version.get_kind_display(),
        }
        super().__init__(self.words, code="answered", params=facts)


class RuledUnseen(Overtaken):
    """A newer answer has come than the one on which somebody decides."""

    words = _(
        "%(who)s answered on %(day)s at %(time)s: %(answer)s. You had not seen that answer: nothing was decided. "
        "It stands above; if your decision holds for it too, send it again."
    )


def refuse_what_cannot_be(by, kind, said):
    """Raise ValidationError beside the field for an answer that no person gives, or whose days or sums contradict."""
    if by.is_nameless and not by.is_staff and not said.get("answered_name"):
        raise ValidationError({"answered_name": _("Say who answers: name and title.")})
    if kind == AnswerKind.WITHDRAWN:
        raise ValidationError(
            _("A withdrawal is recorded after the freeze; before it the answer is changed.")
        )
    if said.get("decided_on"):
        refuse_day("decided_on", said["decided_on"])
    if kind == AnswerKind.PREPARING and said.get("until") and said["until"] < clock.today():
        raise ValidationError({"until": _("That day has passed. If the body met, say what it decided.")})
    by_lot = said.get("by_lot") or {}
    if by_lot and sum(map(Decimal, by_lot.values())) != said.get("yearly"):
        raise ValidationError(_("The volumes of the lots do not add up to the whole."))


def closed(round_):
    """Return the refusal of an answer that comes after the deadline and the hour after it."""
    return ValidationError(
        _(
            "The round closed on %(day)s at %(time)s, and the list is frozen. Your answer was not sent. "
            "The service centre can tell what may still be done."
        ),
        code="closed",
        params=_told(round_.closes_at),
    )


def _told(moment):
    at = moment.astimezone(clock.HELSINKI)
    return {"day": f"{at:%-d.%-m.%Y}", "time": f"{at:%H.%M}"}


def full(hindrance, room, *, reserved=False):
    """Return in sentences why one more interested municipality does not fit, and why a yes counts as interest."""
    why = (
        [_("A yes with a reservation counts as interest until the reservation is accepted.")]
        if reserved
        else []
    )
    if hindrance == quota.Hindrance.NO_VOLUME:
        return [*why, _("Give an estimate: the round takes interest only as far as there are commitments.")]
    if hindrance == quota.Hindrance.FULL:
        return [
            *why,
            _(
                "The round has all the interested municipalities it takes. You can commit, or say no. "
                "Nothing was sent."
            ),
        ]
    words = pgettext(
        "quota",
        "The round has room for interest of %(left)s a year; your estimate is above it. Nothing was sent.",
    )
    return [*why, words % {"left": money(room.left)}]
