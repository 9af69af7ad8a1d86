"""The lines of minutes in Finnish and in Swedish: whole sentences in which names and figures are never inflected.

Minutes are in the meeting's language, not in the reader's, so their sentences are kept here and not among the pages'.
Times are Helsinki's.
"""

from datetime import date, datetime
from string import Formatter
from typing import NamedTuple

from consortium.clock import HELSINKI


class Words(NamedTuple):
    """One sentence in both languages, with the names of its figures in braces."""

    fi: str
    sv: str


_STAY = "klo {since}–{until}", "kl. {since}–{until}"
_OF = "(varsinainen jäsen: {member})", "(ordinarie ledamot: {member})"


def _stay(fi, sv):
    return Words(f"{fi}, {_STAY[0]}.", f"{sv}, {_STAY[1]}.")


def _voice(fi, sv):
    return Words(f"{{person}}: {fi}.", f"{{person}}: {sv}."), Words(
        f"{{person}} {_OF[0]}: {fi}.", f"{{person}} {_OF[1]}: {sv}."
    )


_FOR, _FOR_DEPUTY = _voice("puolesta", "för")
_AGAINST, _AGAINST_DEPUTY = _voice("vastaan", "emot")
_BLANK, _BLANK_DEPUTY = _voice("tyhjä", "blankt")

WORDS = {
    # head
    "meeting": Words(
        "{body}, kokous {number}. Aika: {at}. Paikka: {place}.",
        "{body}, möte {number}. Tid: {at}. Plats: {place}.",
    ),
    "called": Words("Kokouskutsu on lähetetty {on}.", "Kallelsen har sänts {on}."),
    "opened_by_chair": Words(
        "Kokouksen avasi puheenjohtaja {person}.", "Mötet öppnades av ordföranden {person}."
    ),
    "opened_by_vice_chair": Words(
        "Puheenjohtajan poissa ollessa kokouksen avasi varapuheenjohtaja {person}.",
        "I ordförandens frånvaro öppnades mötet av vice ordföranden {person}.",
    ),
    "opened_without_chair": Words(
        "Puheenjohtaja ja varapuheenjohtaja olivat poissa kokouksen alkaessa.",
        "Ordföranden och vice ordföranden var frånvarande när mötet började.",
    ),
    "chair": _stay("Läsnä, puheenjohtaja: {person}", "Närvarande, ordförande: {person}"),
    "vice_chair": _stay("Läsnä, varapuheenjohtaja: {person}", "Närvarande, vice ordförande: {person}"),
    "member": _stay("Läsnä, jäsen: {person}", "Närvarande, ledamot: {person}"),
    "deputy": _stay(f"Läsnä, varajäsen: {{person}} {_OF[0]}", f"Närvarande, ersättare: {{person}} {_OF[1]}"),
    "deputy_beside_member": _stay(
        f"Läsnä ilman äänioikeutta, varajäsen: {{person}} {_OF[0]}",
        f"Närvarande utan rösträtt, ersättare: {{person}} {_OF[1]}",
    ),
    "deputy_of_vacant": _stay(
        "Läsnä, varajäsen (varsinaista jäsentä ei ole): {person}",
        "Närvarande, ersättare (ordinarie ledamot saknas): {person}",
    ),
    "absent": Words("Poissa: {person}.", "Frånvarande: {person}."),
    "vacant": Words("Yksi paikka on täyttämättä.", "En plats är obesatt."),
    "expert": _stay("Asiantuntija: {person}", "Sakkunnig: {person}"),
    "expert_published": _stay("Asiantuntija: {role}", "Sakkunnig: {role}"),
    "secretary": _stay("Sihteeri: {person}", "Sekreterare: {person}"),
    "visitor": _stay("Muu läsnäolija: {person}", "Övrig närvarande: {person}"),
    # an item
    "arrived": Words("Saapui klo {at}: {person}.", "Anlände kl. {at}: {person}."),
    "came_back": Words("Palasi klo {at}: {person}.", "Återkom kl. {at}: {person}."),
    "left": Words("Poistui klo {at}: {person}.", "Avlägsnade sig kl. {at}: {person}."),
    "dropped": Words(
        "Etäyhteys katkesi klo {at}: {person}.", "Distansförbindelsen bröts kl. {at}: {person}."
    ),
    "conflict": Words("Esteellinen: {person}. Peruste: {ground}.", "Jävig: {person}. Grund: {ground}."),
    "conflict_published": Words("Esteellinen: {person}.", "Jävig: {person}."),
    "away": Words(
        "Poissa asian käsittelyn ajan, klo {left_at}–{back_at}: {person}.",
        "Frånvarande under behandlingen av ärendet, kl. {left_at}–{back_at}: {person}.",
    ),
    "away_to_end": Words(
        "Poistui klo {left_at} eikä palannut: {person}.",
        "Avlägsnade sig kl. {left_at} och återkom inte: {person}.",
    ),
    "deputy_for_conflict": Words(
        f"Esteellisen jäsenen tilalla: {{person}} {_OF[0]}.",
        f"I stället för jävig ledamot: {{person}} {_OF[1]}.",
    ),
    "presides": Words("Puheenjohtajana tässä asiassa: {person}.", "Ordförande i detta ärende: {person}."),
    "quorum": Words(
        "Läsnä {present}, paikkoja {seats}, vaaditaan {needed}: päätösvaltainen.",
        "Närvarande {present}, platser {seats}, krav {needed}: beslutför.",
    ),
    "no_quorum_too_few": Words(
        "Läsnä {present}, paikkoja {seats}, vaaditaan {needed}: ei päätösvaltainen.",
        "Närvarande {present}, platser {seats}, krav {needed}: inte beslutför.",
    ),
    "no_quorum_no_chair": Words(
        "Puheenjohtaja ja varapuheenjohtaja eivät osallistu. Läsnä {present}, paikkoja {seats}, vaaditaan {needed}.",
        "Ordföranden och vice ordföranden deltar inte. Närvarande {present}, platser {seats}, krav {needed}.",
    ),
    "proposal": Words("Ehdotus: {text}", "Förslag: {text}"),
    "proposed_by": Words("Ehdotuksen teki: {text}.", "Förslaget gjordes av: {text}."),
    "seconded_by": Words("Ehdotusta kannatti: {text}.", "Förslaget understöddes av: {text}."),
    "discussion": Words("Keskustelu: {text}", "Diskussion: {text}"),
    "opposed": Words("Asiasta ei oltu yksimielisiä: {people}.", "Man var inte enig i ärendet: {people}."),
    "put_again": Words("Äänestys toimitettiin uudelleen.", "Omröstningen gjordes om."),
    "away_during_vote": Words(
        "Poissa äänestyksen aikana klo {at}–{back_at}: {person}.",
        "Frånvarande under omröstningen kl. {at}–{back_at}: {person}.",
    ),
    "dropped_before_close": Words(
        "Etäyhteys katkesi ennen äänestyksen päättymistä, klo {at}: {person}.",
        "Distansförbindelsen bröts innan omröstningen avslutades, kl. {at}: {person}.",
    ),
    "left_before_close": Words(
        "Poistui ennen äänestyksen päättymistä, klo {at}: {person}.",
        "Avlägsnade sig innan omröstningen avslutades, kl. {at}: {person}.",
    ),
    "roll_call": Words(
        "Nimenhuutoäänestys, päättyi klo {at}: puolesta {votes_for}, vastaan {votes_against}, tyhjiä {votes_blank}.",
        "Omröstning med namnupprop, avslutad kl. {at}: för {votes_for}, emot {votes_against}, blanka {votes_blank}.",
    ),
    "voice_for": _FOR,
    "voice_for_deputy": _FOR_DEPUTY,
    "voice_against": _AGAINST,
    "voice_against_deputy": _AGAINST_DEPUTY,
    "voice_blank": _BLANK,
    "voice_blank_deputy": _BLANK_DEPUTY,
    "silent": Words("{person}: ei äänestänyt.", "{person}: röstade inte."),
    "chair_settled_for": Words(
        "Äänet menivät tasan. Ratkaisi puheenjohtajan ääni ({person}): puolesta.",
        "Rösterna föll lika. Ordförandens röst ({person}) avgjorde: för.",
    ),
    "chair_settled_against": Words(
        "Äänet menivät tasan. Ratkaisi puheenjohtajan ääni ({person}): vastaan.",
        "Rösterna föll lika. Ordförandens röst ({person}) avgjorde: emot.",
    ),
    "vote_tie": Words(
        "Äänet menivät tasan eikä asia ratkennut.", "Rösterna föll lika och ärendet avgjordes inte."
    ),
    "vote_no_votes": Words("Ääniä ei annettu.", "Inga röster avgavs."),
    "vote_no_quorum": Words(
        "Kokous ei ollut päätösvaltainen äänestyksen päättyessä.",
        "Mötet var inte beslutfört när omröstningen avslutades.",
    ),
    "decided_unopposed": Words("Päätös, yksimielinen: {text}", "Beslut, enhälligt: {text}"),
    "decided": Words("Päätös: {text}", "Beslut: {text}"),
    "noted": Words("Merkittiin tiedoksi: {text}", "Antecknades för kännedom: {text}"),
    "moved": Words("Asia siirrettiin seuraavaan kokoukseen.", "Ärendet flyttades till nästa möte."),
    "open": Words(
        "Asian käsittelyä ei ole vielä kirjattu.", "Behandlingen av ärendet är ännu inte antecknad."
    ),
    "chair_chosen": Words(
        "Kokouksen puheenjohtajaksi valittiin {person}.", "Till ordförande för mötet valdes {person}."
    ),
    "chair_chosen_for": Words(
        "Puheenjohtajaksi asiaan {number} valittiin {person}.",
        "Till ordförande för ärende {number} valdes {person}.",
    ),
    "dissent": Words("Eriävä mielipide, {person}: {text}", "Avvikande mening, {person}: {text}"),
    "dissent_without_text": Words("Eriävä mielipide: {person}.", "Avvikande mening: {person}."),
    "task": Words(
        "Tehtävä: {text} Vastuussa: {owner}. Määräaika {due_on}.",
        "Uppgift: {text} Ansvarig: {owner}. Senast {due_on}.",
    ),
    "task_published": Words(
        "Tehtävä: {text} Vastuussa: {role}. Määräaika {due_on}.",
        "Uppgift: {text} Ansvarig: {role}. Senast {due_on}.",
    ),
    "took_part": Words("Osallistui: {person}.", "Deltog: {person}."),
    "took_part_deputy": Words(
        f"Osallistui varajäsen: {{person}} {_OF[0]}.", f"Deltog ersättare: {{person}} {_OF[1]}."
    ),
    "took_minutes": Words("Pöytäkirjaa piti: {person}.", "Protokollet fördes av: {person}."),
    # end
    "break": Words(
        "Kokous oli keskeytettynä klo {since}–{until}.", "Mötet var ajournerat kl. {since}–{until}."
    ),
    "closed": Words("Kokous päättyi klo {at}.", "Mötet avslutades kl. {at}."),
    "checker": Words("Pöytäkirjan tarkastaja: {person}.", "Protokollsjusterare: {person}."),
    "correction": Words(
        "Korjaus {on}: ”{was}” pitää olla ”{right}”. Syy: {reason}. Korjasi: {by}.",
        "Rättelse {on}: ”{was}” ska vara ”{right}”. Orsak: {reason}. Rättad av: {by}.",
    ),
}

WITH_DAY = {"meeting"}  # where the time needs its day
WITH_MUNICIPALITY = {  # where people are said to be from somewhere; elsewhere the name is enough
    "absent",
    "chair",
    "deputy",
    "deputy_beside_member",
    "deputy_of_vacant",
    "expert",
    "member",
    "secretary",
    "took_part",
    "took_part_deputy",
    "vice_chair",
    "visitor",
}


def figures_of(key, language):
    """Return the names of the figures of a sentence; KeyError for a key or AttributeError for a language unknown."""
    return {
        name for _text, name, _spec, _conversion in Formatter().parse(getattr(WORDS[key], language)) if name
    }


def words(line, language):
    """Return a line of minutes in ``fi`` or ``sv``; KeyError where a figure is missing."""
    figures = {name: _said(name, value, line.key) for name, value in line.figures.items()}
    return getattr(WORDS[line.key], language).format(**figures)


def correction_words(correction, language):
    """Return a dated correction (steering.minutes.Correction) in ``fi`` or ``sv``."""
    figures = {name: _said(name, value, "correction") for name, value in correction._asdict().items()}
    return getattr(WORDS["correction"], language).format(**figures)


def _said(name, value, key):
    """Return one figure of a sentence as it is written."""
    if isinstance(value, datetime):
        at = value.astimezone(HELSINKI)
        return f"{at:%-d.%-m.%Y} {at:%-H.%M}" if key in WITH_DAY else f"{at:%-H.%M}"
    if isinstance(value, date):
        return f"{value:%-d.%-m.%Y}"
    if hasattr(value, "municipality"):
        placed = name == "person" and key in WITH_MUNICIPALITY and value.municipality
        return f"{value.name} ({value.municipality})" if placed else value.name
    if isinstance(value, tuple):
        return ", ".join(_said(name, each, key) for each in value)
    text = str(value)
    if key == "conflict" and name == "ground":
        return text.rstrip(" .")  # the sentence has its own full stop
    if key.startswith("task") and name == "text" and not text.endswith((".", "!", "?")):
        return f"{text}."  # another sentence follows
    return text
