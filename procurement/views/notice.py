"""The notice's data sheet, and CPV codes looked up by word."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortium.lists import as_csv, as_xlsx
from procurement import cpv
from procurement import notice as data_sheet
from procurement.commitment_list import safe
from procurement.models import Procurement
from procurement.models.notice_facts import facts_of
from procurement.readings import VOLUMES, note_reading

MOST = 40


@require_safe
def notice(request, pk):
    """The values of a procurement for its notice by business terms, to copy or as a file; what is missing is named."""
    procurement = get_object_or_404(Procurement.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("procurement.manage_procurement", procurement):
        raise PermissionDenied
    asked = request.GET.get("language")
    language = asked if asked in {"fi", "sv"} else "fi"
    facts = facts_of(procurement, language)
    if facts.value is not None:  # the sum of the answers
        note_reading(request.user, procurement, VOLUMES)
    sections = data_sheet.sheet(facts, language)
    word = pgettext("file name", "notice")
    name, kind = f"{procurement.number}-{word}-{language}", request.GET.get("format")
    table = [[safe(cell) for cell in line] for line in data_sheet.table(sections)]
    if kind == "csv":
        return as_csv(table, f"{name}.csv")
    if kind == "xlsx":
        return as_xlsx(table, f"{name}.xlsx")
    context = {
        "procurement": procurement,
        "sections": [
            (section, [(item, f"value-{section.key}-{place}") for place, item in enumerate(section.items)])
            for section in sections
        ],
        "missing": data_sheet.missing(sections),
        "language": language,
        "languages": [("fi", _("Finnish")), ("sv", _("Swedish"))],
    }
    return render(request, "procurement/notice.html", context)


@require_safe
def cpv_search(request):
    """CPV codes of the libraries' part of the vocabulary: by code or by word in any language; all when none asked."""
    asked = request.GET.get("q", "")[:100]
    found = cpv.search(asked, limit=MOST) if asked.strip() else list(cpv.TABLE.values())
    language = get_language()
    context = {
        "asked": asked,
        "found": [
            (entry.code, entry.name(language), [n for n in entry[1:] if n != entry.name(language)])
            for entry in found
        ],
    }
    return render(request, "procurement/cpv_search.html", context)
