"""For whom a person acts, as the pages of procurement need it."""

from members.models import Municipality


def own_places(user):
    """Return the municipalities for which the person acts today, by name."""
    if not user.is_authenticated:
        return []
    return list(Municipality.objects.of(user).order_by("sort_key_fi"))


def own_codes(user):
    """Return the codes of the municipalities for which the person acts today."""
    return {place.code for place in own_places(user)}
