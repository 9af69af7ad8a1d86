"""The steering group's front page."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortium import clock
from steering.pages import front as pages


@login_not_required
@require_safe
def front(request):
    """What the steering group does, for everybody: meetings, decisions, people, plans."""
    today = clock.today()
    body, meetings = pages.steering_group(today), pages.coming(request.user)
    context = {
        "title": body.name if body else _("Steering group"),
        "says": pages.says(body, meetings),
        "acts": pages.acts(request.user),
        "parts": pages.parts(request.user, body, meetings, today),
    }
    return render(request, "steering/front.html", context)
