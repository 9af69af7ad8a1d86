"""The steering group's front page for everybody: its meetings, its decisions, who sits, what it plans and reports."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.gather import Part
from consortium.rows import row
from consortium.templatetags.portal import day, keep, long_weekday_day, place, put_in, weekday_moment
from steering.models import AnnualReport, Body, BodyKind, Meeting, Place, Plan, SeatKind
from steering.pages import minutes_home


def steering_group(today):
    """Return the steering group of a day, or None before there is one."""
    return Body.objects.current(today).filter(kind=BodyKind.STEERING).first()


def coming(user):
    """Return the steering group's meetings to come that the person may know of."""
    rows = Meeting.objects.visible_to(user).coming().filter(body__kind=BodyKind.STEERING)
    return list(rows.select_related("body")[:3])


def says(body, meetings):
    """Return what the group is for, and when it meets next."""
    if body is None:
        return _("The steering group directs economy, results and content. Helsinki has not founded it yet.")
    words = _("The steering group directs the consortium's economy, results and content.")
    if not meetings:
        return put_in(_("%(aim)s Its next meeting has not been called."), aim=words)
    on = keep(long_weekday_day(meetings[0].starts_at))
    return put_in(_("%(aim)s It meets next on %(day)s."), aim=words, day=on)


def parts(user, body, meetings, today):
    """Return the parts of the page."""
    found = [_meetings_part(meetings), _decisions_part(today)]
    if body is not None:
        found.append(_seats_part(body, today))
    found.append(_papers_part(user, today))
    return found


def _meetings_part(meetings):
    rows = [
        {
            "when": weekday_moment(meeting.starts_at),
            "what": _("Meeting %(number)s") % {"number": meeting.number},
            "url": meeting.get_absolute_url(),
            "text": meeting.place,
        }
        for meeting in meetings
    ]
    note = ngettext("%(n)s meeting to come", "%(n)s meetings to come", len(rows)) % {"n": len(rows)}
    empty = _("No meeting has been called. The call is published here two weeks before.")
    return Part(
        _("Meetings"), "members/parts/links.html", {"rows": rows, "empty": empty}, note=note, is_list=True
    )


def _decisions_part(today):
    rows = [row(task, today) for task in minutes_home.decisions(today)]
    note = ngettext("the latest decision", "the %(n)s latest decisions", len(rows)) % {"n": len(rows)}
    context = {
        "rows": rows,
        "empty": _("No minutes have been published yet."),
        "url": reverse("steering:minutes_list"),
        "label": _("All minutes"),
    }
    return Part(
        _("Decisions"), "steering/parts/linked_rows.html", context, note=note if rows else "", is_list=True
    )


def _seats_part(body, today):
    """Return who sits today and for which municipality, with the personal deputies."""
    terms = (
        body.terms.on(today).filter(seat__kind=SeatKind.MEMBER).select_related("user", "municipality", "seat")
    )
    deputies = {term.seat_id: term for term in terms if term.place == Place.DEPUTY}
    members = [term for term in terms if term.place == Place.MEMBER]
    members.sort(key=lambda term: ({"chair": 0, "vice": 1}.get(term.office, 2), term.seat.number))
    rows = []
    for term in members:
        deputy = deputies.get(term.seat_id)
        rows.append(
            {
                "name": term.user.get_full_name(),
                "title": term.title or term.user.title,
                "office": term.get_office_display(),
                "place": place(term.municipality) if term.municipality else "",
                "deputy": deputy.user.get_full_name() if deputy else "",
                "until": day(term.ends_on),
            }
        )
    note = ngettext("%(n)s member", "%(n)s members", len(rows)) % {"n": len(rows)}
    context = {"rows": rows, "url": body.get_absolute_url(), "label": _("Seats and terms")}
    return Part(_("Who sits"), "steering/parts/who_sits.html", context, note=note)


def _papers_part(user, today):
    """Return what is planned and reported, and how a member proposes."""
    plan = Plan.objects.visible_to(user).filter(state="published").order_by("-year").first()
    report = AnnualReport.objects.visible_to(user).filter(editions__isnull=False).order_by("-year").first()
    rows = [
        {"what": _("Proposals of the members"), "url": reverse("steering:proposal_list")},
        {"what": _("Projects"), "url": reverse("steering:project_list")},
        {"what": _("Written procedures"), "url": reverse("steering:written_list")},
        {"what": _("Plans and reports"), "url": reverse("steering:plan_list")},
        {"what": _("Open data"), "url": reverse("steering:open_data")},
    ]
    if user.has_perm("steering.view_dashboard"):
        what = _("Dashboard %(year)s") % {"year": today.year}
        rows.insert(0, {"what": what, "url": reverse("steering:dashboard")})
    if report:
        rows.insert(
            0,
            {
                "what": _("Annual report %(year)s") % {"year": report.year},
                "url": reverse("steering:report", args=[report.year]),
            },
        )
    if plan:
        rows.insert(
            0,
            {
                "what": _("Plan of action %(year)s") % {"year": plan.year},
                "url": reverse("steering:plan", args=[plan.year]),
            },
        )
    return Part(_("Plans, reports, proposals"), "members/parts/links.html", {"rows": rows}, is_list=True)


def acts(user):
    """Return the page's main act for one who may propose."""
    if not user.has_perm("steering.add_proposal"):
        return []
    return [{"label": _("Make a proposal"), "url": reverse("steering:proposal_new")}]
