from __future__ import annotations

from tests.small_lake import SmallLake


def test_tariff_and_grouped_acorn_become_tariff_and_segment(small_lake: SmallLake) -> None:
    text = "LCLid,stdorToU,Acorn,Acorn_grouped,file\nMAC1,Std,ACORN-A,Affluent,block_0\nMAC2,ToU,ACORN-,\n"

    small_lake.ingest(small_lake.write("informations_households.csv", text))

    assert small_lake.rows("SELECT meter_id, tariff, segment FROM meters") == [("MAC1", "Std", "Affluent")]
    assert small_lake.quarantine() == [(3, "wrong_columns", "MAC2,ToU,ACORN-,")]


def test_row_without_a_meter_is_set_aside(small_lake: SmallLake) -> None:
    text = "LCLid,stdorToU,Acorn,Acorn_grouped\n,Std,ACORN-A,Affluent\n"

    report = small_lake.ingest(small_lake.write("households.csv", text))

    assert small_lake.quarantine() == [(2, "missing_meter", ",Std,ACORN-A,Affluent")]
    assert report.accounts[0].rows_stored == 0
