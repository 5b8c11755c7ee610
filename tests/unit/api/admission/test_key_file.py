from __future__ import annotations

import datetime as dt
import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from meterlake.api.admission import keys
from meterlake.api.admission.key_file import Right, read_keys
from meterlake.api.admission.keys import KeyCheck
from meterlake.api.refusals import KeyNeeded, RightMissing
from meterlake.api.settings import ApiSettings
from meterlake.lake.errors import BadParameter

SECRET = "correct-horse-battery-staple"


def entry(name: str, key: str, **more: str) -> str:
    members = {"name": f'"{name}"', "sha256": f'"{sha256(key.encode()).hexdigest()}"', **more}
    return "[[key]]\n" + "\n".join(f"{member} = {value}" for member, value in members.items()) + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


@pytest.fixture
def looking_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_LOOK_AGAIN_SECONDS", 0.0)


def check_of(path: Path, complaints: list[str] | None = None) -> KeyCheck:
    settings = ApiSettings(host="0.0.0.0", keys_file=str(path))
    return KeyCheck(settings, (complaints if complaints is not None else []).append)


def replace(path: Path, text: str) -> None:
    """Write a file anew as an editor does, with another time of change."""
    path.write_text(text)
    later = time.time_ns() + 10**9
    os.utime(path, ns=(later, later))


def test_a_file_gives_keys_their_names_rights_and_ends(path: Path) -> None:
    path.write_text(
        entry("grafana", SECRET)
        + entry("loader", "other", rights='["read", "write"]', expires="2027-01-01T00:00:00+01:00")
    )
    grafana, loader = read_keys(path)
    assert (grafana.name, grafana.rights, grafana.expires) == ("grafana", {Right.READ}, None)
    assert loader.rights == {Right.READ, Right.WRITE}
    assert loader.expires == dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        f'[[key]]\nname = "a"\nsha256 = "{SECRET}"\n',
        f'[[key]]\nname = "{SECRET}{"x" * 80}"\nsha256 = "{"0" * 64}"\n',
        f'[[key]]\nname = "a"\nsha256 = "{"0" * 64}"\nkey = "{SECRET}"\n',
        f'[[key]]\nname = "a"\nsha256 = "{"0" * 64}"\nrights = ["{SECRET}"]\n',
        f'[[key]]\nname = "a"\nsha256 = "{"0" * 64}"\nrights = []\n',
        f'[[key]]\nname = "a"\nsha256 = "{"0" * 64}"\nexpires = 2027-01-01T00:00:00\n',
        f"[[key]]\nname = {SECRET}\n",
        f'keys = "{SECRET}"\n',
        entry("a", SECRET) + entry("a", "other"),
    ],
)
def test_a_file_that_is_wrong_is_refused_without_what_stands_there(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(BadParameter, match="METERLAKE_API_KEYS_FILE") as refused:
        read_keys(path)
    told = "".join(str(error) for error in (refused.value, refused.value.__cause__ or ""))
    assert SECRET not in told


def test_a_file_that_is_not_there_is_refused_at_the_start(path: Path) -> None:
    with pytest.raises(BadParameter, match="No such file"):
        check_of(path)


@pytest.mark.usefixtures("looking_at_once")
def test_a_key_is_added_and_taken_back_without_a_restart(path: Path) -> None:
    path.write_text(entry("first", "one"))
    check = check_of(path)
    assert check.known_key(b"one").name == "first"
    replace(path, entry("second", "two"))
    assert check.known_key(b"two").name == "second"
    with pytest.raises(KeyNeeded, match="not known"):
        check.known_key(b"one")


@pytest.mark.usefixtures("looking_at_once")
@pytest.mark.parametrize("broken", [f"{SECRET} is no TOML", None])
def test_a_file_that_breaks_leaves_the_keys_as_they_were_and_is_complained_of_once(
    path: Path, broken: str | None
) -> None:
    complaints: list[str] = []
    path.write_text(entry("first", "one"))
    check = check_of(path, complaints)
    if broken is None:
        path.unlink()
    else:
        replace(path, broken)
    assert [check.known_key(b"one").name for _ in range(3)] == ["first"] * 3
    assert len(complaints) == 1
    assert SECRET not in complaints[0]
    replace(path, entry("first", "two"))
    assert check.known_key(b"two").name == "first"


def test_a_key_that_has_expired_opens_nothing(path: Path) -> None:
    path.write_text(
        entry("old", "one", expires="2014-01-01T00:00:00Z") + entry("new", "two", expires="9999-01-01T00:00:00Z")
    )
    check = check_of(path)
    with pytest.raises(KeyNeeded, match="expired"):
        check.known_key(b"one")
    assert check.known_key(b"two").name == "new"


def test_a_key_does_only_what_it_has_the_right_to(path: Path) -> None:
    path.write_text(entry("reader", "one") + entry("writer", "two", rights='["write"]'))
    check = check_of(path)
    assert check.known_key(b"one", "HEAD").name == "reader"
    assert check.known_key(b"two", "POST").name == "writer"
    for key, method in ((b"one", "POST"), (b"one", "DELETE"), (b"two", "GET")):
        with pytest.raises(RightMissing):
            check.known_key(key, method)
