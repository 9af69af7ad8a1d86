"""Every page of the portal, a line each: its address's name, who looks, at which record of the scene.

A new page is one line here. ``mistakes`` says that sending its form as it stands, or empty, is refused.
"""

from dataclasses import dataclass

from django.urls import URLResolver, get_resolver, reverse
from django.utils import translation

REPRESENTATIVE, LIBRARIAN = "edustaja@browser.example", "kirjasto@browser.example"
PEOPLE = {
    "visitor": None,
    "staff": "palvelukeskus@konsortio.example",
    "representative": REPRESENTATIVE,
    "librarian": LIBRARIAN,
}


@dataclass(frozen=True)
class Page:
    """One page as one kind of person sees it."""

    name: str
    who: str = "visitor"
    record: str = ""
    query: str = ""
    mistakes: bool = False

    def __str__(self):
        return "-".join(
            filter(None, [self.name, self.who, self.record, self.query, "mistakes" * self.mistakes])
        )

    def path(self, scene, language="fi"):
        """Return its address in a language, given the scene's records."""
        with translation.override(language):
            return reverse(self.name, kwargs=scene[self.record] if self.record else None) + self.query


def step(verb, record, who="staff", *, mistakes=True):
    """Return the page of one step of an accession."""
    return Page(f"members:accession_{verb}", who, record, mistakes=mistakes)


PAGES = [
    Page("front"),
    Page("front", query="?q=Närpes"),
    Page("front", query="?view=map"),
    Page("front", "representative"),
    Page("search", query="?q=Rauta"),
    Page("search", "staff", query="?q=Rauta"),
    Page("accessibility"),
    Page("privacy"),
    Page("questions"),
    Page("mailbox"),
    Page("municipality", record="municipality"),
    Page("municipality", "staff", "municipality"),
    Page("municipality", "representative", "municipality"),
    Page("municipality", record="member"),
    Page("members:member_list"),
    Page("members:agreement_list"),
    Page("members:agreement", record="version"),
    Page("members:package", record="package"),
    Page("members:package", record="package of two languages"),
    Page("account_login"),
    Page("account_inactive"),
    Page("account_signup"),
    Page("account_request_login_code"),
    Page("account_request_login_code", mistakes=True),
    Page("account_logout", "librarian"),
    Page("home", "staff"),
    Page("home", "representative"),
    Page("member_home", "representative", "municipality"),
    Page("member_home", "librarian", "municipality"),
    Page("members:municipality_list", "staff"),
    Page("members:municipality_list", "staff", query="?state=sent"),
    Page("members:municipality_list", "staff", query="?q=zzz"),
    Page("members:municipality_edit", "staff", "municipality"),
    Page("members:municipality_edit", "representative", "municipality"),
    Page("members:contact_new", "staff", "municipality", mistakes=True),
    Page("members:contact_edit", "representative", "contact"),
    Page("members:membership_leave", "staff", "membership"),
    Page("members:agreement", "staff", "draft"),
    Page("members:agreement_approve", "staff", "draft", mistakes=True),
    Page("members:offer_list", "staff"),
    Page("members:offer_new", "staff", mistakes=True),
    Page("members:offer", "staff", "offer"),
    Page("members:offer_invite", "staff", "offer", mistakes=True),
    Page("members:signing_list", "staff", mistakes=True),
    *[
        Page("members:accession", "staff", record)
        for record in (
            "prepared",
            "in preparation",
            "conditional",
            "approved",
            "period running",
            "åland",
            "final and signed",
            "confirmed",
            "rejected",
        )
    ],
    *[Page("members:accession", "representative", record) for record in ("sent", "approved", "final")],
    Page("members:accession", "librarian", "in preparation"),
    step("send", "prepared", mistakes=False),
    step("schedule", "sent", "representative"),
    step("prepare", "in preparation", "librarian"),
    step("decide", "in preparation", "representative"),
    step("decide", "sent"),
    step("correct", "decision", "representative"),
    step("respond", "conditional"),
    step("sign", "approved", "representative", mistakes=False),
    step("sign", "final", "representative"),
    step("finalise", "approved"),
    step("confirm", "final and signed"),
    step("revoke", "confirmed"),
    step("reopen", "rejected"),
    step("stop", "sent"),
]

NOT_PAGES = {
    "health": "JSON for machines",
    "mailbox_file": "a file",
    "members:offer_packages": "POST only",
    "members:offer_send": "POST only",
    "members:offer_progress": "a fragment",
    "members:offer_zip": "a file",
    "members:accession_packages": "POST only",
    "members:package_progress": "a fragment",
    "members:package_file": "a file",
    "members:package_retry": "POST only",
    "members:package_public_file": "a file",
    "members:package_public_zip": "a file",
    "members:extract": "a file",
    "account_confirm_login_code": "opens only while a code is awaited: walked in test_signing_in.py",
}
FOREIGN = ("admin:",)  # Django's own pages for the technical administrator


def names(patterns=None, prefix=""):
    """Return the names of all addresses of the portal, with their name spaces."""
    found = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            found |= names(pattern.url_patterns, prefix + space)
        elif pattern.name:
            found.add(prefix + pattern.name)
    return {name for name in found if not name.startswith(FOREIGN)}
