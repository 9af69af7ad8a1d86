"""The page of a procurement: what each may read of it and do with it now, one function a subject."""

from django.utils.translation import gettext as _

from consortium import gather
from consortium.gather import Part
from procurement.pages import (
    awards,
    facts,
    groups,
    handover,
    in_use,
    papers,
    questions,
    rounds,
    stages,
    wishes,
)

# f(user, procurement, today) -> gather.Parts of the procurement's page, in the order in which they stand
PARTS = [
    facts.what,
    awards.procurement_parts,
    in_use.contract_of,
    questions.parts,
    stages.parts,
    papers.parts,
    groups.parts,
    wishes.parts,
    facts.who,
    rounds.volumes,
    facts.history,
]
# f(user, procurement, today) -> {"label", "url"} of what the person may do with it now. The first of those with
# "main": True is the page's one filled button; the second link stands beside it, the rest in a part of their own.
ACTS = [
    facts.acts,
    rounds.acts,
    handover.acts,
    awards.procurement_acts,
    questions.acts,
    stages.acts,
    papers.acts,
    groups.acts,
    in_use.procurement_acts,
]
# f(user, today) -> {"label", "url"} of what the person may do on the list of procurements
LIST_ACTS = [
    facts.list_acts,
    awards.list_acts,
    wishes.list_acts,
    in_use.list_acts,
]
IN_THE_HEAD = 2


def parts(user, procurement, today, offered):
    """Return the parts of the procurement's page for this person; the acts without room in its head stand second.

    What the apps above tell of it follows its own.
    """
    found = [part for function in PARTS for part in function(user, procurement, today)]
    found += gather.collect(gather.PROCUREMENT, user, procurement, today)
    return [*found[:1], *other_acts(offered), *found[1:]]


def acts(user, procurement, today):
    """Return what this person may do with the procurement, the main act first."""
    found = [act for function in ACTS for act in function(user, procurement, today)]
    return sorted(found, key=lambda act: not act.get("main"))


def other_acts(found):
    """Return the part with the acts that have no room in the page's head."""
    rows = [{"what": act["label"], "url": act["url"], "text": act.get("text", "")} for act in found]
    context = {"rows": rows[IN_THE_HEAD:]}
    return [Part(_("What you can do"), "procurement/parts/acts.html", context)] if context["rows"] else []


def list_acts(user, today):
    """Return what this person may do on the list of procurements, the main act first."""
    return [act for function in LIST_ACTS for act in function(user, today)]
