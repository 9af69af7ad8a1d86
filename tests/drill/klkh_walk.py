"""Who walks the journey of E-kirjat, on which days, and how a person's hands are counted."""

import re

from tests.browser.reading import both, fi, opens, plain
from tests.browser.test_main_path import receipt
from tests.browser.watch import PHONE, codes, new_code, sign_in

STAFF = "palvelukeskus@konsortio.example"
GRETA, ULLA = "raseborg@kunta.example", "porvoo@kunta.example"  # representatives of Raseborg and Porvoo
AINO = "vaara@kunta.example"  # invited on the way; represents Joensuu and Kontiolahti
RASEBORG, PORVOO, JOENSUU, KONTIOLAHTI = "710", "638", "167", "276"
HELSINKI, KUOPIO, LAHTI, MUSTASAARI, ROVANIEMI = "091", "297", "398", "499", "698"
WISHED, OPENED = "2026-11-09", "2027-04-19"
CLOSED = "2027-05-21T16:20"  # twenty minutes after the deadline
FROZEN, AWARDED, SIGNED = "2027-05-24", "2027-09-06", "2027-10-04"
USED, RENEWED = "2029-01-15", "2030-05-06"
MADE_WITHIN = 60_000  # milliseconds, for the worker
LETTER_TRIES = 240

# Each tap of a person is counted in the page and survives its going to the next.
COUNTED = """addEventListener("click", e => { if (e.isTrusted)
    sessionStorage.taps = 1 + Number(sessionStorage.taps || 0) }, true)"""


class Walk:
    """The demo and the people with their browsers; ``kept``: what later steps need, as plain values."""

    def __init__(self, demo, new_page):
        self.demo, self.new_page = demo, new_page
        self.kept, self._pages = {}, {}

    def on(self, day):
        """Let it be the day."""
        self.demo.on(day)
        return self

    def at(self, path):
        """Return the address of a page."""
        return f"{self.demo.address}{path}"

    def ours(self, path=""):
        """Return the address of a page of the procurement."""
        return self.at(f"/procurements/{self.kept['procurement']}/{path}")

    def contract(self, path=""):
        """Return the address of a page of the contract."""
        return self.at(f"/contracts/{self.kept['contract']}/{path}")

    @property
    def pages(self):
        """Return every page that was opened."""
        return self._pages.values()

    @property
    def staff(self):
        """Return the service centre's browser, signed in."""
        return self._person(STAFF)

    @property
    def greta(self):
        """Return the phone of Raseborg's representative, signed in, in Swedish."""
        return self._person(GRETA, viewport=PHONE, locale="sv-FI")

    @property
    def ulla(self):
        """Return the phone of Porvoo's representative, signed in."""
        return self._person(ULLA, viewport=PHONE)

    @property
    def aino(self):
        """Return the phone of the representative of Joensuu and Kontiolahti, signed in."""
        return self._person(AINO, viewport=PHONE)

    @property
    def visitor(self):
        """Return a browser of nobody's."""
        if "visitor" not in self._pages:
            self._pages["visitor"] = self.new_page()
        return self._pages["visitor"]

    def _person(self, who, **options):
        if who not in self._pages:
            page = self.new_page(**options)
            page.add_init_script(COUNTED)
            self._pages[who] = sign_in(page, self.demo, who)
        return self._pages[who]

    def letter(self, to, *words, link="/"):
        """Return the newest letter to an address that has these words and such a link, waiting for the worker."""
        mailbox = self.visitor
        for _try in range(LETTER_TRIES):
            mailbox.goto(self.at(f"/mailbox/?to={to}"))
            found = mailbox.locator("main article")
            if link:
                found = found.filter(has=mailbox.locator(f"a[href*='{link}']"))
            for each in words:
                found = found.filter(has_text=each)
            if found.count():
                return found.first
            mailbox.wait_for_timeout(500)
        raise AssertionError(f"No letter with {words} came to {to}. The demo said:\n{self.demo.said()}")

    def join(self, who, *, name):
        """Open an invitation's link on a phone, prove the address by a code, accept. Returns the page."""
        link = self.letter(who, link="/invitation/").locator("a[href*='/invitation/']").first
        page = self._pages.get(who)
        if page is None:
            page = self.new_page(viewport=PHONE)
            page.add_init_script(COUNTED)
        page.goto(link.get_attribute("href"))
        if who not in self._pages:
            before = codes(self.demo, who)
            page.locator("main form[method=post] button.btn-main").click()
            page.locator("input[name=code]").fill(new_code(self.demo, who, before))
            opens(page.locator("main form:has(input[name=code]) button[type=submit]").first)
            self._pages[who] = page
        if page.locator("main [name=name]").count():
            page.locator("main [name=name]").fill(name)
            opens(page.locator("main form[method=post] button.btn-main"))
        return page


def typed(page, **values):
    """Fill in the fields of the page's form by their names: text, a choice, a tick."""
    for name, value in values.items():
        field = page.locator(f"main form [name='{name}']")
        kind = field.first.evaluate("e => e.type || e.tagName")
        if kind == "radio":
            page.locator(f"main form [name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.set_checked(value)
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.first.fill(value)


def said(page):
    """Return the page's sentence on how things stand."""
    return plain(page.locator(".says").first.inner_text())


def follow(page, path, within="main"):
    """Click the first link of the page that ends so."""
    opens(page.locator(f"{within} a[href$='{path}']").first)


def wrong(page):
    """Return what the page says is wrong with what was typed."""
    return plain(" ".join(page.locator("main [role=alert]").all_inner_texts()))


def begin_counting(page):
    """Forget the taps so far."""
    page.evaluate("sessionStorage.taps = 0")


def taps(page):
    """Return how many times the person has tapped since the counting began."""
    return int(page.evaluate("Number(sessionStorage.taps || 0)"))


def number_in(page, pattern):
    """Return the number in the page's address."""
    return int(re.search(pattern, page.url)[1])


def recorded(page, name):
    """Take the receipt of an act, with its picture. Returns its text."""
    text = plain(receipt(page))
    both(page, name)
    return text


def says(words, language="fi", **facts):
    """Return a sentence of the interface as the page shows it."""
    return plain(fi(words, language) % facts)
