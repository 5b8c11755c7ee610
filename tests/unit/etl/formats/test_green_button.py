from __future__ import annotations

import gzip
import zipfile

import pytest

from tests.small_lake import SmallLake

ESPI = 'xmlns="http://naesb.org/espi"'
HOUR = 3600
START = 1_293_868_800  # 2011-01-01T08:00Z
CUSTOMER = "https://utility.example/espi/1_1/resource/RetailCustomer/C9/UsagePoint/P1"


def link(rel: str, address: str) -> str:
    return f'<link rel="{rel}" href="{address}"/>'


def entry(content: str, *links: str, title: str = "") -> str:
    return f"<entry>{''.join(links)}<title>{title}</title><content>{content}</content></entry>\n"


def feed(*entries: str) -> str:
    return f'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n{"".join(entries)}</feed>\n'


def reading_type(**codes: int) -> str:
    said = {"accumulationBehaviour": 4, "commodity": 1, "flowDirection": 1, "intervalLength": HOUR, "uom": 72} | codes
    return f"<ReadingType {ESPI}>{''.join(f'<{name}>{code}</{name}>' for name, code in said.items())}</ReadingType>"


def reading(value: str, hour: int, *, quality: int | None = None, seconds: int = HOUR) -> str:
    judged = "" if quality is None else f"<ReadingQuality><quality>{quality}</quality></ReadingQuality>"
    period = f"<timePeriod><duration>{seconds}</duration><start>{START + hour * HOUR}</start></timePeriod>"
    return f"<IntervalReading><cost>99900</cost>{judged}{period}<value>{value}</value></IntervalReading>\n"


def block(*readings: str) -> str:
    interval = f"<interval><duration>{len(readings) * HOUR}</duration><start>{START}</start></interval>\n"
    return f"<IntervalBlock {ESPI}>{interval}{''.join(readings)}</IntervalBlock>"


def series(number: int, *readings: str, **codes: int) -> list[str]:
    """A meter reading of the usage point, its type and a block, linked as the standard says."""
    own = f"{CUSTOMER}/MeterReading/{number}"
    kind = f"https://utility.example/espi/1_1/resource/ReadingType/{number}"
    return [
        entry(
            f"<MeterReading {ESPI}/>",
            link("self", own),
            link("up", f"{CUSTOMER}/MeterReading"),
            link("related", f"{own}/IntervalBlock"),
            link("related", kind),
        ),
        entry(reading_type(**codes), link("self", kind)),
        entry(block(*readings), link("self", f"{own}/IntervalBlock/1"), link("up", f"{own}/IntervalBlock")),
    ]


POINT = entry(
    f"<UsagePoint {ESPI}><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint>",
    link("self", CUSTOMER),
    link("related", f"{CUSTOMER}/MeterReading"),
    title="Kitchen",
)


def test_a_file_without_links_holds_one_series_of_a_meter_named_as_the_file(small_lake: SmallLake) -> None:
    text = feed(entry(reading_type()), entry(block(reading("450", 0), reading("512", 1, quality=8))))

    small_lake.ingest(small_lake.write("usage.xml", text))

    assert small_lake.rows(
        "SELECT meter_id, quantity, interval_start::VARCHAR AS s, interval_end::VARCHAR AS e, value, quality FROM readings ORDER BY s"
    ) == [
        ("usage", "energy", "2011-01-01 08:00:00+00", "2011-01-01 09:00:00+00", 0.45, "actual"),
        ("usage", "energy", "2011-01-01 09:00:00+00", "2011-01-01 10:00:00+00", 0.512, "estimated"),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_links_tell_what_a_block_is_of_in_any_order(small_lake: SmallLake, turned: bool) -> None:
    entries = [POINT, *series(1, reading("1000", 0)), *series(2, reading("250", 0), flowDirection=19)]

    small_lake.ingest(small_lake.write("usage.xml", feed(*(reversed(entries) if turned else entries))))

    assert small_lake.readings() == [
        ("C9/P1", "energy", "2011-01-01 08:00", 1.0),
        ("C9/P1", "energy_export", "2011-01-01 08:00", 0.25),
    ]


def test_prefixed_names_are_the_same_names(small_lake: SmallLake) -> None:
    text = feed(POINT, *series(1, reading("1000", 0)))
    for name in ("feed", "entry", "link", "title", "content"):
        text = text.replace(f"<{name}", f"<a:{name}").replace(f"</{name}", f"</a:{name}")
    text = text.replace('xmlns="http://www.w3.org/2005/Atom"', 'xmlns:a="http://www.w3.org/2005/Atom"')

    small_lake.ingest(small_lake.write("usage.xml", text))

    assert small_lake.readings() == [("C9/P1", "energy", "2011-01-01 08:00", 1.0)]


@pytest.mark.parametrize(
    ("codes", "quantity", "value"),
    [
        ({"powerOfTenMultiplier": 3}, "energy", 12.0),
        ({"powerOfTenMultiplier": -3}, "energy", 0.000012),
        ({"uom": 31, "powerOfTenMultiplier": 6}, "energy", 12 / 3.6),
        ({"uom": 73}, "energy_reactive", 0.012),
        ({"uom": 73, "flowDirection": 19}, "energy_reactive_export", 0.012),
        ({"uom": 38, "accumulationBehaviour": 12}, "power", 0.012),
        ({"uom": 42, "commodity": 7}, "gas", 12.0),
        ({"uom": 119, "commodity": 7}, "gas", 12 * 0.028316846592),
        ({"uom": 169, "commodity": 7}, "gas_energy", 12 * 105.505585262 / 3.6),
        ({"uom": 132, "commodity": 7, "powerOfTenMultiplier": 3}, "gas_energy", 12 * 1.05505585262 / 3.6),
        ({"uom": 42, "commodity": 9}, "water", 12.0),
        ({"uom": 128, "commodity": 9}, "water", 12 * 0.003785411784),
        ({"accumulationBehaviour": 3}, "energy_register", 0.012),
        ({"flowDirection": 4}, "energy", 0.012),
        ({"flowDirection": 20}, "energy", 0.012),
    ],
)  # fmt: skip
def test_the_codes_of_a_reading_type_say_what_is_measured(
    small_lake: SmallLake, codes: dict[str, int], quantity: str, value: float
) -> None:
    small_lake.ingest(small_lake.write("usage.xml", feed(POINT, *series(1, reading("12", 0), **codes))))

    ((found, stored),) = small_lake.rows("SELECT quantity, value FROM readings")
    assert (found, stored) == (quantity, pytest.approx(value, rel=1e-12))


@pytest.mark.parametrize("codes", [{"uom": 5}, {"uom": 42}, {"flowDirection": 19, "commodity": 7, "uom": 42}])
def test_what_codes_measure_nothing_known_is_set_aside(small_lake: SmallLake, codes: dict[str, int]) -> None:
    report = small_lake.ingest(small_lake.write("usage.xml", feed(POINT, *series(1, reading("12", 0), **codes))))

    assert report.quarantine_reasons == {"unknown_quantity": 1}


def test_net_energy_is_split_by_its_sign(small_lake: SmallLake) -> None:
    text = feed(POINT, *series(1, reading("500", 0), reading("-250", 1), flowDirection=4))

    small_lake.ingest(small_lake.write("net.xml", text))

    assert [(quantity, value) for _, quantity, _, value in small_lake.readings()] == [
        ("energy", 0.5),
        ("energy_export", 0.25),
    ]


def test_net_energy_beside_the_flows_it_is_made_of_is_set_aside(small_lake: SmallLake) -> None:
    text = feed(POINT, *series(1, reading("500", 0)), *series(2, reading("-250", 0), flowDirection=4))

    report = small_lake.ingest(small_lake.write("net.xml", text))

    assert report.quarantine_reasons == {"unknown_quantity": 1}
    assert small_lake.readings() == [("C9/P1", "energy", "2011-01-01 08:00", 0.5)]


def test_net_energy_beside_what_is_no_energy_is_what_it_is(small_lake: SmallLake) -> None:
    text = feed(POINT, *series(1, reading("500", 0), flowDirection=4), *series(2, reading("250", 0), uom=38))

    small_lake.ingest(small_lake.write("net.xml", text))

    assert [(quantity, value) for _, quantity, _, value in small_lake.readings()] == [("energy", 0.5), ("power", 0.25)]


def test_blocks_that_no_link_gives_a_point_are_set_aside_where_there_are_several(small_lake: SmallLake) -> None:
    entries = [POINT, POINT.replace("P1", "P2"), entry(reading_type()), entry(block(reading("1", 0)))]

    report = small_lake.ingest(small_lake.write("two.xml", feed(*entries)))

    assert report.quarantine_reasons == {"bad_record": 1}
    ((detail,),) = small_lake.rows("SELECT detail FROM quarantine")
    assert detail == "2 usage points stand in the file, and no link says which of them its block is of"


def test_two_series_of_one_quantity_of_a_point_are_kept_apart_the_finest_first(small_lake: SmallLake) -> None:
    text = feed(
        POINT,
        *series(1, reading("24000", 0, seconds=24 * HOUR), intervalLength=24 * HOUR),
        *series(2, reading("1000", 0)),
    )

    small_lake.ingest(small_lake.write("both.xml", text))

    assert [(meter, value) for meter, _, _, value in small_lake.readings()] == [("C9/P1", 1.0), ("C9/P1/1", 24.0)]


def test_a_reading_without_a_period_stands_where_its_place_in_the_block_says(small_lake: SmallLake) -> None:
    bare = "<IntervalReading><value>7</value></IntervalReading>"

    small_lake.ingest(small_lake.write("bare.xml", feed(POINT, *series(1, bare, bare, intervalLength=900))))

    assert [(starts, value) for _, _, starts, value in small_lake.readings()] == [
        ("2011-01-01 08:00", 0.007),
        ("2011-01-01 08:15", 0.007),
    ]


def test_qualities_are_mapped_and_the_worst_counts(small_lake: SmallLake) -> None:
    codes = [0, 11, 14, 17, 18, 19, 8, 9, 12, 13, 15, 7, 10, 16]
    twice = reading("1", 20, quality=0).replace(
        "</ReadingQuality>", "</ReadingQuality><ReadingQuality><quality>16</quality></ReadingQuality>"
    )

    small_lake.ingest(
        small_lake.write(
            "q.xml",
            feed(POINT, *series(1, *(reading("1", hour, quality=code) for hour, code in enumerate(codes)), twice)),
        )
    )

    found = [quality for (quality,) in small_lake.rows("SELECT quality FROM readings ORDER BY interval_start")]
    assert found == ["actual"] * 6 + ["estimated"] * 5 + ["edited"] + ["suspect"] * 3


def test_a_broken_reading_is_set_aside_with_its_line_and_takes_no_neighbour(small_lake: SmallLake) -> None:
    readings = (
        reading("1", 0),
        "<IntervalReading><cost>5</cost><timePeriod><duration>3600</duration><start>x</start></timePeriod><value>1</value></IntervalReading>\n",
        reading("", 2),
        reading("1.2.3", 3),
        reading("1", 4, quality=77),
        reading("1", 5, seconds=90),
        reading("1", 6).replace(str(START + 6 * HOUR), "9" * 17),
        reading("1", 6).replace(str(START + 6 * HOUR), "9" * 5_000),
        reading("1", 7),
    )

    report = small_lake.ingest(small_lake.write("torn.xml", feed(POINT, *series(1, *readings))))

    assert report.accounts[0].rows_read == 9
    found = small_lake.rows("SELECT line, reason FROM quarantine ORDER BY row")
    first = found[0][0]
    assert [(line - first, reason) for line, reason in found] == [
        (0, "bad_time"),
        (1, "missing_value"),
        (2, "bad_number"),
        (3, "bad_record"),
        (4, "bad_length"),
        (5, "bad_time"),
        (6, "bad_time"),
    ]
    ((raw_text,),) = small_lake.rows("SELECT raw_text FROM quarantine WHERE reason = 'bad_record'")
    assert "quality 77" in raw_text


def test_blocks_that_no_link_gives_a_type_are_set_aside_where_there_are_several(small_lake: SmallLake) -> None:
    unlinked = [entry(reading_type()), entry(reading_type(flowDirection=19)), entry(block(reading("1", 0)))]

    report = small_lake.ingest(small_lake.write("torn.xml", feed(*unlinked)))

    assert report.quarantine_reasons == {"bad_record": 1}
    ((detail,),) = small_lake.rows("SELECT detail FROM quarantine")
    assert detail == "2 reading types stand in the file, and no link says which of them its block has"


def test_local_time_parameters_tell_the_zone_of_the_meters_days(small_lake: SmallLake) -> None:
    local = f"<LocalTimeParameters {ESPI}><dstEndRule>B40E2000</dstEndRule><dstOffset>3600</dstOffset><dstStartRule>360E2000</dstStartRule><tzOffset>-18000</tzOffset></LocalTimeParameters>"

    small_lake.ingest(small_lake.write("usage.xml", feed(entry(local), POINT, *series(1, reading("1", 0)))))

    assert small_lake.rows("SELECT time_zone FROM meters") == [("America/New_York",)]


def test_a_file_is_known_by_what_it_holds_packed_or_not(small_lake: SmallLake) -> None:
    text = feed(POINT, *series(1, reading("1", 0)))
    packed, archive = small_lake.folder / "usage.txt.gz", small_lake.folder / "usage.zip"
    packed.write_bytes(gzip.compress(text.replace("P1", "P2").encode()))
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("inner.csv", text.replace("P1", "P3").encode("utf-16"))

    report = small_lake.ingest(packed, archive)

    assert [account.layout.format for account in report.accounts] == ["green_button", "green_button"]
    assert [meter for meter, *_ in small_lake.readings()] == ["C9/P2", "C9/P3"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<!DOCTYPE feed [<!ENTITY a "aaaa">]>' + feed(POINT).partition("\n")[2], "document type"),
        (feed(POINT, *series(1, reading("1", 0))) + " " * 70_000 + "<!-- -->", ""),
        (feed(POINT).replace("</feed>", ""), "no element found"),
        (feed("<entry>" + "<x>" * 90 + "</x>" * 90 + "</entry>", POINT), "nested"),
        (feed(f"<entry><title>{'a' * 20_000}</title></entry>", POINT), "longer"),
    ],
)
def test_hostile_and_broken_xml_is_refused_with_a_word(small_lake: SmallLake, text: str, why: str) -> None:
    report = small_lake.ingest(small_lake.write("odd.xml", text))

    assert [why in refused.why for refused in report.refused] == ([True] if why else [])
