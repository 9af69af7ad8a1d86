"""Requests that no browser sends and no page can read: answered here, in a sentence instead of an error."""

from urllib.parse import urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import BadRequest

NUL = "\0"
WHERE_FROM = ("HTTP_REFERER", "HTTP_ORIGIN")


class RefuseUnreadable:
    """Answers 400 to a zero byte in an address or a cookie and to a next page that is no address.

    A sender's own word of where it comes from is only left out when it can't be read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Let through what can be read."""
        if NUL in request.path_info or any(NUL in value for value in request.COOKIES.values()):
            raise BadRequest("a zero byte")
        if not _is_address(request.GET.get(REDIRECT_FIELD_NAME, "")):
            raise BadRequest("a next page that is no address")
        for name in WHERE_FROM:
            if not _is_address(request.META.get(name, "")):
                del request.META[name]
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Look at the form as well, once its page is known."""
        if request.method == "POST" and not _is_address(request.POST.get(REDIRECT_FIELD_NAME, "")):
            raise BadRequest("a next page that is no address")


def _is_address(text):
    """Tell whether a text can be taken apart as an address; an empty one can."""
    try:
        urlsplit(text)
    except ValueError:
        return False
    return NUL not in text
