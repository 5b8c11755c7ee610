from __future__ import annotations

import pytest

from meterlake.lake.host_names import is_own_host


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8080", "LOCALHOST:8080", "localhost.", "127.0.0.1", "127.1.2.3:80", "[::1]:8080", "[::1]"],
)
def test_a_loopback_name_is_ours(host: str) -> None:
    assert is_own_host([host.encode()])


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.4",
        "localhost@evil.example",
        "evil.example:127.0.0.1",
        "[::1].evil.example",
        "",
        "0.0.0.0",
        "\xff",
    ],
)
def test_any_other_is_not(host: str) -> None:
    assert not is_own_host([host.encode("latin-1")])


def test_a_name_of_the_settings_is_taken_in_any_case_and_at_any_port() -> None:
    assert is_own_host([b"Meters.Example.org:443"], ["meters.example.org"])
    assert is_own_host([b"evil.example"], ["*"])


def test_two_hosts_are_one_too_many_and_none_is_no_browser() -> None:
    assert not is_own_host([b"localhost", b"localhost"])
    assert is_own_host([])
