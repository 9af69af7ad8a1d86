"""Who walks a proposal through the steering group, on which days, and the hands that type into the record."""

import re
from pathlib import Path

import pymupdf

from tests.browser.reading import fetched, opens, plain
from tests.browser.watch import PHONE, SHOTS
from tests.drill import klkh_walk
from tests.drill.klkh_walk import MADE_WITHIN

RIITTA = "kimppa@kunta.example"  # librarian of Porvoo
CHAIR, SECRETARY = "ohjausryhma@konsortio.example", "sihteeri@konsortio.example"
KAARINA, JUHANI = "jasen@konsortio.example", "varajasen@konsortio.example"  # a member and her own deputy
MADE, RECEIVED, CALLED = "2026-11-10", "2026-11-12", "2026-11-24"
DAY = "8.12.2026"
OPENED, LOST = "2026-12-08T13:02", "2026-12-08T14:21"
DRAFTED, CHECKED, SIGNED, DONE = "2026-12-09", "2026-12-11", "2026-12-14", "2027-01-18"
PATIENCE = 60_000  # milliseconds, for a page beside other work
MOST_TABS = 250
PROPOSAL = "Yhteinen lukupiiripaketti"


class Walk(klkh_walk.Walk):
    """The practice copy and those who take part; librarians and members hold phones."""

    def __init__(self, demo, new_page):
        def patient(**options):
            page = new_page(**options)
            page.context.set_default_timeout(PATIENCE)
            return page

        super().__init__(demo, patient)

    @property
    def riitta(self):
        """Return the phone of Porvoo's librarian, who proposes."""
        return self._person(RIITTA, viewport=PHONE)

    @property
    def kaarina(self):
        """Return the phone of the member who cannot come."""
        return self._person(KAARINA, viewport=PHONE)

    @property
    def juhani(self):
        """Return the phone of her deputy."""
        return self._person(JUHANI, viewport=PHONE)

    @property
    def chair(self):
        """Return the chair's browser."""
        return self._person(CHAIR)

    @property
    def secretary(self):
        """Return the secretary's browser."""
        return self._person(SECRETARY)

    @property
    def recording(self):
        """Return the secretary's browser on the record of the meeting."""
        self.secretary.goto(self.meeting("record/"))
        return self.secretary

    def proposal(self, path=""):
        """Return the address of a page of the proposal."""
        return self.at(f"/steering/proposals/{self.kept['proposal']}/{path}")

    def meeting(self, path=""):
        """Return the address of a page of the meeting."""
        return self.at(f"/steering/meetings/{self.kept['meeting']}/{path}")

    def minutes(self, path=""):
        """Return the address of a page of the minutes."""
        return self.at(f"/steering/minutes/{self.kept['meeting']}/{path}")

    def told(self, to, *words):
        """Return the text of the newest letter to somebody with these words."""
        return plain(self.letter(to, *words, link="").inner_text())


# --- The keyboard -------------------------------------------------------------------------------------------------


def tab_to(target):
    """Press Tab until the target has the focus."""
    page = target.page
    handle = target.element_handle()
    for _press in range(MOST_TABS):
        if handle.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {target}.")


def tick(page, name):
    """Tick somebody's box in the list that the keyboard comes to. ``name``: a person's."""
    box = page.get_by_role("checkbox", name=re.compile(re.escape(name)))
    tab_to(box.first)
    page.keyboard.press("Space")


def write(page, name, text):
    """Type a text into a field of the record, in place of what stands there."""
    tab_to(page.locator(f"#record [name='{name}']").first)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def unfold(page, words):
    """Open what is folded under these words, by the keyboard."""
    summary = page.locator("#record summary", has_text=words).first
    tab_to(summary)
    page.keyboard.press("Enter")


def choose(page, name, words):
    """Choose in a list by typing the beginning of what is chosen."""
    field = page.locator(f"#record select[name='{name}']")
    tab_to(field)
    page.keyboard.type(words)
    assert words in field.evaluate("e => e.selectedOptions[0].textContent")


def vote(page, name, choice):
    """Give a person's vote in the roll call by the keyboard."""
    row = page.locator("#record tbody tr", has=page.locator("input[type=radio]")).filter(has_text=name)
    tab_to(row.locator("input[type=radio]").first)
    page.keyboard.press("Space")
    for _press in range(["for", "against", "blank"].index(choice)):
        page.keyboard.press("ArrowRight")
    assert row.locator(f"input[value='{choice}']").is_checked()


def push(page, verb, **where):
    """Reach a button of the record by the keyboard, press Enter and wait for the page that comes."""
    extra = "".join(f"[{name}='{value}']" for name, value in where.items())
    button = page.locator(f"#record button[formaction$='/{verb}/']{extra}").first
    tab_to(button)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def stands(page):
    """Return the sentence on how the meeting stands."""
    return plain(page.locator("#now").inner_text())


def seen(page):
    """Return all that the page says."""
    return plain(page.locator("main").inner_text())


def main_act(page):
    """Follow the page's one filled button."""
    opens(page.locator("main .btn-main").first)


# --- Papers -------------------------------------------------------------------------------------------------------


def made(page, path):
    """Return the first file of the page whose address has this, once the worker has made it."""
    link = page.locator(f"main a[href*='{path}']").first
    link.wait_for(timeout=MADE_WITHIN)
    return fetched(page, link)


def text_of(paper):
    """Return what a PDF says, every space a plain one."""
    with pymupdf.open(stream=paper, filetype="pdf") as document:
        return plain(" ".join(page.get_text() for page in document))


def keep(name, paper):
    """Keep a file beside the pictures, where a folder for them is given."""
    if SHOTS:
        Path(SHOTS, name).write_bytes(paper)
