"""CPV codes in a form: rows of inputs that look codes up by word in three languages, without scripts."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from procurement import cpv

SPARE, MOST = 3, 20
SEEN = "as_printed"


class CpvInputs(forms.Widget):
    """One input a code and a few spare ones; the browser's own list finds codes by their names in any language.

    Where a last digit is in doubt a tick is drawn below: the person has seen the code so in the vocabulary.
    """

    doubted = False

    def value_from_datadict(self, data, files, name):
        """Return what was typed into all the inputs, and whether the tick was set."""
        typed = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return {"typed": [text for text in typed if text.strip()], SEEN: bool(data.get(f"{name}-{SEEN}"))}

    def value_omitted_from_data(self, data, files, name):
        """Say whether the form had no such inputs at all."""
        return name not in data

    def use_required_attribute(self, initial):
        """Never ask the browser: spare inputs may stay empty."""
        return False

    def id_for_label(self, id_):
        """Return the first input's id: the label is its."""
        return f"{id_}_0" if id_ else id_

    def render(self, name, value, attrs=None, renderer=None):
        """Return the inputs, their list of codes and, where a digit is in doubt, the tick, as safe HTML."""
        typed = value["typed"] if isinstance(value, dict) else list(value or ())
        attrs = dict(attrs or {})
        base = attrs.pop("id", f"id_{name}")
        heard = f"{base}_codes"
        inputs = [
            format_html(
                '<div class="mb-2"><input{}>{}</div>',
                flatatt(
                    attrs
                    | {"type": "text", "name": name, "value": text, "id": f"{base}_{place}", "list": heard}
                    | {"autocomplete": "off"}
                    | ({"aria-label": _("One more CPV code")} if place else {})
                ),
                _named(text),
            )
            for place, text in enumerate([*typed, *[""] * min(SPARE, MOST - len(typed))])
        ]
        return mark_safe(
            "".join(inputs) + _codes(heard) + (self._tick(name, base, value) if self.doubted else "")
        )

    def _tick(self, name, base, value):
        checked = isinstance(value, dict) and value[SEEN]
        attrs = {"type": "checkbox", "name": f"{name}-{SEEN}", "id": f"{base}_{SEEN}", "checked": checked}
        return format_html(
            '<div class="choice"><label for="{}"><input class="form-check-input"{}><span>{}</span></label></div>',
            f"{base}_{SEEN}",
            flatatt(attrs),
            _("I have seen the code so in the vocabulary."),
        )


def _named(typed):
    """Return the name of a typed code of the table, as a note after its input."""
    name = cpv.name(typed.strip(), get_language())
    return format_html(' <span class="note">{}</span>', name) if name else ""


def _codes(heard):
    """Return the table for the browser's own list: the page's language first, the others after it to be found by."""
    options = format_html_join(
        "", '<option value="{}">{}</option>', ((e.code, _all_names(e)) for e in cpv.TABLE.values())
    )
    return format_html('<datalist id="{}">{}</datalist>', heard, options)


def _all_names(entry):
    spoken = get_language()
    first = entry.name(spoken)
    return " · ".join([first, *(name for name in entry[1:] if name != first)])


class CpvField(forms.Field):
    """CPV codes, one an input; a code of the table may lack its last digit. Cleaned to codes as they are written."""

    widget = CpvInputs
    default_error_messages = {
        "unknown": gettext_lazy(
            "“%(code)s” is no CPV code: eight digits, a hyphen and a digit, for example 22213000-6."
        ),
        "digit": gettext_lazy("“%(code)s”: the last digit should be %(expected)s. Check the code."),
        "doubtful": gettext_lazy(
            "“%(code)s”: by the rule the last digit would be %(expected)s. Check the code in the vocabulary."
        ),
        "many": gettext_lazy("Give at most %(most)s codes."),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"required": False} | kwargs)

    def clean(self, value):
        """Return the codes, each once. Raises ValidationError that names each one that cannot stand."""
        typed, seen = (value["typed"], value[SEEN]) if isinstance(value, dict) else (list(value or ()), False)
        if self.required and not typed:
            raise ValidationError(self.error_messages["required"], code="required")
        found, wrong = [], []
        for text in typed:
            try:
                found.append(cpv.read(text, as_printed=seen))
            except cpv.DoubtfulDigit as doubt:
                wrong.append(self._doubted(doubt))
            except cpv.NotACode:
                wrong.append(ValidationError(self.error_messages["unknown"], "unknown", {"code": text}))
        if len(found) > MOST:
            wrong.append(ValidationError(self.error_messages["many"], "many", {"most": MOST}))
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(found))

    def _doubted(self, doubt):
        facts = {"code": doubt.code, "expected": doubt.expected}
        if doubt.code[:8] in cpv.BY_STEM:  # the vocabulary's own digit is known: nothing to be seen otherwise
            return ValidationError(self.error_messages["digit"], "digit", facts)
        self.widget.doubted = True
        return ValidationError(self.error_messages["doubtful"], "doubtful", facts)
