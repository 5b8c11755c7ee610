"""What a file may mean, by its header and its first rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from meterlake.etl.guessing.guess import Guess, guess_of
from meterlake.etl.guessing.undeclared import understand
from meterlake.etl.landing.landed_file import LandedFile

TWO_DAYS = [f"2024-03-{day:02d} {slot // 2:02d}:{30 * (slot % 2):02d}" for day in (14, 15) for slot in range(48)]


def guessed(folder: Path, text: str, name: str = "export.csv") -> Guess:
    path = folder / name
    path.write_text(text)
    guess = guess_of(LandedFile.at(path).read_head())
    assert guess is not None
    _ = guess.declaration
    return guess


def test_an_id_a_time_and_a_value_with_its_unit_are_no_matter_of_doubt(tmp_path: Path) -> None:
    rows = "".join(f"M{meter},{time},0.5\n" for meter in (1, 2) for time in TWO_DAYS[:20])

    guess = guessed(tmp_path, f"meter_id,timestamp,kwh\n{rows}")

    assert guess.doubts == ()
    assert guess.declared == {
        "meter_id": "meter_id",
        "time": {"column": "timestamp"},
        "interval_minutes": 30,
        "values": [{"column": "kwh", "quantity": "energy", "unit": "kWh"}],
    }


@pytest.mark.parametrize(
    ("header", "meter", "time", "value"),
    [
        ("METER_ID;READ_TIME;USAGE_WH", "METER_ID", "READ_TIME", "USAGE_WH"),
        ("Zählernummer;Zeitstempel;Verbrauch (kWh)", "Zählernummer", "Zeitstempel", "Verbrauch (kWh)"),
        ("PRM;Horodate;Consommation kWh", "PRM", "Horodate", "Consommation kWh"),
        ("CUPS;FechaHora;Consumo_kWh", "CUPS", "FechaHora", "Consumo_kWh"),
        ("mpan;settlement date;import kwh", "mpan", "settlement date", "import kwh"),
        ("DeviceId;Date;Energy [kWh]", "DeviceId", "Date", "Energy [kWh]"),
        ("usagePointId;intervalStart;value_kwh", "usagePointId", "intervalStart", "value_kwh"),
    ],
)
def test_headers_are_understood_in_any_capitals_and_several_languages(
    tmp_path: Path, header: str, meter: str, time: str, value: str
) -> None:
    rows = "".join(f"123{meter_};{at};0.5\n" for meter_ in (1, 2) for at in TWO_DAYS[:10])

    guess = guessed(tmp_path, f"{header}\n{rows}")

    assert guess.doubts == ()
    assert (guess.declared["meter_id"], guess.declared["time"]["column"]) == (meter, time)
    assert guess.declared["values"][0]["column"] == value


@pytest.mark.parametrize(
    ("times", "format_", "doubt"),
    [
        (["14/03/2024 00:00", "14/03/2024 00:30"], "%d/%m/%Y %H:%M", None),
        (["03/14/2024 00:00", "03/14/2024 00:30"], "%m/%d/%Y %H:%M", None),
        (["03/04/2024 00:00", "03/04/2024 00:30"], "%d/%m/%Y %H:%M", "may be %d/%m/%Y %H:%M or %m/%d/%Y %H:%M"),
        (["14.03.2024 00:00:00", "14.03.2024 00:30:00"], "%d.%m.%Y %H:%M:%S", None),
        (["1710374400", "1710376200"], "epoch_s", None),
        (["1710374400000", "1710376200000"], "epoch_ms", None),
        (["20240314 0000", "20240314 0030"], "%Y%m%d %H%M", None),
        (["14-Mar-2024 12:00 AM", "14-Mar-2024 12:30 AM"], "%d-%b-%Y %I:%M %p", None),
        (["2024-03-14T00:00:00+01:00", "2024-03-14T00:30:00+01:00"], "iso", None),
        (["14. März 2024 00:00", "14. März 2024 00:30"], "%d. %b %Y %H:%M", None),
        (["Thu 14/03/2024 00:00", "Thu 14/03/2024 00:30"], "%a %d/%m/%Y %H:%M", None),
        (["14/03/2024 12:00 a. m.", "14/03/2024 12:30 a. m."], "%d/%m/%Y %I:%M %p", None),
        (["20240314T000000Z", "20240314T003000Z"], "%Y%m%dT%H%M%S%z", None),
        (["2024-03-14 00:00:00 UTC", "2024-03-14 00:30:00 UTC"], "%Y-%m-%d %H:%M:%S %z", None),
        (["2024-074T00:00", "2024-074T00:30"], "%Y-%jT%H:%M", None),
        (["1710374400000000", "1710376200000000"], "epoch_us", None),
        (["45365", "45365.0208333333"], "spreadsheet", None),
    ],
)
def test_how_times_are_written_is_found_by_reading_them(
    tmp_path: Path, times: list[str], format_: str, doubt: str | None
) -> None:
    rows = "".join(f"M1,{time},0.5\n" for time in times)

    guess = guessed(tmp_path, f"meter,time,kwh\n{rows}")

    assert guess.declared["time"].get("format", "iso") == format_
    assert guess.declared["interval_minutes"] == 30
    assert [said for said in guess.doubts if doubt is None or doubt not in said] == []
    assert bool(guess.doubts) == bool(doubt)


@pytest.mark.parametrize(
    ("numbers", "told", "is_sure"),
    [
        (["0,5", "1,25"], {"decimal": ","}, True),
        (["1.234,5", "900,25"], {"decimal": ",", "thousands": "."}, True),
        (["1,234.5", "900.25"], {"thousands": ","}, True),
        (["1.234", "2.345"], {}, False),
        (["0.234", "1.345"], {}, True),
        (["7", "12"], {}, True),
    ],
)
def test_what_a_mark_in_numbers_means_is_found_or_doubted(
    tmp_path: Path, numbers: list[str], told: dict[str, str], is_sure: bool
) -> None:
    rows = "".join(f"M1;{time};{number}\n" for time, number in zip(TWO_DAYS, numbers * 4, strict=False))

    guess = guessed(tmp_path, f"meter;time;kwh\n{rows}")

    assert {name: guess.declared[name] for name in ("decimal", "thousands") if name in guess.declared} == told
    assert (guess.doubts == ()) == is_sure


@pytest.mark.parametrize(
    ("text", "declared", "doubts"),
    [
        (
            "meter,start,end,kwh\nM1,2024-03-14 00:00,2024-03-14 01:00,1\nM1,2024-03-14 01:00,2024-03-14 03:00,1\n",
            {"time": {"column": "start"}, "interval": {"end": "end"}},
            (),
        ),
        (
            "meter,period end,kwh\nM1,2024-03-14 00:15,1\nM1,2024-03-14 00:30,1\n",
            {"time": {"column": "period end", "marks": "end"}, "interval_minutes": 15},
            (),
        ),
        (
            "meter,when,usageKWh\nM1,2024/03/02 23:00,1\nM1,2024/03/02 24:00,1\n",
            {
                "time": {"column": "when", "format": "%Y/%m/%d %H:%M", "marks": "end"},
                "values": [{"column": "usageKWh", "quantity": "energy", "unit": "kWh"}],
            },
            (),
        ),
        (
            "meter,date,time,kwh\nM1,14.03.2024,00:00,1\nM1,14.03.2024,00:15,1\n",
            {"time": {"column": ["date", "time"], "format": "%d.%m.%Y %H:%M"}, "interval_minutes": 15},
            (),
        ),
        (
            "cups;fecha;hora;kwh\nE1;14/03/2024;1;1\nE1;14/03/2024;2;1\nE1;14/03/2024;24;1\n",
            {"time": {"column": "fecha", "format": "%d/%m/%Y", "slot": "hora"}, "interval_minutes": 60},
            (),
        ),
        (
            "meter,date,kwh\nM1,2024-03-14,10\nM1,2024-03-15,11\n",
            {"time": {"column": "date"}, "interval_minutes": 1440},
            (),
        ),
        (
            "meter,time,value\nM1,2024-03-14 00:00,1\nM1,2024-03-14 00:30,1\n",
            {"values": [{"column": "value", "quantity": "energy", "unit": "kWh"}]},
            ("the unit of 'value' is not said; kWh is taken",),
        ),
        (
            "meter,time,import kwh,export kwh\nM1,2024-03-14 00:00,1,0\nM1,2024-03-14 00:30,1,0\n",
            {
                "values": [
                    {"column": "import kwh", "quantity": "energy", "unit": "kWh"},
                    {"column": "export kwh", "quantity": "energy_export", "unit": "kWh"},
                ]
            },
            (),
        ),
        (
            "meter,time,direction,kwh\nM1,2024-03-14 00:00,Import,1\nM1,2024-03-14 00:00,Export,2\nM1,2024-03-14 00:30,Import,1\n",
            {
                "values": [
                    {
                        "column": "kwh",
                        "quantity": {"column": "direction", "codes": {"Import": "energy", "Export": "energy_export"}},
                        "unit": "kWh",
                    }
                ]
            },
            (),
        ),
        (
            "meter,time,unit,consumption\nM1,2024-03-14 00:00,Wh,100\nM1,2024-03-14 00:30,Wh,100\n",
            {"values": [{"column": "consumption", "quantity": "energy", "unit_column": "unit"}]},
            (),
        ),
        (
            "time,kwh\n2024-03-14 00:00,1\n2024-03-14 00:30,1\n",
            {"meter_id": {"file_name": "([^.]+)"}},
            ("no column names the meter; it is taken from the file's name: say `meter_id: {constant: …}`",),
        ),
    ],
)
def test_shapes_of_rows(tmp_path: Path, text: str, declared: dict[str, Any], doubts: tuple[str, ...]) -> None:
    guess = guessed(tmp_path, text)

    assert {name: guess.declared.get(name) for name in declared} == declared
    assert guess.doubts == doubts


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("meter,month,kwh\nM,2024-01,310\nM,2024-02,290\n", {"length": "P1M"}),
        ("meter,date,kwh\nM,2024-01-05,310\nM,2024-02-05,290\nM,2024-03-05,280\n", {"length": "P1M"}),
        ("meter,year,kwh\nM,2022,3100\nM,2023,2900\n", {"length": "P1Y"}),
        ("meter,from,to,kwh\nM,2024-01-15,2024-02-13,310\nM,2024-02-14,2024-03-13,290\n", {"last_day": "to"}),
        ("meter,from,to,kwh\nM,2024-01-15,2024-02-14,310\nM,2024-02-14,2024-03-14,290\n", {"end": "to"}),
        ("meter,from,to,kwh\nM,2024-01-15,2024-01-15,3\nM,2024-01-16,2024-01-16,2\n", {"last_day": "to"}),
    ],
)
def test_months_years_and_bills_are_as_long_as_they_are(tmp_path: Path, text: str, interval: dict[str, str]) -> None:
    guess = guessed(tmp_path, text)

    assert guess.declared["interval"] == interval
    assert guess.doubts == ()


def test_of_one_bill_nobody_knows_whether_its_last_day_belongs_to_it(tmp_path: Path) -> None:
    guess = guessed(tmp_path, "meter,from,to,kwh\nM,2024-01-15,2024-02-13,310\n")

    assert [doubt for doubt in guess.doubts if "last_day" in doubt]


@pytest.mark.parametrize(
    ("drawn", "fed_in"), [("+", "-"), ("A+", "A-"), ("1-1:1.29.0", "1-1:2.29.0"), ("Bezug", "Einspeisung")]
)
def test_signs_and_obis_codes_say_which_way_energy_went(tmp_path: Path, drawn: str, fed_in: str) -> None:
    rows = "".join(f"M,{time},{way},{n}\n" for n, time in enumerate(TWO_DAYS[:4], 1) for way in (drawn, fed_in))

    guess = guessed(tmp_path, f"meter,time,channel,kwh\n{rows}")

    assert guess.declared["values"][0]["quantity"] == {
        "column": "channel",
        "codes": {drawn: "energy", fed_in: "energy_export"},
    }
    assert guess.doubts == ()


def test_rows_of_one_meter_and_time_are_no_matter_of_course(tmp_path: Path) -> None:
    rows = "".join(f"M,{time},{channel},{channel}.5\n" for time in TWO_DAYS[:4] for channel in (1, 2))

    told = guessed(tmp_path, f"meter,time,channel,kwh\n{rows}")
    untold = guessed(tmp_path, "meter,time,kwh\nM,2024-03-14,1\nM,2024-03-14,2\nM,2024-03-15,3\n")
    said_twice = guessed(tmp_path, "meter,time,kwh\nM,2024-03-14,1\nM,2024-03-14,1\nM,2024-03-15,3\n")

    assert [doubt for doubt in told.doubts if "told apart by 'channel' alone (1, 2)" in doubt]
    assert [doubt for doubt in untold.doubts if "the last would stand" in doubt]
    assert said_twice.doubts == ()


def test_an_hour_from_zero_on_is_a_clocks(tmp_path: Path) -> None:
    rows = "".join(f"M,2024-03-14,{hour},0.{9 - hour}\n" for hour in range(4))

    guess = guessed(tmp_path, f"meter,date,hour,kwh\n{rows}")

    assert guess.declared["time"] == {"column": ["date", "hour"], "format": "%Y-%m-%d %H"}
    assert (guess.declared["interval_minutes"], guess.doubts) == (60, ())


def test_a_value_that_only_rises_may_be_a_stand(tmp_path: Path) -> None:
    rising = "".join(f"M1,{time},{1000 + number / 2}\n" for number, time in enumerate(TWO_DAYS[:12]))

    assert "register: true" in guessed(tmp_path, f"meter,time,kwh\n{rising}").doubts[0]
    assert guessed(tmp_path, f"meter,time,meter reading kwh\n{rising}").declared["values"][0]["register"] is True


def test_lines_above_the_header_are_skipped_and_columns_without_names_are_numbered(tmp_path: Path) -> None:
    rows = "".join(f"M1,{time},0.5\n" for time in TWO_DAYS[:6])

    titled = guessed(tmp_path, f"Export of our meters\n\nmeter,time,kwh\n{rows}")
    bare = guessed(tmp_path, rows)

    assert (titled.declared["skip_lines"], titled.doubts) == (2, ())
    assert (bare.declared["header"], bare.declared["meter_id"], bare.declared["time"]) == (False, 1, {"column": 2})
    assert bare.doubts


def test_days_with_a_column_an_interval_and_columns_that_are_meters(tmp_path: Path) -> None:
    slots = ",".join(f"{slot // 2:02d}:{30 * (slot % 2):02d}" for slot in range(48))
    days = guessed(tmp_path, f"meter,date,{slots}\nM1,2024-03-14,{','.join(['1'] * 48)}\n")
    meters = guessed(tmp_path, "time;MT_001;MT_002\n2024-03-14 00:00;1;2\n2024-03-14 00:15;1;2\n")

    assert days.declared["wide"] == {}
    assert (days.declared["meter_id"], days.declared["time"]) == ("meter", {"column": "date"})
    assert (meters.declared["meter_id"], meters.declared["interval_minutes"]) == ({"headers": True}, 15)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "name,colour\nx,red\ny,blue\n", "one column\n1\n2\n"])
def test_what_has_no_time_or_no_value_is_not_guessed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(text)

    assert guess_of(LandedFile.at(path).read_head()) is None


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        (
            "POD;Giorno;Ora;Energia attiva prelevata (kWh);Energia attiva immessa (kWh)\n"
            "IT9;14/03/2024;10:00;0,25;0\nIT9;14/03/2024;10:15;0,5;0\n",
            {
                "time": {"column": ["Giorno", "Ora"], "format": "%d/%m/%Y %H:%M"},
                "interval_minutes": 15,
                "values": [
                    {"column": "Energia attiva prelevata (kWh)", "quantity": "energy", "unit": "kWh"},
                    {"column": "Energia attiva immessa (kWh)", "quantity": "energy_export", "unit": "kWh"},
                ],
            },
        ),
        (
            "Mätarnummer;Från;Till;Förbrukning kWh;Spotpris SEK/kWh\n"
            "9;2024-03-14 00:00;2024-03-14 01:00;1,25;0,5\n9;2024-03-14 01:00;2024-03-14 02:00;0,5;0,4\n",
            {
                "meter_id": "Mätarnummer",
                "interval": {"end": "Till"},
                "values": [{"column": "Förbrukning kWh", "quantity": "energy", "unit": "kWh"}],
            },
        ),
        (
            "Mõõtepunkt;Algus;Lõpp;Tarbimine (kWh);Tootmine (kWh)\n"
            "38Z;14.03.2024 00:00;14.03.2024 01:00;1,25;0\n38Z;14.03.2024 01:00;14.03.2024 02:00;0,5;0\n",
            {
                "meter_id": "Mõõtepunkt",
                "interval": {"end": "Lõpp"},
                "values": [
                    {"column": "Tarbimine (kWh)", "quantity": "energy", "unit": "kWh"},
                    {"column": "Tootmine (kWh)", "quantity": "energy_export", "unit": "kWh"},
                ],
            },
        ),
        (
            "Kod PPE;Data;Godzina;Zużycie [kWh]\n590000000000000009;2024-03-14;1;0,25\n590000000000000009;2024-03-14;2;0,5\n",
            {"meter_id": "Kod PPE", "time": {"column": "Data", "slot": "Godzina"}, "interval_minutes": 60},
        ),
        (
            "MålepunktsID;Fra_dato;Til_dato;Mængde;Måleenhed\n9;14-03-2024 00:00:00;14-03-2024 01:00:00;0,25;KWH\n",
            {"values": [{"column": "Mængde", "quantity": "energy", "unit_column": "Måleenhed"}]},
        ),
        (
            "mpxn,timestamp (UTC),energyConsumption (kWh)\n9,2024-07-15 00:00,0.3\n9,2024-07-15 00:30,0.4\n",
            {"time": {"column": "timestamp (UTC)", "zone": "UTC"}},
        ),
        (
            "NMI,Start,End,kWh\n9,13/03/2025 12:00:00 AM,13/03/2025 12:29:59 AM,1\n"
            "9,13/03/2025 12:30:00 AM,13/03/2025 12:59:59 AM,1\n",
            {"interval_minutes": 30, "interval": None},
        ),
        (
            "meter,date,time,kilowatt-hours,cost_dollars\nM1,2024-03-14,17:23:00,1,2\nM1,2024-03-14,17:24:00,1,2\n",
            {
                "time": {"column": ["date", "time"], "format": "%Y-%m-%d %H:%M:%S"},
                "values": [{"column": "kilowatt-hours", "quantity": "energy", "unit": "kWh"}],
            },
        ),
        (
            "MPAN,time,kwh\n1000000000009,2024-03-14 00:00,1\n1000000000009,2024-03-14 00:30,1\n",
            {"meter_id": "MPAN", "time": {"column": "time"}},
        ),
    ],
)
def test_headers_of_public_exports_are_no_matter_of_doubt(tmp_path: Path, text: str, declared: dict[str, Any]) -> None:
    guess = guessed(tmp_path, text)

    assert {name: guess.declared.get(name) for name in declared} == declared
    assert guess.doubts == ()


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("meter,when,kwh\nM1,2024-03-14 00:15,1\nM1,2024-03-14 00:30,1\n", "say `marks: end`"),
        ("PDL;Jour;Heure de fin;kWh\n9;14/03/2024;10:30;1\n9;14/03/2024;11:00;1\n", "its 00:00 may end a day"),
        ("meter,time,kwh\nM1,2024-03-14 10:00,6199.25\nM1,2024-03-14 10:15,6199.75\n", "say `register: true`"),
        ("meter,start,unit,state,sum\nM1,2024-03-14 10:00,kWh,9,1\nM1,2024-03-14 11:00,kWh,8,3\n", "they are added up"),
    ],
)
def test_what_a_header_does_not_settle_is_doubted(tmp_path: Path, text: str, doubt: str) -> None:
    assert [said for said in guessed(tmp_path, text).doubts if doubt in said]


def test_a_doubt_about_a_time_stays_whatever_its_column_is_called(tmp_path: Path) -> None:
    stands = guessed(tmp_path, "meter,interval start,stand kwh\nM1,03/04/2024 00:00,100\nM1,04/04/2024 00:00,110\n")
    slots = ",".join(f"{slot // 2:02d}:{30 * (slot % 2):02d}" for slot in range(48))
    days = guessed(tmp_path, f"meter,interval date,{slots}\nM1,03/04/2024,{','.join(['1'] * 48)}\n")

    assert "may be %d/%m/%Y %H:%M or %m/%d/%Y %H:%M" in stands.doubts[0]
    assert "may be %d/%m/%Y or %m/%d/%Y" in days.doubts[0]


@pytest.mark.parametrize(
    ("numbers", "decimal", "thousands"),
    [
        (("1'234.5", "987.5"), None, "'"),
        (("1\u2019234,5", "987,5"), ",", "'"),
        (("1 234,5", "987,5"), ",", " "),
        (("1\u00a0234,5", "987,5"), ",", " "),
        (("1234,5", "987,5"), ",", None),
    ],
)
def test_an_apostrophe_or_a_blank_that_parts_thousands_is_found(
    tmp_path: Path, numbers: tuple[str, str], decimal: str | None, thousands: str | None
) -> None:
    rows = "".join(f"M;{at};{number}\n" for at, number in zip(TWO_DAYS, numbers * 10, strict=False))

    guess = guessed(tmp_path, f"meter;time;Wh\n{rows}")

    assert (guess.declared.get("decimal"), guess.declared.get("thousands")) == (decimal, thousands)


@pytest.mark.parametrize(("header", "doubts"), [("net kWh", 0), ("Saldo (kWh)", 0), ("kWh", 1)])
def test_energy_below_zero_was_fed_in_and_a_name_that_does_not_say_so_leaves_a_doubt(
    tmp_path: Path, header: str, doubts: int
) -> None:
    rows = "".join(f"M,{at},{value}\n" for at, value in zip(TWO_DAYS, ("-1", "2") * 5, strict=False))

    guess = guessed(tmp_path, f"meter,time,{header}\n{rows}")

    assert guess.declared["values"][0]["net"] is True
    assert len(guess.doubts) == doubts


def test_a_header_in_another_encoding_is_read_by_the_usual_one_and_doubted(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    rows = "".join(f"Z1;{at};0,5\n" for at in TWO_DAYS[:10])
    path.write_bytes(f"Z\u00e4hler;Zeit;kWh\n{rows}".encode("latin-1"))

    understood = understand(LandedFile.at(path).read_head())

    assert understood is not None
    assert understood.declaration.encoding == "cp1252"
    assert understood.declaration.meter_id.columns == ("Z\u00e4hler",)
    assert "it is no UTF-8" in understood.doubts[0]


def test_the_period_of_a_report_is_not_the_time_of_its_rows(tmp_path: Path) -> None:
    rows = "".join(f"P1;2024-03-14;2024-03-16;W;{at}:00+01:00;600;PT30M\n" for at in TWO_DAYS[:10])

    guess = guessed(tmp_path, f"PRM;Date de d\u00e9but;Date de fin;Unit\u00e9;Horodate;Valeur;Pas\n{rows}")

    assert guess.declared["time"]["column"] == "Horodate"
    assert guess.doubts == ()


READINGS = (
    '[{"meter": "A", "time": "2024-01-01T00:00Z", "kwh": 1}, {"meter": "A", "time": "2024-01-01T00:30Z", "kwh": 2}]'
)
IN_DEVICES = (
    '{"device": {"id": "A"}, "data": [{"t": "2024-01-01T00:00Z", "kwh": 1}, {"t": "2024-01-01T00:30Z", "kwh": 2}]}'
)


@pytest.mark.parametrize(
    ("text", "records", "meter", "time"),
    [
        (READINGS, "", "meter", "time"),
        (READINGS.replace("}, ", "},\n"), "", "meter", "time"),
        (f'{{"ok": true, "data": {{"readings": {READINGS}}}}}', "data.readings", "meter", "time"),
        (f'{{"devices": [{IN_DEVICES}]}}', "devices", "device.id", "data[].t"),
    ],
)
def test_records_of_json_are_found_in_lists_and_documents(
    tmp_path: Path, text: str, records: str, meter: str, time: str
) -> None:
    guess = guessed(tmp_path, text, "export.json")

    assert guess.declared["records"] == records
    assert (guess.declared["meter_id"], guess.declared["time"]["column"]) == (meter, time)
    assert guess.declared["interval_minutes"] == 30
    assert guess.doubts == ()


@pytest.mark.parametrize(
    ("header", "quantity", "unit"),
    [("Usage (therms)", "gas_energy", "therm"), ("Gas (CCF)", "gas", "CCF"), ("Water Usage (gallons)", "water", "gal")],
)
def test_units_of_american_bills_are_known(tmp_path: Path, header: str, quantity: str, unit: str) -> None:
    rows = "".join(f"M,{time},1.5\n" for time in TWO_DAYS[:4])

    guess = guessed(tmp_path, f"meter,time,{header}\n{rows}")

    value = guess.declared["values"][0]
    assert (value["quantity"], value["unit"], guess.doubts) == (quantity, unit, ())


def test_thousands_of_india_and_a_header_among_the_rows_are_read(tmp_path: Path) -> None:
    rows = 'M,2024-03-14,"1,23,456.5"\nmeter,day,Use (Wh)\nM,2024-03-15,"98,765"\n'

    guess = guessed(tmp_path, f"meter,day,Use (Wh)\n{rows}")

    assert (guess.declared["thousands"], guess.doubts) == (",", ())
