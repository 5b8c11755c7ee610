"""In which encoding a text is that is no UTF-8: told by its letters and words, never followed unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.guessing.undeclared import Understanding, understand
from meterlake.etl.landing.landed_file import LandedFile

ROWS = "".join(f"Haus 1;2024-03-14 {hour:02d}:00;{hour % 3},5\n" for hour in range(10))


def understood(path: Path, content: bytes) -> Understanding | None:
    path.write_bytes(content)
    return understand(LandedFile.at(path).read_head())


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Zähler;Zeit;Verbrauch [kWh]", "cp1252"),
        ("Compteur;Date de relève;Énergie consommée (kWh)", "cp1252"),
        ("meter;time;usage m³", "cp1252"),
        ("meter;time;usage kWh;temperature °C", "cp1252"),
        ("Odběrné místo;Čas;Spotřeba kWh", "cp1250"),
        ("Licznik;Data;Zużycie [kWh]", "cp1250"),
        ("Счётчик;Время;Потребление кВт*ч", "cp1251"),
        ("Счетчик;Дата;Расход", "koi8-r"),
        ("Счетчик;Дата;Расход", "cp866"),
        ("Μετρητής;Ώρα;Κατανάλωση (kWh)", "cp1253"),
        ("メーター番号;日時;使用量(kWh)", "cp932"),
        ("メーター番号;日時;使用量(kWh)", "euc_jp"),
        ("电表;时间;电量(kWh)", "gb18030"),
        ("電表號碼;時間;用電量(kWh)", "big5"),
        ("계량기번호;일시;사용량(kWh)", "cp949"),
        ("Zähler;Zeit;Verbrauch [kWh]", "cp850"),
        ("Zähler;Zeit;Verbrauch [kWh]", "mac-roman"),
    ],
)
def test_letters_and_words_tell_the_encoding_which_stays_a_doubt(tmp_path: Path, header: str, encoding: str) -> None:
    found = understood(tmp_path / "export.csv", f"{header}\n{ROWS}".encode(encoding))

    assert found is not None
    assert found.declaration.encoding == encoding
    assert set(map(str, found.declaration.columns_read)) <= set(header.split(";"))
    assert any(f"its letters are taken for {encoding}" in doubt for doubt in found.doubts)


def test_a_broken_byte_in_a_row_is_no_encoding_and_many_rows_of_another_are(tmp_path: Path) -> None:
    plain = f"meter;time;kWh\n{ROWS}".encode()
    one = plain.replace(b"Haus 1;2024-03-14 07", b"Ha\xfcs 1;2024-03-14 07")
    many = plain.replace(b"Haus", b"B\xfcro")

    first, second = understood(tmp_path / "one.csv", one), understood(tmp_path / "many.csv", many)

    assert first is not None
    assert first.declaration.encoding is None
    assert second is not None
    assert second.declaration.encoding == "cp1252"


def test_letters_that_were_encoded_twice_are_doubted(tmp_path: Path) -> None:
    text = f"meter;time;kWh\n{ROWS}".replace("Haus", "Büro")

    once = understood(tmp_path / "once.csv", text.encode())
    twice = understood(tmp_path / "twice.csv", text.encode().decode("cp1252").encode())

    assert once is not None
    assert once.doubts == ()
    assert twice is not None
    assert [doubt for doubt in twice.doubts if "'Ã¼' is 'ü'" in doubt]
