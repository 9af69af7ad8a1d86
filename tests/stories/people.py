"""People of the stories: they open addresses, follow links, fill in the forms they see, and press the button."""

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

INLINE = ("a", "b", "s", "small", "span", "strong", "wbr")


def words(element):
    """Return an element's words as they are read, every space a plain one."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element):
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        return
    apart = "" if element.tag in INLINE else " "
    yield apart + (element.text or "")
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield apart


class Page:
    """What a person has on the screen after a request."""

    def __init__(self, response):
        self.response, self.status = response, response.status_code
        self.path = response.request["PATH_INFO"]
        if response.headers["Content-Type"].startswith("text/html"):
            self.main = html.fromstring(response.content.decode()).get_element_by_id("content")

    @property
    def text(self):
        """Return the words of the page itself, without its frame."""
        return words(self.main)

    @property
    def says(self):
        """Return the sentence of state under the heading."""
        return words(self.main.find_class("says")[0])

    @property
    def content(self):
        """Return a downloaded file's bytes."""
        return b"".join(self.response.streaming_content) if self.response.streaming else self.response.content

    def part(self, heading):
        """Return the words of the part under a heading."""
        for section in self.main.iter("section"):
            if any(words(title) == heading for title in section.iter("h2")):
                return words(section)
        raise LookupError(f"no part “{heading}” on {self.path}: {self.text}")

    def rows(self, caption):
        """Return the body of the table whose caption begins so, as lists of its cells' words."""
        for table in self.main.iter("table"):
            if words(table.find("caption")).startswith(caption):
                return [[words(cell) for cell in row] for row in table.find("tbody")]
        raise LookupError(f"no table “{caption}” on {self.path}: {self.text}")

    def link(self, label):
        """Return where the first link whose words begin so leads."""
        for link in self.main.iter("a"):
            if words(link).startswith(label):
                return link.get("href")
        raise LookupError(f"no link “{label}” on {self.path}: {self.text}")

    def offers(self, label):
        """Tell whether the page has a link or a button whose words begin so."""
        return any(words(e).startswith(label) for e in self.main.iter("a", "button"))

    def form(self, button=""):
        """Return the only form whose button's words begin so."""
        forms = [
            f for f in self.main.iter("form") if any(words(b).startswith(button) for b in f.iter("button"))
        ]
        if len(forms) != 1:
            raise LookupError(f"{len(forms)} forms “{button}” on {self.path} ({self.status}): {self.text}")
        return forms[0]

    def typed(self, name):
        """Return what stands in a field of the page's only form."""
        return dict(self.form().form_values()).get(name, "")

    def wrong_with(self, name):
        """Return what is said beside a field about what is wrong with it."""
        field = self.main.xpath(f".//div[contains(@class, 'is-wrong')][.//*[@name='{name}']]")
        return " ".join(words(e) for e in field[0].xpath(".//*[contains(@class, 'wrong')]")) if field else ""


class Person:
    """Somebody at a browser, signed in or not."""

    def __init__(self, browser):
        self.browser = browser

    def opens(self, address, **query):
        """Open an address, or follow a link of a letter; redirects are followed."""
        path = address.removeprefix(settings.ADDRESS)
        return Page(self.browser.get(path, query or None, follow=True))

    def presses(self, page, button="", **typed):
        """Fill in the page's form over what stands in it, and press its button. Returns what comes next."""
        return Page(self.sends(page, button, **typed))

    def sends(self, page, button="", *, follow=True, **typed):
        """The same, and return the bare answer."""
        form, values = page.form(button), {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        for name in typed.keys() - {e.get("name") for e in form.iter("input", "select", "textarea")}:
            raise LookupError(f"no field {name} on {page.path}")
        pressed = next(b for b in form.iter("button") if words(b).startswith(button))
        action = pressed.get("formaction") or form.get("action") or page.path
        if pressed.get("name"):
            values[pressed.get("name")] = pressed.get("value", "")
        return self.browser.post(action, values | typed, follow=follow)

    def does(self, page, act, **typed):
        """Follow a link to the page of an act, fill in its form and press. Returns what comes next."""
        return self.presses(self.opens(page.link(act)), **typed)


def file_called(name, content=b"%PDF-1.4", kind="application/pdf"):
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content, kind)
