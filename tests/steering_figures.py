"""The pages of the dashboard with what their addresses name, for the tables of access and the browser."""

from consortium import clock


def figures_pages(group, people):
    """Return {URL name: arguments}: this year's dashboard, last year's, and the list behind one number."""
    year = clock.today().year
    return {
        "steering:dashboard": {},
        "steering:dashboard_of": {"year": year - 1},
        "steering:figure": {"year": year, "key": "members"},
    }


figures_scene = figures_pages  # the practice copy's own rows are what there is to see
