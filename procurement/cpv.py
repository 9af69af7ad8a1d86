"""CPV codes: the part of the common procurement vocabulary that libraries and their e-materials need, and its search.

The names are those of the vocabulary of 2008 (Commission Regulation (EC) No 213/2008) in three languages, as the
Publications Office of the European Union gives them in its code lists. A code outside the table has no name here.
"""

import re
from typing import NamedTuple

FORM = re.compile(r"\d{8}-\d")
TYPED = re.compile(r"(\d{8})[\s–-]*(\d)")
WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)
LANGUAGES = ("en", "fi", "sv")


class Entry(NamedTuple):
    """A code of the table with its names."""

    code: str
    en: str
    fi: str
    sv: str

    def name(self, language):
        """Return the name in a language, English for one that the table has not."""
        return getattr(self, language) if language in LANGUAGES else self.en


class NotACode(ValueError):
    """What was typed has not the form of a code: eight digits, a hyphen and a check digit."""


class DoubtfulDigit(ValueError):
    """The last digit is not the one that the other eight give; ``expected`` is that one."""

    def __init__(self, code, expected):
        self.code, self.expected = code, expected
        super().__init__(f"{code}: the check digit would be {expected}")


def _entries():
    lines = (line.split("|") for line in LINES.strip().splitlines())
    return {code: Entry(code, en, fi, sv) for code, en, fi, sv in lines}


LINES = """
22000000-0|Printed matter and related products|Painotuotteet ja vastaavat tuotteet|Trycksaker och tillhörande produkter
22100000-1|Printed books, brochures and leaflets|Painetut kirjat, esitteet ja lehtiset|Tryckta böcker, broschyrer och foldrar
22110000-4|Printed books|Painetut kirjat|Tryckta böcker
22111000-1|School books|Koulukirjat|Skolböcker
22112000-8|Textbooks|Oppikirjat|Textböcker
22113000-5|Library books|Kirjastokirjat|Biblioteksböcker
22114000-2|Dictionaries, maps, music books and other books|Sanakirjat, kartat, musiikkikirjat ja muut kirjat|Lexikon, kartor och notböcker
22114100-3|Dictionaries|Sanakirjat|Lexikon
22114200-4|Atlases|Kartastot|Atlaser
22114300-5|Maps|Kartat|Kartor
22114400-6|Printed music|Painetut nuotit|Tryckta noter
22114500-7|Encyclopaedias|Tietosanakirjat|Uppslagsböcker
22120000-7|Publications|Julkaisut|Publikationer
22121000-4|Technical publications|Tekniset julkaisut|Tekniska publikationer
22130000-0|Directories|Osoitehakemistot|Adresskalendrar
22160000-9|Booklets|Kirjaset|Häften
22200000-2|Newspapers, journals, periodicals and magazines|Sanomalehdet, aikakauskirjat, -julkaisut ja -lehdet|Tidningar, facktidskrifter, tidskrifter och veckotidningar
22210000-5|Newspapers|Sanomalehdet|Tidningar
22211000-2|Journals|Aikakauskirjat|Facktidskrifter
22211100-3|Official journals|Viralliset lehdet|Författningssamlingar
22212000-9|Periodicals|Kausijulkaisut|Tidskrifter
22212100-0|Serials|Sarjajulkaisut|Periodiska publikationer
22213000-6|Magazines|Aikakauslehdet|Veckotidningar
48000000-8|Software package and information systems|Ohjelmatuotteet ja tietojärjestelmät|Programvara och informationssystem
48100000-9|Industry specific software package|Toimialakohtaiset ohjelmatuotteet|Programvara för särskild industri
48160000-7|Library software package|Kirjasto-ohjelmatuotteet|Programvara för bibliotek
48161000-4|Library management system|Kirjastonhallintajärjestelmä|Administrativt bibliotekssystem
48190000-6|Educational software package|Opetusohjelmatuotteet|Programvara för undervisning
48218000-9|License management software package|Käyttöoikeuksien hallintaohjelmatuotteet|Programvara för licenshantering
48311000-1|Document management software package|Asiakirjojen hallintaohjelmatuotteet|Programvara för dokumenthantering
48312000-8|Electronic publishing software package|Sähköisen julkaisutoiminnan ohjelmatuotteet|Programvara för elektronisk publicering
48500000-3|Communication and multimedia software package|Viestintä- ja multimediaohjelmatuotteet|Programvara för kommunikation och multimedia
48520000-9|Multimedia software package|Multimediaohjelmatuotteet|Programvara för multimedia
48521000-6|Music or sound editing software package|Musiikin tai äänenmuokkausohjelmatuotteet|Programvara för musik- eller ljudredigering
48600000-4|Database and operating software package|Tietokanta- ja käyttöohjelmatuotteet|Programvara för databas och operativsystem
48610000-7|Database systems|Tietokantajärjestelmät|Databassystem
48611000-4|Database software package|Tietokantaohjelmatuotteet|Programvara för databas
48612000-1|Database-management system|Tietokannan hallintajärjestelmä|Databashanteringssystem
48613000-8|Electronic data management (EDM)|Elektroninen tiedonhallinta|Elektronisk databehandling
48740000-7|Foreign language translation software package|Vieraiden kielten käännösohjelmatuotteet|Programvara för översättning
48783000-0|Content management software package|Sisällönhallintaohjelmatuotteet|Programvara för innehållshantering
48800000-6|Information systems and servers|Tietojärjestelmät ja palvelimet|Informationssystem och servrar
48810000-9|Information systems|Tietojärjestelmät|Informationssystem
48900000-7|Miscellaneous software package and computer systems|Erilaiset ohjelmatuotteet ja tietokonejärjestelmät|Diverse programvara och datorsystem
48911000-7|Computer game software package|Tietokonepeliohjelmatuotteet|Datorspel
48930000-6|Training and entertainment software package|Koulutus- ja viihdeohjelmatuotteet|Programvara för utbildning och underhållning
48931000-3|Training software package|Koulutusohjelmatuotteet|Programvara för utbildning
48932000-0|Entertainment software package|Viihdeohjelmatuotteet|Programvara för underhållning
79970000-4|Publishing services|Kustantamopalvelut|Förlagstjänster
79980000-7|Subscription services|Tilauspalvelut|Prenumerationstjänster
79995000-5|Library management services|Kirjastonhallinta|Biblioteksadministration
79995100-6|Archiving services|Arkistointipalvelut|Arkiveringstjänster
79995200-7|Cataloguing services|Luettelointipalvelut|Katalogisering
92000000-1|Recreational, cultural and sporting services|Virkistys-, kulttuuri- ja urheilupalvelut|@
92100000-2|Motion picture and video services|Elokuva- ja videopalvelut|Film- och videotjänster
92120000-8|Motion-picture or video-tape distribution services|Elokuvien tai videonauhojen jakelupalvelut|Film- eller videodistribution
92121000-5|Video-tape distribution services|Videonauhojen jakelupalvelut|Videodistribution
92122000-2|Motion picture distribution services|Elokuvien jakelupalvelut|Filmdistribution
92200000-3|Radio and television services|Radio- ja televisiopalvelut|Radio- och televisionstjänster
92220000-9|Television services|Televisiopalvelut|Televisionstjänster
92224000-7|Digital television|Digitaalitelevisio|Digital-tv
92225000-4|Interactive television|Vuorovaikutteinen televisio|Interaktiv tv
92225100-7|Film-on-demand television|Television tilausvideopalvelut|Film on demand-tv
92300000-4|Entertainment services|Viihdepalvelut|Underhållningstjänster
92400000-5|News-agency services|Uutistoimistopalvelut|Nyhetsbyråtjänster
92500000-6|Library, archives, museums and other cultural services|Kirjasto-, arkisto- ja museopalvelut ja muut kulttuuripalvelut|Biblioteks-, arkiverings-, musei- och övriga kulturtjänster
92510000-9|Library and archive services|Kirjasto- ja arkistopalvelut|Biblioteks- och arkiveringstjänster
92511000-6|Library services|Kirjastopalvelut|Bibliotekstjänster
92512000-3|Archive services|Arkistopalvelut|Arkivtjänster
"""
