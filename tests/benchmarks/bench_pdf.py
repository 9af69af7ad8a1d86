"""What a package of paper costs beside naive WeasyPrint: processor time, files a second, memory."""

import json
import os
import re
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import psutil
import segno
from weasyprint import HTML

# As a script it has only its own folder on the path.
sys.path.insert(0, str(Path(__file__).parents[2]))

from consortium import pdf

TITLE = "Liittymispaketti, Alavieska"
FOOTER = "Konsortion palvelukeskus · Helsingin kaupunginkirjasto · palvelukeskus@konsortio.example"


def naive(own_html, constant_htmls):
    """All pages laid out anew in one document, with the same style sheet and fonts."""
    fetcher, fonts, css = pdf._look()
    parts = [re.search(r"<body>(.*)</body>", html, re.S)[1] for html in constant_htmls]
    whole = own_html.replace("</body>", "".join(parts) + "</body>")
    document = HTML(string=whole, base_url=pdf.STATIC, url_fetcher=fetcher)
    return document.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1")


def combined(own_html, constant_parts):
    """The own pages laid out and joined with parts laid out before."""
    return pdf.combine(pdf.lay_out(own_html), *constant_parts, title=TITLE, language="fi", footer=FOOTER)


def cpu_ratio(own_html, constant_htmls, rounds=9):
    """CPU ms of one file, naive and combined, taken in turns; medians."""
    parts = tuple(pdf.lay_out(html) for html in constant_htmls)
    kinds = {
        "naive": lambda html: naive(html, constant_htmls),
        "combined": lambda html: combined(html, parts),
    }
    spent = {kind: [] for kind in kinds}
    for turn in range(rounds + 1):
        for kind, make in kinds.items():
            html = variant(own_html, turn)
            start = time.process_time()
            make(html)
            if turn:  # the first round warms the caches
                spent[kind].append((time.process_time() - start) * 1000)
    return {kind: statistics.median(times) for kind, times in spent.items()}


def variant(html, number):
    """The same pages with another number in them, so that no two files are alike."""
    return html.replace("2 447", f"{2000 + number % 8000}")


@cache
def _parts(constant_htmls):
    return tuple(pdf.lay_out(html) for html in constant_htmls)


def _make_many(own_html, constant_htmls, numbers):
    parts = _parts(constant_htmls)
    for number in numbers:
        combined(variant(own_html, number), parts)
    return len(numbers)


def per_second(own_html, constant_htmls, processes, count=60):
    """Files a second by the clock, once every process has its caches warm."""
    share = count // processes
    with ProcessPoolExecutor(processes) as pool:

        def spread(numbers):
            jobs = [pool.submit(_make_many, own_html, constant_htmls, numbers) for _ in range(processes)]
            return sum(job.result() for job in jobs)

        spread(range(2))
        start = time.perf_counter()
        made = spread(range(share))
        return made / (time.perf_counter() - start)


def _memory(own_html, constant_htmls, first, last):
    process = psutil.Process(os.getpid())
    _make_many(own_html, constant_htmls, range(first))
    before = process.memory_info().rss
    _make_many(own_html, constant_htmls, range(first, last))
    return before, process.memory_info().rss


def memory(own_html, constant_htmls, first=20, last=200):
    """Resident bytes of a fresh process after the first and after the last file."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(_memory, own_html, constant_htmls, first, last).result()


def run(own_html=None, constant_htmls=None):
    """Measure; without pages of one's own, on sample pages: four own and eight constant ones."""
    own_html = own_html or sample_own()
    constant_htmls = tuple(constant_htmls or sample_constant())
    cost = cpu_ratio(own_html, constant_htmls)
    yield _figure(
        "package CPU, combined / naive WeasyPrint", cost["combined"], "ms", cost["combined"] / cost["naive"]
    )
    one = per_second(own_html, constant_htmls, 1)
    yield _figure("packages a second, one process", one, "1/s", 1)
    two = per_second(own_html, constant_htmls, 2)
    yield _figure("packages a second, two processes", two, "1/s", two / one)
    before, after = memory(own_html, constant_htmls)
    yield _figure("memory, growth from 20 to 200 packages", (after - before) / 2**20, "MiB", after / before)


def _figure(name, value, unit, ratio):
    return {"name": name, "value": round(value, 2), "unit": unit, "ratio": round(ratio, 3)}


def page(lang, title, body):
    """A whole HTML page as the templates make them."""
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!doctype html><html lang="{lang}">{head}<body>{body}</body></html>'


def letterhead(kind, mark, subject):
    """The head line of a document, and its first row with the heading."""
    return f"""
    <div class="letterhead"><p class="wordmark">Yleisten kirjastojen konsortio</p>
      <p>{kind}</p><p>{mark}</p><p>HEL 2026-004117</p></div>
    <div class="row"><p class="side">Asia</p><h1>{subject}</h1></div>"""


def row(side, content, kind="row"):
    """A side-head with what stands on the axis."""
    return f'<div class="{kind}"><h2 class="side">{side}</h2><div>{content}</div></div>'


SENTENCES = (
    "Konsortio on kuntien vapaaehtoinen yhteenliittymä, joka hankkii kirjastoille verkkoaineistoja yhdessä.",
    "Konsortio ei ole oikeushenkilö, vaan sopimuspuoli on Helsingin kaupunki.",
    "Sopimus on voimassa toistaiseksi.",
    "Kunta voi irtisanoa sopimuksen kesäkuun loppuun mennessä päättymään vuoden lopussa.",
    "Palvelukeskus valmistelee hankinnat ja seuraa sopimuksia kuntien puolesta.",
    "Jokaisesta hankinnasta kunta päättää erikseen, eikä liittyminen velvoita hankkimaan mitään.",
    "Vuosimaksun perusteet vahvistaa Helsingin kaupunki ohjausryhmän esityksestä.",
    "Ohjausryhmän jäsenet ja henkilökohtaiset varajäsenet nimetään kahdeksi vuodeksi.",
    "Kirjastot saavat aineistot käyttöönsä samoin ehdoin asukasluvusta riippumatta.",
    "Tiedot käytöstä toimitetaan jäsenille vuosittain, ja jokainen luku merkitään lähteineen.",
    "Muutokset tehdään kirjallisesti, ja ne tulevat voimaan, kun kunnan päätös on lainvoimainen.",
)


def prose(seed, sentences):
    """So many sentences, in an order of their own for each seed."""
    chosen = (SENTENCES[(seed * 7 + n * (seed % 5 + 1)) % len(SENTENCES)] for n in range(sentences))
    return f"<p>{' '.join(chosen)}</p>"


def timetable():
    """The table of last safe days."""
    steps = ("Esitys valmisteltavaksi", "Esityslista julki", "Kokous", "Pöytäkirja verkossa viimeistään")
    lines = (f"<tr><td>{step}</td><td>ma 2.11.2026</td><td>ma 12.10.2026</td></tr>" for step in steps)
    return f"""
    <table class="dates"><caption>Viimeiset turvalliset päivät</caption>
    <thead><tr><th scope="col">Vaihe</th><th scope="col">Jos kunnanhallitus päättää</th>
      <th scope="col">Jos valtuusto päättää</th></tr></thead>
    <tbody>{"".join(lines)}
      <tr><td>Valitusaika päättyy</td><td>ma 28.12.2026</td><td>ke 30.12.2026</td></tr>
      <tr class="sum"><td>Lainvoimainen aikaisintaan</td><td>ti 29.12.2026</td><td>to 31.12.2026</td></tr>
    </tbody></table>"""


def sample_own():
    """Four pages of one municipality: letter, proposal of two pages, form with its code."""
    code = segno.make("https://konsortio.example/p/7K4M2XQP").svg_inline(border=0, title="Osoite QR-koodina")
    code = code.replace("<svg ", '<svg class="qr" xmlns="http://www.w3.org/2000/svg" ', 1)
    link = '<a href="https://konsortio.example/p/7K4M2XQP">konsortio.example/p/7K4M2XQP</a>'
    cost = """<p>Vuosimaksu on taksa: 0,009 € asukasta kohden, vähintään 150,00 € ja enintään 7&#x202f;500,00 €.
      Alavieskassa oli 31.12.2022 yhteensä 2 447 asukasta, joten maksu olisi asukasluvun mukaan 22,02 € ja
      perittäisiin pienimpänä maksuna <strong>150,00 € vuodessa</strong>, ilman arvonlisäveroa.</p>"""
    effects = ("Asukkaat", "Henkilöstö", "Lapset", "Ympäristö", "Yritykset")
    bodies = ("Lautakunta", "Valtuusto", "Viranhaltija")
    facts = {"Kunta": "Alavieska, 009", "Asukkaita": "2 447", "Sopimus": "versio 3", "Osoite": link}
    letter = (
        letterhead("Saate", "9.9.2026", "Liittyminen yleisten kirjastojen konsortioon"),
        row("Pyyntö", prose(2, 4) + prose(3, 3)),
        row("Aikataulu", f"<p>Jäsenyys voi alkaa 1.1.2027, jos nämä päivät pitävät.</p>{timetable()}"),
        row("Kustannukset", cost),
        row(
            "Vastaus",
            f'<p>Osoite on {link}, tunnus <strong class="keep code">7K4M 2XQP</strong>. {SENTENCES[4]}</p>',
        ),
        row("Liitteet", "<ol><li>Esitys</li><li>Sopimus</li><li>Lomake</li><li>Kysymyksiä</li></ol>"),
        row("Lisätietoja", '<p><a href="mailto:kirjaamo@hel.example">kirjaamo@hel.example</a></p>'),
    )
    proposal = (
        letterhead("Esitys toimielimelle", "Liite 1", "Alavieskan kunnan liittyminen konsortioon"),
        row("Valmistelija", "<p>Kirjastonjohtaja. Esittelijä toimielimen mukaan.</p>"),
        row("Selostus", "".join(prose(seed, 4) for seed in (4, 6, 7, 8))),
        row("Kustannukset", f"<p>2027: 150,00 €<br>2028: 150,00 €<br>2029: 150,00 €</p>{cost}"),
        row("Vaikutukset", "".join(f"<p>{kind}: {SENTENCES[n]}</p>" for n, kind in enumerate(effects))),
        row(
            "Päätösesitys",
            "<p>Alavieskan kunta</p><ol><li>liittyy konsortioon 1.1.2027</li><li>hyväksyy sopimuksen</li></ol>",
            "row decision",
        ),
        row(
            "Muut sanamuodot",
            "".join(f"<p>{body}: ”{SENTENCES[n + 5]}”</p>" for n, body in enumerate(bodies)),
        ),
        row("Perustelut", "".join(prose(seed, 4) for seed in (9, 11))),
    )
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    form = (
        letterhead("Liittymislomake", "Liite 3", "Alavieskan liittymislomake"),
        row("Tiedot", f"<dl>{rows}</dl>"),
        row("Koodi", f"{code}<p>Koodi avaa tämän paketin sivun.</p>"),
    )
    sheets = "".join(
        f'<section class="sheet-a4">{"".join(parts)}</section>' for parts in (letter, proposal, form)
    )
    return page("fi", TITLE, sheets)


def sample_constant():
    """Eight pages equal for all: agreement with a table, questions and answers, four pages each."""
    clauses = (row(f"{number} §", prose(number, 4) + prose(number + 3, 5)) for number in range(1, 15))
    choice = "<ul><li>Ei ole.</li><li>Ei myöhemmin.</li></ul>"
    questions = (
        row(f"Kysymys {number}", prose(number + 5, 4) + choice + prose(number + 9, 2))
        for number in range(1, 17)
    )
    agreement = letterhead("Sopimus", "Liite 2", "Yhteistyösopimus") + "".join(clauses) + timetable()
    answers = letterhead("Kysymyksiä", "Liite 4", "Kysymyksiä ja vastauksia") + "".join(questions)
    return [
        page("fi", title, f'<section class="sheet-a4">{body}</section>')
        for title, body in (("Yhteistyösopimus", agreement), ("Kysymyksiä", answers))
    ]


if __name__ == "__main__":
    for figure in run():
        print(json.dumps(figure, ensure_ascii=False), flush=True)
