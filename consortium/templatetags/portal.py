"""How figures, dates, places and form controls are written, on pages, on paper and in letters alike."""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal

from django import forms, template
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.urls import translate_url
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

register = template.Library()

NARROW, NO_BREAK, MINUS = "\u202f", "\u00a0", "\u2212"
SIGNS = {ord(","): NARROW, ord("-"): MINUS}
CENT = Decimal("0.01")
LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}

SHORT_WEEKDAYS = {
    "fi": ["ma", "ti", "ke", "to", "pe", "la", "su"],
    "sv": ["mån", "tis", "ons", "tors", "fre", "lör", "sön"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}
LONG_WEEKDAYS = {
    "fi": ["maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai"],
    "sv": ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
BEFORE_TIME = {"fi": "klo", "sv": "kl.", "en": "at"}
SIZE_UNITS = {"fi": ["t", "kt", "Mt", "Gt"], "sv": ["B", "kB", "MB", "GB"], "en": ["B", "kB", "MB", "GB"]}


def _language(language=None):
    """The asked language, else the active one, as one of fi, sv, en."""
    code = (language or get_language() or "fi")[:2]
    return code if code in LANGUAGES else "fi"


def _decimal(value):
    """An exact decimal of a whole number, a Decimal or its text; TypeError for a float, which is never exact."""
    if isinstance(value, float):
        raise TypeError("Money and counts are Decimal or whole numbers, not float.")
    return Decimal(value)


def _grouped(value, places):
    """Digits in groups of three with a narrow space, decimal comma, true minus; halves go away from zero."""
    value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = f"{abs(value):,f}".translate({ord(","): NARROW, ord("."): ","})
    return f"{MINUS}{digits}" if value < 0 else digits


def _places(value):
    """How many decimals a number has when the zeros at its end are left out."""
    return max(0, -value.normalize().as_tuple().exponent)


def _date(value):
    """The Helsinki day of a date, a moment or their ISO text."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value) if "T" in value else datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.date()
    return value


def _local(value):
    """A moment or a time of day as it is read from a clock in Helsinki."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


# Numbers


@register.filter
def money(value):
    """Euros with cents: 7 500,00 €. Empty for None; TypeError for a float."""
    return "" if value in (None, "") else f"{_grouped(_decimal(value), 2)}{NO_BREAK}€"


@register.filter
def number(value):
    """A count or a plain number: 122 594; decimals only where there are some. TypeError for a float."""
    if type(value) is int:  # lists are full of these
        return f"{value:,}".translate(SIGNS)
    if value in (None, ""):
        return ""
    value = _decimal(value)
    return _grouped(value, _places(value))


@register.filter
def rate(value):
    """Euros a resident with every decimal that counts, two at least: 0,009 €. TypeError for a float."""
    if value in (None, ""):
        return ""
    value = _decimal(value)
    return f"{_grouped(value, max(2, _places(value)))}{NO_BREAK}€"


@register.filter
def file_size(value, language=None):
    """Bytes in the unit people know, thousands as in the metric system: 84 kt, in Swedish and English 84 kB."""
    if value in (None, ""):
        return ""
    size, power = _decimal(value), 0
    while size.quantize(Decimal(1), rounding=ROUND_HALF_UP) >= 1000 and power < 3:
        size, power = size / 1000, power + 1
    # one decimal from a million bytes up, as long as it tells something
    places = 1 if power > 1 and size < 10 and size.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) % 1 else 0
    return f"{_grouped(size, places)}{NO_BREAK}{SIZE_UNITS[_language(language)][power]}"


@register.filter
def code_groups(value):
    """A code to be read aloud or typed, in groups of four: 7K4M 2XQP."""
    return " ".join(re.findall(".{1,4}", str(value or "")))


# Days and times


@register.filter
def day(value):
    """A day as it is written in Finland: 21.5.2027."""
    if not value:
        return ""
    value = _date(value)
    return f"{value.day}.{value.month}.{value.year}"


@register.filter
def weekday_day(value, language=None):
    """A day to act on: pe 21.5.2027, fre 21.5.2027, Fri 21.5.2027."""
    return f"{SHORT_WEEKDAYS[_language(language)][_date(value).weekday()]} {day(value)}" if value else ""


@register.filter
def long_weekday_day(value, language=None):
    """A day inside a sentence, "on" included in Finnish: perjantaina 21.5.2027, fredag 21.5.2027, Friday 21.5.2027."""
    if not value:
        return ""
    language = _language(language)
    ending = "na" if language == "fi" else ""
    return f"{LONG_WEEKDAYS[language][_date(value).weekday()]}{ending} {day(value)}"


@register.filter
def day_title(value, language=None):
    """A day as the name of a page: Perjantai 21.5.2027, Fredag 21.5.2027, Friday 21.5.2027."""
    if not value:
        return ""
    return f"{LONG_WEEKDAYS[_language(language)][_date(value).weekday()].capitalize()} {day(value)}"


@register.filter
def clock_time(value, language=None):
    """A time of day in Helsinki: 16.00, in English 16:00."""
    if not value and value != datetime.time():
        return ""
    value = _local(value)
    return f"{value.hour}{':' if _language(language) == 'en' else '.'}{value.minute:02d}"


@register.filter
def moment(value, language=None):
    """A day and its time: 12.5.2027 klo 9.12, 12.5.2027 kl. 9.12, 12.5.2027 at 9:12."""
    if not value:
        return ""
    return f"{day(value)} {BEFORE_TIME[_language(language)]}{NO_BREAK}{clock_time(value, language)}"


@register.filter
def weekday_moment(value, language=None):
    """A day to act on and its time: ke 12.5.2027 klo 9.12."""
    if not value:
        return ""
    return f"{SHORT_WEEKDAYS[_language(language)][_date(value).weekday()]} {moment(value, language)}"


@register.filter
def keep(value):
    """The words of a date or a sum on one line."""
    return format_html('<span class="keep">{}</span>', value)


# Places and languages


def _fact(record, name):
    return record[name] if isinstance(record, dict) else getattr(record, name)


def place_in(municipality, language=None):
    """A municipality's name for a page in this language, and the language the name itself is in.

    In English, and where there is one name only, the language is the municipality's own first one.
    """
    language = _language(language)
    names = {code: _fact(municipality, f"name_{code}") for code in ("fi", "sv")}
    own = "sv" if _fact(municipality, "language").startswith("sv") else "fi"
    if language in names and names["fi"] != names["sv"] and names[language]:
        return names[language], language
    return names[own] or names["fi"], own


@register.filter
def place_name(municipality, language=None):
    """A municipality's name as plain text, for letters and exports."""
    return place_in(municipality, language)[0]


@register.filter
def place(municipality, language=None):
    """A municipality's name for the page, marked with its language where that is not the page's."""
    language = _language(language)
    name, spoken = place_in(municipality, language)
    return name if spoken == language else format_html('<span lang="{}">{}</span>', spoken, name)


def put_in(words, **facts):
    """Put facts into a sentence for a page; a place that ``place`` has marked with its language stays marked."""
    return mark_safe(
        conditional_escape(words) % {name: conditional_escape(fact) for name, fact in facts.items()}
    )


@register.filter
def telephone(value):
    """A number as a telephone dials it: "040 123 4567, work" becomes 0401234567."""
    found = re.match(r"[\s(]*(\+?[\d\s().-]*)", str(value or ""))
    return re.sub(r"[^+\d]", "", found[1]) if found else ""


@register.filter
def address(value):
    """An e-mail address that may break after its @ and before its dots, never inside a word."""
    return mark_safe(re.sub(r"(@)|(?=\.)", r"\1<wbr>", conditional_escape(value or "")))


@register.simple_tag(takes_context=True)
def language_url(context, code):
    """The address of the present page in another language, its query kept.

    ``portal.path`` goes before the request's own path, for a page whose address cannot be opened with GET.
    """
    request = context.get("request")
    path = (context.get("portal") or {}).get("path") or (request.get_full_path() if request else "/")
    translated = path if code == _language() else translate_url(path, code)
    if translated != path:
        return translated
    # an address that leads nowhere (the page of error 404) still changes its language by its beginning
    bare = re.sub(rf"^/({'|'.join(LANGUAGES)})(?=[/?]|$)", "", path)
    return bare or "/" if code == settings.LANGUAGE_CODE else f"/{code}{bare}"


@register.simple_tag(takes_context=True)
def languages(context):
    """The portal's three languages, each with its own name and the present page's address in it."""
    return [
        {"code": code, "name": name, "url": language_url(context, code), "current": code == _language()}
        for code, name in LANGUAGES.items()
    ]


@register.filter
def worn(hats):
    """The label of the role that is worn now, or nothing."""
    return next((hat["label"] for hat in hats or [] if hat["current"]), "")


# Forms


@register.simple_tag
def control(field, **attrs):
    """A form field's control with the class its kind needs; more attributes may be given."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        kind = "form-check-input"
    elif isinstance(widget, forms.Select):
        kind = "form-select"
    else:
        kind = "form-control"
    classes = [kind, widget.attrs.get("class", ""), attrs.pop("class", "")]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes)), **attrs})


@register.filter
def is_choice_group(field):
    """Whether the field is a group of radio buttons or tick boxes."""
    return isinstance(field.field.widget, forms.RadioSelect)


@register.filter
def is_tick(field):
    """Whether the field is a single tick box."""
    return isinstance(field.field.widget, forms.CheckboxInput)


def _names_its_field(error, field):
    """Whether a message was written for this very field, and so needs no label before it."""
    general = [vars(cls).get("default_error_messages", {}).get(error.code) for cls in type(field).__mro__]
    general += [getattr(type(validator), "message", None) for validator in field.validators]
    return not any(error.message is message for message in general)


@register.simple_tag
def error_links(form):
    """What is wrong in a form, in the order of its fields: text, and the address of the control it is about."""
    links = []
    order = [NON_FIELD_ERRORS, *form.fields]
    for name, errors in sorted(form.errors.as_data().items(), key=lambda item: order.index(item[0])):
        field = None if name == NON_FIELD_ERRORS else form[name]
        for error in errors:
            text = " ".join(error.messages)
            if field and not _names_its_field(error, field.field):
                text = f"{field.label} {text}" if str(field.label).endswith("?") else f"{field.label}: {text}"
            if not field or field.is_hidden:
                links.append({"text": text, "url": ""})
                continue
            # a group of choices has no control of its own: its first choice stands for it
            target = f"{field.auto_id}_0" if is_choice_group(field) else field.id_for_label or field.auto_id
            links.append({"text": text, "url": f"#{target}"})
    return links
