"""The stages of a procurement: planned and actual days, each planned one with where it comes from."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.gather import Part
from consortium.templatetags.portal import weekday_day
from procurement.law_words import source_words
from procurement.models import Stage, StageKind
from procurement.thresholds import Source

ORDER = {kind: place for place, kind in enumerate(StageKind)}


def written(source):
    """Return a rule's source as it is kept on a stage: "1397/2016 129 §", "" for the portal's own practice."""
    return " ".join(filter(None, [source.statute, source.section, "" if source.checked else "?"]))


def read_source(stage):
    """Return where a stage's planned day comes from, in words."""
    if stage.planned_on is None:
        return ""
    if stage.typed:
        return stage.source
    statute, _space, rest = stage.source.partition(" ")
    section, checked = rest.removesuffix("?").strip(), not rest.endswith("?")
    return source_words(Source(statute, section, checked))


def in_order(procurement):
    """Return the procurement's stages in their usual order; the round's own days stand for themselves."""
    rows = {stage.kind: stage for stage in procurement.stages.all()}
    return sorted([*rows.values(), *_of_round(procurement, rows)], key=lambda stage: ORDER[stage.kind])


def _of_round(procurement, known):
    """Return the opening and the closing of the round as stages, unless somebody has written them by hand."""
    round_ = getattr(procurement, "round", None)
    if round_ is None:
        return []
    opened = Stage(kind=StageKind.ROUND_OPENS, done_on=clock.date_of(round_.opened_at))
    closes = Stage(
        kind=StageKind.ROUND_CLOSES,
        planned_on=round_.closes_on,
        typed=True,
        source=_("the deadline of the round"),
        done_on=round_.closes_on if round_.is_frozen() else None,
    )
    return [stage for stage in (opened, closes) if stage.kind not in known]


def next_stage(procurement, today):
    """Return the first stage that is planned for today or later and has not come about, or None."""
    if procurement.state in {"void", "ended"}:
        return None
    coming = [s for s in in_order(procurement) if s.planned_on and s.planned_on >= today and not s.done_on]
    return min(coming, key=lambda stage: (stage.planned_on, ORDER[stage.kind]), default=None)


def path(procurement, today, *, plans=False):
    """Return the stages as partials/path.html draws them; ``plans``: with links to type their days."""
    rows, following = [], next_stage(procurement, today)
    for stage in in_order(procurement):
        planned = weekday_day(stage.planned_on)
        late = stage.planned_on and stage.planned_on < today and not stage.done_on
        state = "done" if stage.done_on else "now" if stage == following else "coming"
        notes = [_("Planned %(day)s.") % {"day": planned}] if stage.done_on and stage.planned_on else []
        if late:
            notes.append(_("The planned day has passed; it is not recorded whether it came about."))
        if source := read_source(stage):
            notes.append(_("Source of the planned day: %(source)s.") % {"source": source})
        row = {
            "when": weekday_day(stage.done_on) if stage.done_on else planned,
            "also": _("came about") if stage.done_on else _("planned"),
            "title": stage.get_kind_display(),
            "note": " ".join(notes),
            "state": state,
        }
        if plans:
            row |= {
                "template": "procurement/parts/stage_acts.html",
                "acts": stage_acts(procurement, stage.kind),
            }
        rows.append(row)
    return rows


def stage_acts(procurement, kind):
    """Return the links by which the service centre types a stage's days."""
    label = StageKind(kind).label
    return [
        {
            "label": _("Type the planned day"),
            "about": label,
            "url": reverse("procurement:stage_plan", args=[procurement.pk, kind]),
        },
        {
            "label": _("It came about"),
            "about": label,
            "url": reverse("procurement:stage_done", args=[procurement.pk, kind]),
        },
    ]


def parts(user, procurement, today):
    """Return the stages with their days."""
    steps = path(procurement, today)
    return [Part(_("Stages"), "procurement/parts/stages.html", {"steps": steps}, is_list=True)]


def acts(user, procurement, today):
    """Return the link by which the service centre plans."""
    if not user.has_perm("procurement.plan_procurement"):
        return []
    return [{"label": _("Plan the stages"), "url": reverse("procurement:stages", args=[procurement.pk])}]
