"""What the words of a header say: in the languages in which utilities write them.

Enters: a column's name. Leaves: its words, the unit that stands in it, and what it may be. Sources are public exports and
their parsers; see meterlake/etl/known_exports.
"""

from __future__ import annotations

import re
import unicodedata

# Whole words, without accents; what stands first in a name weighs no more than what stands last.
METER = frozenset([
    "meter", "meterid", "metre", "serial", "seriennummer", "mpan", "mprn", "mprnid", "nmi", "ean", "eancode", "cups", "pod",
    "prm", "pdl", "zahler", "zaehler", "zahlernummer", "zaehlernummer", "zahlpunkt", "zaehlpunkt", "zahlpunktbezeichnung",
    "messlokation", "marktlokation", "malo", "melo", "lclid", "household", "householdid", "contador", "compteur",
    "contatore", "teller", "mittari", "anlaggningsid", "anlagg", "malepunkt", "metering", "gsrn", "usagepoint",
    "servicepoint", "premise", "premises", "building", "buildingid", "customer", "customerid", "device", "deviceid",
    "sensor", "sensorid", "esiid", "service", "apparat", "meternummer", "eancodeasn", "ppe", "malepunktsid", "malepunkts",
    "maler", "malernummer", "matarnummer", "cpe", "eic", "zahlernr", "zahlpunktnummer", "messpunkt", "kayttopaikka",
    "installationsid", "mpxn", "mpr", "mittauspiste", "mootepunkt", "medidor", "medidores", "merilno", "contrat", "contrato",
    "msn",
])  # fmt: skip
_ID_WORDS = frozenset([
    "id", "no", "nr", "number", "num", "nummer", "code", "name", "point", "key", "identifier", "kennung",
])  # fmt: skip
TIME = frozenset([
    "time", "timestamp", "datetime", "date", "ts", "start", "from", "begin", "beginning", "interval", "zeit", "zeitstempel",
    "zeitpunkt", "datum", "uhrzeit", "von", "beginn", "fecha", "hora", "heure", "horodate", "horodatage", "debut", "tijd",
    "tijdstip", "van", "aika", "alku", "alkuaika", "inizio", "dalle", "ora", "tid", "tidspunkt", "fra", "day", "tag", "dia",
    "jour", "dag", "giorno", "clock", "instant", "period", "utc", "local", "read", "data", "messzeitpunkt", "ablesedatum",
    "startzeit", "algus", "kuupaev", "czas", "godzina", "cas", "pocatek", "poczatek", "dato", "starttidspunkt", "idopont",
    "fran", "timme", "tund", "hodina",
])  # fmt: skip
YEAR = frozenset(["year", "jahr", "annee", "ano", "anno", "jaar", "vuosi", "rok", "aasta"])
MONTH = frozenset([
    "month", "monat", "mois", "mes", "mese", "maand", "kuukausi", "manad", "maned", "miesiac", "mesic", "kuu", "ho",
])  # fmt: skip
HOUR = frozenset([
    "hora", "hour", "slot", "period", "stunde", "heure", "intervalo", "hh", "he", "godzina", "timme", "tund", "hodina",
    "ora", "uur", "tunti", "time",
])  # fmt: skip
CLOCK = frozenset([
    "time", "uhrzeit", "hora", "heure", "tijd", "clock", "aika", "ora", "klokkeslett", "tid", "kello", "godzina", "cas",
    "horas", "klockslag", "kell",
])  # fmt: skip
DAY = frozenset([
    "date", "datum", "fecha", "day", "tag", "dag", "dia", "jour", "data", "paiva", "giorno", "dato", "kuupaev",
])  # fmt: skip
END = frozenset([
    "end", "to", "until", "stop", "bis", "ende", "ending", "fin", "hasta", "fine", "tot", "einde", "loppu", "loppuaika",
    "til", "slut", "finish", "finished", "lopp", "koniec", "konec", "vege", "fim", "final", "slutt", "sluttid", "till",
])  # fmt: skip
_VALUE = frozenset([
    "energy", "consumption", "usage", "used", "use", "demand", "import", "imported", "value", "reading", "verbrauch",
    "bezug", "wert", "energie", "consumo", "energia", "consommation", "valeur", "verbruik", "levering", "waarde", "kulutus",
    "arvo", "forbruk", "forbrug", "consumed", "total", "kwh", "wh", "mwh", "kw", "w", "active", "gas", "volume", "water",
    "load", "delivered", "afname", "offtake", "quantity", "amount", "menge", "maengde", "mangd", "mengde", "kogus",
    "tarbimine", "zuzycie", "ilosc", "mnozstvi", "spotreba", "fogyasztas", "poraba", "potrosnja", "tuketim", "prelievo",
    "forbrukning", "energi", "inflow", "wirkarbeit", "energija",
])  # fmt: skip
EXPORT = frozenset([
    "export", "exported", "generation", "generated", "production", "produced", "einspeisung", "lieferung", "injection",
    "injectie", "teruglevering", "returned", "feedin", "fed", "vertido", "excedentaria", "excedente", "immissione",
    "inmission", "tuotanto", "solar", "pv", "received", "oddana", "immessa", "tootmine", "vyroba", "producao", "injecao",
    "injetada", "injected", "inmatning", "produktion", "produksjon", "outflow", "surplus", "surplusgeneration", "einspeiser",
    "excedentes", "vertida", "retour", "return",
])  # fmt: skip
DRAWN = frozenset([
    "import", "imported", "consumption", "consumed", "bezug", "verbrauch", "afname", "levering", "offtake", "usage", "used", "draw", "delivered", "inflow", "prelievo", "kulutus", "forbrug", "forbruk", "forbrukning", "tarbimine", "zuzycie", "consumo", "consommation", "verbruik", "pobrana",
])  # fmt: skip
REGISTER = frozenset([
    "register", "stand", "meterstand", "zahlerstand", "zaehlerstand", "index", "lectura", "lettura", "total_increasing",
    "cumulative", "odometer", "mittarilukema", "meterreading", "state", "sum", "lukema", "stav", "stan", "naytto",
])  # fmt: skip
NO_VALUE = frozenset([
    "cost", "costs", "price", "tariff", "tarif", "rate", "charge", "amount_due", "currency", "temperature", "temp", "status",
    "quality", "state_class", "flag", "kosten", "preis", "prijs", "precio", "coste", "co2", "emissions", "humidity",
    "latitude", "longitude", "lat", "lon", "qualitat", "kwaliteit", "calidad", "estimated", "type", "min", "minimum", "max",
    "maximum", "average", "avg", "mean", "rank", "version", "eur", "usd", "gbp", "sek", "nok", "dkk", "czk", "pln", "chf",
    "hind", "borsihind", "cena", "pris", "spotpris", "prix", "prezzo", "preco", "hinta", "estado", "etat", "stato",
    "kvalitet", "kvalitetsstatus", "laatu", "tila", "validatiestatus", "bill",
])  # fmt: skip
_EVERY_WORD = METER | TIME | YEAR | MONTH | HOUR | CLOCK | DAY | END | _VALUE | EXPORT | DRAWN | REGISTER | NO_VALUE
QUANTITY_WORDS = {"gas": "gas", "water": "water", "wasser": "water", "agua": "water", "eau": "water"}
_UNITS = {
    "kwh": "kWh", "wh": "Wh", "mwh": "MWh", "kw": "kW", "w": "W", "mw": "MW", "kva": "kVA", "kvarh": "kvarh", "varh": "varh",
    "mj": "MJ", "gj": "GJ", "m3": "m3", "m\u00b3": "m3", "l": "L", "litres": "L", "liter": "L", "ft3": "ft3",
    "therm": "therm", "therms": "therm", "ccf": "CCF", "gal": "gal", "gallon": "gal", "gallons": "gal", "gals": "gal",
}  # fmt: skip

# Letters that are no other one with an accent.
_WHOLE_LETTERS = str.maketrans({"\u00e6": "ae", "\u00c6": "Ae", "\u00f8": "o", "\u00d8": "O", "\u00df": "ss", "\u0142": "l", "\u0141": "L",
                                "\u0153": "oe", "\u0111": "d", "\u0131": "i"})  # fmt: skip
_SPELLED_OUT = re.compile(r"(kilo|mega)?[ _-]?watt[ _-]?(?:hours?|stunden?|heures?|uur|timer?|timmar)", re.IGNORECASE)
_SPELLED_UNITS = {"kilo": "kWh", "mega": "MWh", "": "Wh"}


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a column's name, in lower case and without accents: `LCLid (Zähler)` is lclid, zahler."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFKD", split.translate(_WHOLE_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    words = re.findall(r"[a-z]+\d?", plain)
    # Both as it stands and run together: meter id, meterId and METERID are one.
    return (*words, "".join(words)) if len(words) > 1 else tuple(words)


def unit_of(name: str) -> str | None:
    """Return the unit that a column's name says."""
    name = _SPELLED_OUT.sub(lambda found: f" {_SPELLED_UNITS[(found[1] or '').casefold()]} ", name.replace("CO2", ""))
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    parts = re.findall(r"[A-Za-z]+[\d\u00b3]?", f"{split} {name}")
    found = [_UNITS[part.casefold()] for part in parts if part.casefold() in _UNITS]
    # W, L and M stand for much; a longer unit in the same name is meant.
    return max(found, key=len) if found else None


def unit_named(text: str) -> str | None:
    """Return the unit that a text is.

    >>> unit_named("KWH"), unit_named("E")
    ('kWh', None)
    """
    return _UNITS.get(text.casefold())


def is_known_word(word: str) -> bool:
    """Say whether a word stands in headers, of whatever it is the name."""
    return word in _EVERY_WORD


def says_meter(words: tuple[str, ...]) -> int:
    """Say how surely a name is a meter's: 2 by its own word, 1 as an id of something, 0 not."""
    if METER & set(words) and not (set(words) & REGISTER - {"register"}):
        return 1 if {"reading", "type", "stand"} & set(words) else 2
    last = words[-2:-1] if len(words) > 1 else words
    return int(bool(_ID_WORDS & set(last)))


def says_value(words: tuple[str, ...], unit: str | None) -> int:
    """Say how surely a name is a measured value's: 2 with a unit, 1 by its words, 0 not."""
    if NO_VALUE & set(words):
        return 0
    return 2 if unit else 1 if (_VALUE | EXPORT | REGISTER) & set(words) else 0
