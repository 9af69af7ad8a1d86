"""Every page of the portal, a line each: its address's name, who looks, at which record of the scene.

A new page is one line here. ``mistakes`` says that sending its form as it stands, or empty, is refused.
"""

from dataclasses import dataclass

from django.urls import URLResolver, get_resolver, reverse
from django.utils import translation

from tests.browser import procurement_table, steering_table
from tests.browser.procurement_table import LIBRARIAN, REPRESENTATIVE

PEOPLE = {
    "visitor": None,
    "staff": "palvelukeskus@konsortio.example",
    "representative": REPRESENTATIVE,
    "librarian": LIBRARIAN,
    "auditor": "tarkastaja@browser.example",
    "accountant": "kirjanpito@browser.example",
    "chair": "ohjausryhma@konsortio.example",
    "secretary": "sihteeri@konsortio.example",
    "proposer": "porvoo@kunta.example",  # represents a member municipality of the practice copy
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
    Page("feedback", query="?page=/members/"),
    Page("feedback", mistakes=True),
    Page("feedback_received", record="receipt"),
    Page("feedback_list", "staff"),
    Page("feedback_answer", "staff", "feedback", mistakes=True),
    Page("privacy"),
    Page("questions"),
    Page("mailbox"),
    Page("municipality", record="municipality"),
    Page("municipality", "staff", "municipality"),
    Page("municipality", "representative", "municipality"),
    Page("municipality", record="member"),
    Page("members:member_list"),
    Page("members:agreement_list"),
    Page("members:fees"),
    Page("members:fees", "staff"),
    Page("members:budget", record="invoices"),
    Page("members:budget", query="?ground=floor", record="invoices"),
    Page("members:budget", "staff", "invoices"),
    Page("members:budget", "auditor", "invoices"),
    Page("members:assessment", "auditor", "corrected fee"),
    Page("members:assessment", "accountant", "fee to correct"),
    Page("search", query="?q=vuosimaksu"),
    Page("members:agreement", record="version"),
    Page("members:package", record="package"),
    Page("members:package", record="package of two languages"),
    Page("members:hand_in", record="package", mistakes=True),
    Page("members:hand_in_received", record="received"),
    Page("members:hand_in_aside", "representative", "handed in", mistakes=True),
    Page("members:extract_remove", "staff", "extract"),
    Page("account_login"),
    Page("account_inactive"),
    Page("account_signup"),
    Page("account_request_login_code"),
    Page("account_request_login_code", mistakes=True),
    Page("account_login_password"),
    Page("account_login_password", mistakes=True),
    Page("account_logout", "librarian"),
    Page("account_password", "librarian"),
    Page("account_password", "librarian", mistakes=True),
    Page("mfa_index", "librarian"),
    Page("mfa_activate_totp", "librarian"),
    Page("mfa_activate_totp", "librarian", mistakes=True),
    Page("mfa_add_webauthn", "librarian"),
    Page("device_list", "librarian"),
    Page("home", "staff"),
    Page("home", "representative"),
    Page("member_home", "representative", "municipality"),
    Page("member_home", "librarian", "municipality"),
    Page("outbox", "staff"),
    Page("outbox", "staff", query="?state=undelivered"),
    Page("letter", "staff", "refused letter"),
    Page("letter_correct", "staff", "refused letter", mistakes=True),
    Page("letter_again", "staff", "refused letter"),
    Page("account", "representative"),
    Page("account", "representative", mistakes=True),
    Page("account", "staff"),
    Page("account", "auditor"),
    Page("duties", "auditor"),
    Page("duties", "accountant"),
    Page("people", "staff"),
    Page("people", "staff", query="?q=zzz"),
    Page("person_new", "staff", mistakes=True),
    Page("person", "staff", "person"),
    Page("duty_give", "staff", "person", mistakes=True),
    Page("duty_end", "staff", "duty"),
    Page("person_act", "staff", "closing"),
    Page("members:people", "staff", "municipality", mistakes=True),
    Page("members:people", "representative", "municipality"),
    Page("members:people", "librarian", "municipality"),
    Page("members:people", "auditor", "municipality", query="?on=x"),
    Page("members:people_confirm", "representative", "municipality"),
    Page("members:people_leave", "representative", "municipality", mistakes=True),
    Page("members:role_end", "staff", "role"),
    Page("members:invitation", record="invitation"),
    Page("members:invitation", "librarian", "invitation"),
    Page("members:invitation", record="used invitation"),
    Page("members:invitation_accept", "representative", "own invitation", mistakes=True),
    Page("members:invoicing_list", "accountant"),
    Page("members:population_list", "staff"),
    Page("members:population_list", "auditor"),
    Page("members:population_load", "staff", mistakes=True),
    Page("members:budget_propose", "staff", "draft year", mistakes=True),
    Page("members:budget_decide", "staff", "proposed year", mistakes=True),
    Page("members:budget_tell", "staff", "decided year"),
    Page("members:budget_joiners", "staff", "decided year"),
    Page("members:budget_close", "staff", "decided year"),
    Page("members:budget_merger", "staff", "merger", mistakes=True),
    Page("members:our_fees", "representative", "municipality"),
    Page("members:our_fees", "staff", "member"),
    Page("members:budget_new", "staff", mistakes=True),
    Page("members:budget_edit", "staff", "fees in preparation", mistakes=True),
    Page("members:budget_account", "accountant", "invoices"),
    Page("members:simulator", "staff", "fees in preparation"),
    Page("members:simulator", "staff", "fees in preparation", "?kind=equal&floor=7000&cap=7500"),
    Page("members:alternative", "staff", "alternative of the fees"),
    Page("members:compare", "staff", "fees in preparation"),
    Page("members:fee_proposal", "staff", "fees in preparation"),
    Page("members:invoice_list", "accountant", "invoices"),
    Page("members:invoice_list", "auditor", "invoices"),
    Page("members:ledger_return", "accountant", "invoices", mistakes=True),
    Page("members:ledger_list_page", "accountant", "list of the ledger"),
    Page("members:ledger_list_aside", "accountant", "list of the ledger", mistakes=True),
    Page("members:reconciliation", "accountant", "invoices"),
    Page("members:open_items", "accountant", "invoices"),
    Page("members:assessment_credit", "accountant", "fee to correct", mistakes=True),
    Page("members:assessment_correct", "accountant", "fee to correct", mistakes=True),
    Page("members:billing_terms", "auditor"),
    Page("members:billing_terms_new", "accountant", mistakes=True),
    Page("members:fee_limits", "accountant"),
    Page("members:fee_limits_new", "staff", mistakes=True),
    Page("members:accession_move", "staff", "decision", mistakes=True),
    Page("members:municipality_list", "auditor"),
    Page("municipality", "auditor", "municipality"),
    Page("municipality", "accountant", "municipality"),
    Page("members:municipality_list", "staff"),
    Page("members:municipality_list", "staff", query="?state=sent"),
    Page("members:municipality_list", "staff", query="?q=zzz"),
    Page("members:municipality_edit", "staff", "municipality"),
    Page("members:municipality_edit", "representative", "municipality"),
    Page("members:note_new", "staff", "municipality", mistakes=True),
    Page("members:record", "staff", "municipality"),
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
    step("renew", "sent"),
    step("stop", "sent"),
    step("put_aside", "sent"),
    Page("members:reminder_list", "staff"),
    Page("members:reminder_send", "staff"),
    Page("members:reminder_rule", "staff", "rule"),
]


def bought(name, who, *mistakes):
    """Return a line of joint procurement: its record has the page's own name."""
    record = "" if name in procurement_table.BARE else f"procurement:{name}"
    return Page(f"procurement:{name}", who, record, mistakes=bool(mistakes))


def steered(name, who, *more):
    """Return a line of the steering group's work: its record has the page's own name, or the one given."""
    record = "" if name in steering_table.BARE else f"steering:{name}"
    record = next((word for word in more if word != "mistakes"), record)
    return Page(f"steering:{name}", who, record, mistakes="mistakes" in more)


PAGES += [bought(*line) for line in procurement_table.LINES]
PAGES += [steered(*line) for line in steering_table.LINES]

NOT_PAGES = {
    "health": "JSON for machines",
    "mailbox_file": "a file",
    "feed": "a file",
    "feed_renew": "POST only",
    "my_data": "a file",
    "members:invitation_renew": "POST only",
    "members:budget_statements": "a fragment",
    "members:fee_statement": "a file",
    "members:statement_retry": "POST only",
    "members:fee_proposal_file": "a file",
    "members:fee_proposal_progress": "a fragment",
    "members:invoice_again": "POST only",
    "members:invoice_make": "POST only",
    "members:invoice_progress": "a fragment",
    "members:invoicing_ask": "POST only",
    "members:ledger_file": "a file",
    "members:ledger_file_again": "POST only",
    "members:ledger_list_file": "a file",
    "members:invitation_revoke": "POST only",
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
    "members:hand_in_file": "a file",
    "account_confirm_login_code": "opens only while a code is awaited: walked in test_signing_in.py",
    "account_reauthenticate": "opens only for those with a password: walked in test_signing_in.py",
    "mfa_authenticate": "opens only after the code: walked in test_signing_in.py",
    "mfa_deactivate_totp": "opens only with an authenticator app: walked in test_signing_in.py",
    "mfa_generate_recovery_codes": "opens for those with a second factor: walked in test_signing_in.py",
    "mfa_login_webauthn": "data for the browser's script; else a redirect",
    "mfa_reauthenticate": "opens only with a second factor: walked in test_signing_in.py",
    "mfa_reauthenticate_webauthn": "opens only with a passkey: walked in test_signing_in.py",
    "mfa_remove_webauthn": "opens only with a passkey: walked in test_signing_in.py",
    "mfa_view_recovery_codes": "opens only with a second factor: walked in test_signing_in.py",
    "device_end": "POST only",
    "device_end_others": "POST only",
}
NOT_PAGES |= {f"procurement:{name}": why for name, why in procurement_table.NOT_PAGES.items()}
NOT_PAGES |= {f"steering:{name}": why for name, why in steering_table.NOT_PAGES.items()}
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
