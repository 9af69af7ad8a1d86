"""The page of a procurement: what each may read of it and do with it now, one function a subject."""

# f(user, procurement, today) -> gather.Parts of the procurement's page, in the order in which they stand
PARTS = []
# f(user, procurement, today) -> {"label", "url"} of what the person may do with it now, the main act first
ACTS = []
# f(user, today) -> {"label", "url"} of what the person may do on the list of procurements
LIST_ACTS = []


def parts(user, procurement, today):
    """Return the parts of the procurement's page for this person."""
    return [part for function in PARTS for part in function(user, procurement, today)]


def acts(user, procurement, today):
    """Return what this person may do with the procurement, the main act first."""
    return [act for function in ACTS for act in function(user, procurement, today)]


def list_acts(user, today):
    """Return what this person may do on the list of procurements, the main act first."""
    return [act for function in LIST_ACTS for act in function(user, today)]
