"""How a municipality stands to the consortium, as everyone may know it."""

from django.utils.translation import gettext as _

from consortium.templatetags.portal import day, place, put_in
from members import register

SOURCES = register.SOURCES


def current(municipality, today):
    """Return the membership that covers the day, or None; reads what is prefetched."""
    return next((m for m in municipality.memberships.all() if m.covers(today)), None)


def coming(municipality, today):
    """Return the membership that Helsinki has confirmed and that begins later, or None; reads what is prefetched."""
    later = [m for m in municipality.memberships.all() if m.starts_on > today]
    return min(later, key=lambda m: m.starts_on, default=None)


def source(population):
    """Return who says how many live in a municipality, in the page's language where we know the words."""
    return register.source_words(population.source) if population else ""


def sentence(municipality, today):
    """Return whether it is a member today, will be, has been, or is none. What it considers is nobody else's matter."""
    memberships = sorted(municipality.memberships.all(), key=lambda m: m.starts_on)
    now = current(municipality, today)
    later = coming(municipality, today)
    past = next((m for m in reversed(memberships) if m.last_day and m.last_day < today), None)
    name = place(municipality)
    if municipality.ended_on and municipality.ended_on <= today:
        words = _("%(name)s was merged into %(other)s.")
        return put_in(words, name=name, other=place(municipality.successor))
    if now and now.last_day:
        words = _("%(name)s has been a member since %(day)s. The membership ends on %(last)s.")
        return put_in(words, name=name, day=day(now.starts_on), last=day(now.last_day))
    if now:
        return put_in(_("%(name)s has been a member since %(day)s."), name=name, day=day(now.starts_on))
    if later:
        words = _("%(name)s joins: its membership begins on %(day)s.")
        return put_in(words, name=name, day=day(later.starts_on))
    if past:
        words = _("%(name)s is not a member. Its membership ended on %(day)s.")
        return put_in(words, name=name, day=day(past.last_day))
    return put_in(_("%(name)s is not a member."), name=name)
