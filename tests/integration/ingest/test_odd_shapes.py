"""Shapes of exports that stand between a table and a report: metadata above, prose among rows, no rows, elements of XML."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from meterlake.cli.main import meterlake
from meterlake.etl.conforming.mapping_declaration import load_mapping
from meterlake.lake.errors import BadParameter
from tests.small_lake import SmallLake

SERIES = (
    "PRM;Type;Unit;Minutes\n0017;Load curve;W;30\nHorodate;Valeur\n"
    "2023-01-01T00:30:00+01:00;512\n2023-01-01T01:00:00+01:00;400\n"
)
BELOW_METADATA = (
    "meter_id: {above: '(?m)^(\\d{4});'}\nskip_lines: auto\ndelimiter: ;\n"
    "time: {column: Horodate, zone: Europe/Paris, marks: end}\nvalues: [{column: Valeur, unit: W}]\n"
)
STATIONS = (
    '<?xml version="1.0"?>\n<n:R xmlns:n="urn:x"><n:list>'
    "<n:s><n:prm>P1</n:prm><n:m><n:at>2024-01-01T00:00:00Z</n:at><n:v>500</n:v></n:m>"
    "<n:m><n:at>2024-01-01T00:30:00Z</n:at><n:v>x</n:v></n:m></n:s>"
    "<n:s><n:prm>P2</n:prm><n:m><n:at>2024-01-01T00:00:00Z</n:at><n:v>250</n:v></n:m></n:s></n:list></n:R>\n"
)
OF_STATIONS = "records: list.s\nmeter_id: prm\ntime: {column: 'm[].at'}\nvalues: [{column: 'm[].v', unit: Wh}]\n"


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path)


def test_a_meter_in_the_lines_above_a_header_that_is_found_by_its_names(lake: SmallLake) -> None:
    mapping = load_mapping(lake.write("m.yaml", BELOW_METADATA))

    lake.ingest(
        lake.write("a.csv", SERIES), lake.write("b.csv", "\n\n" + SERIES.replace("0017", "0018")), mapping=mapping
    )

    assert lake.readings() == [
        ("0017", "energy", "2022-12-31 23:00", 0.256),
        ("0017", "energy", "2022-12-31 23:30", 0.2),
        ("0018", "energy", "2022-12-31 23:00", 0.256),
        ("0018", "energy", "2022-12-31 23:30", 0.2),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SERIES.replace("0017", "?"), "the lines above its header name no meter by"),
        (SERIES.replace("Horodate", "Date"), "none of its first 5 lines has 'Horodate', 'Valeur'"),
    ],
)
def test_a_file_without_the_header_or_the_meter_that_is_declared_is_refused(
    lake: SmallLake, text: str, why: str
) -> None:
    report = lake.ingest(lake.write("a.csv", text), mapping=load_mapping(lake.write("m.yaml", BELOW_METADATA)))

    assert why in report.refused[0].why


def test_lines_that_are_no_rows_are_passed_over_and_rows_keep_their_lines(lake: SmallLake) -> None:
    declared = "meter_id: id\nlines: '^[A-Z]\\d'\ntime: {column: t}\nvalues: [{column: v}]\n"
    text = 'id,t,v\nDay of prose, with "marks\nA1,2024-01-01 00:00,1\n\nTotal,1\nA1,2024-01-01 00:30,x\n'

    lake.ingest(lake.write("a.csv", text), mapping=load_mapping(lake.write("m.yaml", declared)))

    assert lake.readings() == [("A1", "energy", "2024-01-01 00:00", 1.0)]
    assert lake.quarantine() == [(6, "bad_number", "A1,2024-01-01 00:30,x")]


@pytest.mark.parametrize("is_packed", [False, True])
def test_elements_of_xml_are_records_and_what_repeats_in_them_is_a_list(lake: SmallLake, is_packed: bool) -> None:
    path = lake.folder / ("a.xml.gz" if is_packed else "a.xml")
    path.write_bytes(gzip.compress(STATIONS.encode()) if is_packed else STATIONS.encode())

    lake.ingest(path, mapping=load_mapping(lake.write("m.yaml", OF_STATIONS)))

    assert lake.readings() == [
        ("P1", "energy", "2024-01-01 00:00", 0.5),
        ("P2", "energy", "2024-01-01 00:00", 0.25),
    ]
    assert [reason for _, reason, _ in lake.quarantine()] == ["bad_number"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (STATIONS[: STATIONS.index("P2")], "it is no XML document"),
        (STATIONS.replace("n:s>", "n:z>"), "there is no element 'list.s'"),
        (STATIONS.replace("<n:R", "<!DOCTYPE a [<!ENTITY b 'c'>]><n:R"), "it is no XML document"),
    ],
)
def test_xml_that_is_torn_or_holds_no_such_element_is_refused(lake: SmallLake, text: str, why: str) -> None:
    report = lake.ingest(lake.write("a.xml", text), mapping=load_mapping(lake.write("m.yaml", OF_STATIONS)))

    assert report.accounts == []
    assert why in report.refused[0].why


@pytest.mark.parametrize(
    "text",
    [
        "LCLid,tstp,energy(kWh/hh)\n",
        "Consumption (kwh),Estimated Cost Inc. Tax (p),Standing Charge Inc. Tax (p),Start,End\n",
    ],
)
def test_a_header_without_rows_is_taken_in_with_a_word(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)

    ran = CliRunner().invoke(meterlake, ["--lake", str(tmp_path / "lake"), "ingest", str(tmp_path / "a.csv"), "--json"])

    assert ran.exit_code == 0
    assert "no rows: " in ran.stderr
    accounts = json.loads(ran.stdout)
    assert (accounts["files"], accounts["rows_read"], accounts["without_rows"]) == (1, 0, [str(tmp_path / "a.csv")])


def test_reads_since_midnight_in_any_order_and_said_twice(lake: SmallLake) -> None:
    declared = (
        "meter_id: {constant: H}\ntime: {column: t, zone: Europe/Berlin}\n"
        "values: [{column: v, unit: Wh, register: true, restarts: daily}]\n"
    )
    rows = (
        "02 00:30,100",
        "02 00:00,3000",
        "01 12:00,1000",
        "01 12:00,900",
        "01 12:00,1000",
        "01 06:00,400",
        "01 00:00,0",
    )

    report = lake.ingest(
        lake.write("a.csv", "\n".join(["t,v", *(f"2024-06-{row}" for row in rows)])),
        mapping=load_mapping(lake.write("m.yaml", declared)),
    )

    assert lake.readings() == [
        ("H", "energy", "2024-05-31 22:00", 0.4),
        ("H", "energy", "2024-06-01 04:00", 0.6),
        ("H", "energy", "2024-06-01 10:00", 2.0),
        ("H", "energy", "2024-06-01 22:00", 0.1),
    ]
    [account] = report.accounts
    assert (account.rows_read, account.duplicates, account.superseded_by_itself) == (6, 1, 1)


def test_two_columns_that_a_pattern_takes_for_one_meter_are_refused(lake: SmallLake) -> None:
    declared = "meter_id: {headers: true}\ntime: {column: t}\nvalues: [{headers: '(?:IN|OUT)-(.*)'}]\n"

    report = lake.ingest(
        lake.write("a.csv", "t,IN-A,OUT-A\n2024-01-01 00:00,1,2\n"),
        mapping=load_mapping(lake.write("m.yaml", declared)),
    )

    assert "'IN-A' and 'OUT-A' are both energy of 'A', and one would replace the other" in report.refused[0].why


def test_a_bare_date_beside_a_time_with_its_offset_assumes_nothing(lake: SmallLake) -> None:
    declared = "meter_id: id\ntime: {column: t}\nvalues: [{column: v}]\n"

    report = lake.ingest(
        lake.write("a.csv", "id,day,t,v\nA,2024-01-01,2024-01-01T00:00:00+01:00,1\n"),
        mapping=load_mapping(lake.write("m.yaml", declared)),
    )

    assert report.assumed == {}


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ("meter_id: i\ntime: {column: t}\nvalues: [{column: v, restarts: daily}]\n", "register: true"),
        ("meter_id: i\ntime: {column: t}\ninterval: {until: true}\nvalues: [{column: v}]\n", "time.until"),
        ("meter_id: i\ntime: {column: t}\nlines: '('\nvalues: [{column: v}]\n", "a regular expression"),
        ("meter_id: {above: 'x'}\ntime: {column: t}\nvalues: [{column: v}]\n", "one group in brackets"),
        (
            "meter_id: i\ntime: {column: t}\nheader: false\nskip_lines: auto\nvalues: [{column: 3}]\n",
            "none is declared",
        ),
        (
            "time: {column: t}\nvalues: [{column: v}]\n",
            "meter_id: expected the column that names the meter, or {constant: NAME} where no column does (--meter-id NAME), found 'nothing'",
        ),
    ],
)
def test_what_a_declaration_leaves_out_is_named(lake: SmallLake, declared: str, why: str) -> None:
    path = lake.write("m.yaml", declared)
    with pytest.raises(BadParameter, match=re.escape(why)):
        load_mapping(path)
