"""How figures, days, places and forms are written: the literal text, character by character."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from consortium.templatetags import portal

DAY = dt.date(2027, 5, 21)
MORNING = dt.datetime(2027, 5, 12, 6, 12, tzinfo=dt.UTC)  # 9.12 in Helsinki


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7500", "7\u202f500,00\u00a0€"),
        (Decimal("1244.88"), "1\u202f244,88\u00a0€"),
        (0, "0,00\u00a0€"),
        (Decimal("-50"), "\u221250,00\u00a0€"),
        (Decimal("0.005"), "0,01\u00a0€"),
        ("1234567.8", "1\u202f234\u202f567,80\u00a0€"),
        (None, ""),
    ],
)
def test_money_has_thin_spaces_two_decimals_and_a_true_minus(value, text):
    assert portal.money(value) == text


@pytest.mark.parametrize("write", [portal.money, portal.number, portal.rate])
def test_a_float_is_refused(write):
    with pytest.raises(TypeError, match="not float"):
        write(0.1)


def test_numbers_keep_only_the_decimals_that_say_something():
    assert portal.number(122594) == "122\u202f594"
    assert portal.number(Decimal("40.0")) == "40"
    assert portal.number(Decimal("-3.25")) == "\u22123,25"
    assert portal.number(Decimal("1E+3")) == "1\u202f000"


def test_a_rate_shows_every_decimal_that_counts():
    assert portal.rate("0.009") == "0,009\u00a0€"
    assert portal.rate(Decimal("0.70000")) == "0,70\u00a0€"


@pytest.mark.parametrize(
    ("size", "fi", "sv"),
    [
        (999, "999\u00a0t", "999\u00a0B"),
        (84000, "84\u00a0kt", "84\u00a0kB"),
        (999_600, "1\u00a0Mt", "1\u00a0MB"),
        (1_400_000, "1,4\u00a0Mt", "1,4\u00a0MB"),
        (10_000_000, "10\u00a0Mt", "10\u00a0MB"),
    ],
)
def test_a_file_size_in_the_reader_s_unit(size, fi, sv):
    assert portal.file_size(size, "fi") == fi
    assert portal.file_size(size, "sv") == sv


def test_a_code_is_read_in_fours():
    assert portal.code_groups("7K4M2XQP") == "7K4M 2XQP"
    assert portal.code_groups(None) == ""


@pytest.mark.parametrize(
    ("language", "short", "long", "title", "moment"),
    [
        ("fi", "pe 21.5.2027", "perjantaina 21.5.2027", "Perjantai 21.5.2027", "12.5.2027 klo\u00a09.12"),
        ("sv", "fre 21.5.2027", "fredag 21.5.2027", "Fredag 21.5.2027", "12.5.2027 kl.\u00a09.12"),
        ("en", "Fri 21.5.2027", "Friday 21.5.2027", "Friday 21.5.2027", "12.5.2027 at\u00a09:12"),
    ],
)
def test_days_and_times_in_three_languages(language, short, long, title, moment):
    with translation.override(language):
        assert portal.weekday_day(DAY) == portal.weekday_day("2027-05-21") == short
        assert portal.long_weekday_day(DAY) == long
        assert portal.day_title(DAY) == title
        assert portal.moment(MORNING) == portal.moment(MORNING.isoformat()) == moment


def test_all_seven_short_days():
    monday = dt.date(2026, 11, 23)
    week = [monday + dt.timedelta(days=i) for i in range(7)]
    assert [portal.weekday_day(d, "fi").split()[0] for d in week] == [
        "ma",
        "ti",
        "ke",
        "to",
        "pe",
        "la",
        "su",
    ]
    assert [portal.weekday_day(d, "sv").split()[0] for d in week] == [
        "mån",
        "tis",
        "ons",
        "tors",
        "fre",
        "lör",
        "sön",
    ]


def test_a_late_evening_in_utc_is_the_next_day_in_helsinki():
    late = dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)
    assert portal.day(late) == "1.1.2027"
    assert portal.weekday_moment(late, "fi") == "pe 1.1.2027 klo\u00a00.30"


def test_times_of_day_midnight_included():
    assert portal.clock_time(dt.time(16, 0), "fi") == "16.00"
    assert portal.clock_time(dt.time(0, 0), "sv") == "0.00"
    assert portal.clock_time(dt.time(16, 0), "en") == "16:00"
    assert portal.clock_time(None, "fi") == portal.day(None) == portal.moment("") == ""


def _municipality(fi, sv, language):
    return SimpleNamespace(name_fi=fi, name_sv=sv, language=language)


@pytest.mark.parametrize(
    ("municipality", "page", "html"),
    [
        (_municipality("Närpiö", "Närpes", "sv-fi"), "fi", "Närpiö"),
        (_municipality("Närpiö", "Närpes", "sv-fi"), "sv", "Närpes"),
        (_municipality("Närpiö", "Närpes", "sv-fi"), "en", '<span lang="sv">Närpes</span>'),
        (_municipality("Turku", "Åbo", "fi-sv"), "en", '<span lang="fi">Turku</span>'),
        (_municipality("Alavieska", "Alavieska", "fi"), "sv", '<span lang="fi">Alavieska</span>'),
        (_municipality("Brändö", "Brändö", "sv"), "fi", '<span lang="sv">Brändö</span>'),
        (
            {"name_fi": "Rautalampi", "name_sv": "", "language": "fi"},
            "sv",
            '<span lang="fi">Rautalampi</span>',
        ),
    ],
)
def test_a_place_is_named_in_the_page_s_language_or_marked_with_its_own(municipality, page, html):
    with translation.override(page):
        assert portal.place(municipality) == html
        assert portal.place_name(municipality) in html


def test_a_name_cannot_bring_marks_of_its_own():
    assert "<b>" not in portal.place(_municipality("<b>x</b>", "<b>x</b>", "fi"), "sv")
    assert portal.keep("<b>") == '<span class="keep">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("active", "path", "code", "url"),
    [
        ("fi", "/nowhere/?region=12", "sv", "/sv/nowhere/?region=12"),
        ("fi", "/nowhere/?region=12", "fi", "/nowhere/?region=12"),
        ("sv", "/sv/nowhere/?region=12", "fi", "/nowhere/?region=12"),
        ("sv", "/sv/nowhere/", "en", "/en/nowhere/"),
        ("sv", "/sv/nowhere/", "sv", "/sv/nowhere/"),
        ("fi", "/svartholm/", "en", "/en/svartholm/"),
        ("fi", "/sv/", "fi", "/"),
    ],
)
def test_a_language_link_leads_to_the_same_page_and_keeps_its_query(active, path, code, url):
    with translation.override(active):
        assert portal.language_url({"request": RequestFactory().get(path)}, code) == url


def test_a_page_may_name_the_path_its_language_links_use():
    context = {"request": RequestFactory().post("/sent/"), "portal": {"path": "/record/"}}
    assert portal.language_url(context, "sv") == "/sv/record/"
    assert portal.language_url({}, "sv") == "/sv/"


def test_the_worn_hat_is_named():
    hats = [{"label": "Turku", "current": False}, {"label": "Service centre", "current": True}]
    assert portal.worn(hats) == "Service centre"
    assert portal.worn(hats[:1]) == portal.worn(None) == ""


def test_the_three_languages_know_the_present_one():
    with translation.override("sv"):
        tongues = portal.languages({"request": RequestFactory().get("/fi/x/")})
    assert [(t["code"], t["name"], t["current"]) for t in tongues] == [
        ("fi", "Suomi", False),
        ("sv", "Svenska", True),
        ("en", "English", False),
    ]


class Answer(forms.Form):
    amount = forms.DecimalField(
        label="Estimate",
        help_text="Whole euros.",
        error_messages={"required": "Give the estimate, for example 4000"},
    )
    section = forms.CharField(label="Section", max_length=4, widget=forms.TextInput(attrs={"class": "short"}))
    ground = forms.ChoiceField(
        label="Ground", choices=[("c", "Certificate"), ("p", "Phone")], widget=forms.RadioSelect
    )
    body = forms.ChoiceField(label="Body", choices=[("b", "Board")], required=False)
    sure = forms.BooleanField(label="Checked")

    def clean(self):
        raise forms.ValidationError("The decision cannot be before the meeting.")


def test_error_links_lead_to_controls_and_name_the_field_only_where_the_words_do_not():
    with translation.override("en"):
        links = portal.error_links(Answer({"section": "§ 1234"}))
        assert [(link["url"], link["text"]) for link in links] == [
            ("", "The decision cannot be before the meeting."),
            ("#id_amount", "Give the estimate, for example 4000"),
            ("#id_section", "Section: Ensure this value has at most 4 characters (it has 6)."),
            ("#id_ground_0", "Ground: This field is required."),
            ("#id_sure", "Checked: This field is required."),
        ]


def _field(name, data=None, **context):
    bound = Answer(data)[name]
    return render_to_string("bootstrap5/field.html", {"field": bound, "form_show_labels": True, **context})


def test_a_field_says_name_help_error_in_this_order_above_its_control():
    with translation.override("en"):
        html = _field("amount", {})
    order = ["form-label", 'id="id_amount_helptext"', 'id="id_amount_error"', "<input"]
    assert [html.index(mark) for mark in order] == sorted(html.index(mark) for mark in order)
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert "is-wrong" in html
    assert "form-control" in html


def test_a_field_without_faults_has_no_marks_of_one():
    html = _field("section", crispy_appended_text="€")
    assert "wrong" not in html
    assert "aria-invalid" not in html
    assert 'class="form-control short"' in html
    assert '<div class="unit">' in html


def test_a_group_of_choices_has_a_legend_and_the_ids_that_the_summary_links_to():
    html = _field("ground", {})
    assert "<legend>" in html
    assert 'aria-describedby="id_ground_error"' in html
    assert 'id="id_ground_0"' in html
    assert html.count('type="radio"') == 2


def test_a_select_and_a_tick_have_their_own_class():
    assert "form-select" in _field("body")
    assert "form-check-input" in _field("sure")


def test_summary_is_there_only_for_a_form_with_faults():
    assert render_to_string("partials/errors.html", {"form": Answer()}).strip() == ""
    html = render_to_string("partials/errors.html", {"form": Answer({})})
    assert 'role="alert"' in html
    assert "data-focus" in html
    assert 'href="#id_amount"' in html


def test_a_refusal_links_to_no_field():
    html = render_to_string("partials/errors.html", {"form": Answer({}), "refusal": "Too late, at 16.07."})
    assert "Too late, at 16.07." in html
    assert "href" not in html


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_the_last_pages_need_no_context_and_speak_three_languages(name):
    html = render_to_string(name)
    for language in ("fi", "sv", "en"):
        assert f'lang="{language}"' in html
    assert "<style" not in html
    assert "style=" not in html


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_error_pages_survive_without_portal(name):
    with translation.override("sv"):
        html = render_to_string(name)
    assert '<html lang="sv">' in html
    assert 'id="content"' in html
    assert "<nav" not in html


def test_the_page_says_error_first_in_its_title():
    source = '{% extends "base.html" %}{% block title %}Närpes{% endblock %}'
    with translation.override("en"):
        bad = Template(source).render(Context({"form": Answer({})}))
        good = Template(source).render(Context({"form": Answer()}))
    assert "<title>Error: Närpes – Consortium of Public Libraries</title>" in bad
    assert "<title>Närpes – Consortium of Public Libraries</title>" in good


def test_no_page_part_holds_inline_style_or_script():
    with translation.override("en"):
        html = Template('{% extends "base.html" %}').render(
            Context({"portal": {"practice": True, "moved_today": DAY}})
        )
    assert "Today is moved:</strong> Fri 21.5.2027" in html
    for forbidden in ("<style", " style=", "onclick", "javascript:"):
        assert forbidden not in html


def test_messages_are_receipts_and_refusals_and_the_first_takes_the_focus():
    messages = [SimpleNamespace(level_tag="success"), SimpleNamespace(level_tag="error")]
    html = render_to_string("partials/messages.html", {"messages": messages})
    assert html.count("data-focus") == 1
    assert html.index('role="status"') < html.index('role="alert"')


def test_a_long_list_says_its_count_and_which_rows_are_here():
    from_51 = SimpleNamespace(
        number=2, start_index=51, end_index=100, has_other_pages=True, has_previous=True, has_next=True,
        previous_page_number=1, next_page_number=3, paginator=SimpleNamespace(num_pages=62),
    )  # fmt: skip
    listed = {
        "count": 3080,
        "page": from_51,
        "caption": "Municipalities",
        "csv_url": "?format=csv",
        "xlsx_url": "?format=xlsx",
        "heads": [{"label": "Name", "css": "", "sorted": "ascending", "sort_url": "?sort=-name"}],
        "body": "<i>Kuopio</i>",  # what a list has not marked as safe is not
    }
    request = RequestFactory().get("/?sort=name&page=2")
    with translation.override("en"):
        html = render_to_string("partials/sheet.html", {"list": listed}, request=request)
    assert "<strong>3\u202f080 rows</strong>, rows 51–100 on this page" in html
    assert "Download these 3\u202f080 rows (CSV)" in html
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=name&amp;page=3"' in html
    assert "Page 2 of 62" in html
    assert "&lt;i&gt;Kuopio" in html
