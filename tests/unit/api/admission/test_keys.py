from __future__ import annotations

from hashlib import sha256

import pytest
from pydantic import ValidationError

from meterlake.api.admission.keys import KeyCheck, is_loopback
from meterlake.api.refusals import KeyNeeded
from meterlake.api.settings import ApiSettings

KEY = b"correct-horse-battery-staple"
SETTINGS = ApiSettings(key_hashes=(sha256(b"other").hexdigest(), sha256(KEY).hexdigest()))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost"])
def test_loopback_hosts_need_no_key(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "fe80::1%eth0", "meters.example.org"])
def test_all_other_hosts_need_one(host: str) -> None:
    assert not is_loopback(host)
    assert KeyCheck(ApiSettings(host=host)).needs_key("127.0.0.1")


def test_a_request_that_came_in_elsewhere_than_the_settings_say_needs_a_key() -> None:
    check = KeyCheck(ApiSettings(host="127.0.0.1"))
    assert check.needs_key("192.168.1.4")
    assert not check.needs_key("127.0.0.1")
    assert not check.needs_key("/run/meterlake.sock")
    assert not check.needs_key(None)


def test_a_known_key_names_its_caller_without_giving_itself_away() -> None:
    caller = KeyCheck(SETTINGS).known_key(KEY).name
    assert KEY.decode() not in caller


@pytest.mark.parametrize("key", [None, b"", b"wrong", KEY + b" "])
def test_a_missing_or_unknown_key_is_refused(key: bytes | None) -> None:
    with pytest.raises(KeyNeeded):
        KeyCheck(SETTINGS).known_key(key)


def test_without_any_hash_no_key_is_known() -> None:
    with pytest.raises(KeyNeeded):
        KeyCheck(ApiSettings(host="0.0.0.0")).known_key(KEY)


def test_hashes_are_read_with_commas_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = [sha256(b"a").hexdigest(), sha256(b"b").hexdigest()]
    monkeypatch.setenv("METERLAKE_API_KEY_HASHES", f" {hashes[0]} , {hashes[1].upper()}")
    assert ApiSettings().key_hashes == tuple(hashes)


def test_a_key_in_the_clear_among_the_hashes_is_refused() -> None:
    with pytest.raises(ValidationError, match="sha256sum"):
        ApiSettings(key_hashes="my-secret-key")  # type: ignore[arg-type]
