"""What the members' app tells on the pages that gather from several apps."""

from consortium import gather
from members.models import Municipality


def municipalities_of(user):
    """Return the municipalities the person acts for, by name."""
    return list(Municipality.objects.of(user))


def by_code(code):
    """Return the municipality of a code, as a list of one or none."""
    return list(Municipality.objects.filter(code=code))


FUNCTIONS = {
    gather.MUNICIPALITIES_OF: municipalities_of,
    gather.MUNICIPALITY_BY_CODE: by_code,
}
