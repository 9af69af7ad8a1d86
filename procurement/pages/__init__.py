"""What joint procurement tells on the pages that gather from several apps: one tuple of functions a kind."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import gather


def menu(user):
    """Return the menu's line, the same for everybody."""
    return [{"label": _("Procurements"), "url": reverse("procurement:procurement_list")}]


# Each subject adds its function to the tuple of its kind.
FUNCTIONS = {
    gather.MENU: (menu,),
}
