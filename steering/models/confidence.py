"""Who reads what is not public in the steering group's work."""

from consortium import clock
from steering.models.term import Term
from steering.models.words import BodyKind, Place, SeatKind


def sits_in_confidence(user, today=None):
    """Tell whether a person reads the steering group's restricted matter on a day: members and the secretary do.

    Experts do not, and a deputy only what is on the agenda of a meeting the deputy has been called to.
    """
    if not user.is_authenticated:
        return False
    terms = Term.objects.on(today or clock.today()).filter(user=user, body_of__kind=BodyKind.STEERING)
    return terms.filter(place=Place.MEMBER).exclude(seat__kind=SeatKind.EXPERT).exists()
