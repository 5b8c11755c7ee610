"""One half-hourly meter's messages and readings, from which its losses of power follow; minutes are those after midnight."""

from __future__ import annotations

from meterlake.outage.evidence.absences import ALL, NONE, UNKNOWN, USUAL
from meterlake.outage.evidence.message_pairing import MessagePairing
from meterlake.outage.evidence.meter_messages import DarkRun, Lost, Message, MeterClock, ordered_messages
from meterlake.outage.fleet import NEVER_S

DAY_S = 86_400


def at(text: str) -> int:
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + sum(seconds)


def dark(first: str, end: str, zeros: int = NONE) -> DarkRun:
    return DarkRun(at(first), at(end), False, zeros)


def pairing(runs: list[DarkRun], *, at_end: bool = False, first_s: int = 0) -> MessagePairing:
    return MessagePairing(MeterClock(first_s, 1800, DAY_S, at_end), runs)


def messages(*said: str) -> list[Message]:
    """Read `-10:05` as a loss and `+12:50` as a return."""
    return ordered_messages([Message(at(one[1:]), one[0] == "-", "LOSS" if one[0] == "-" else "BACK") for one in said])


def times(lost: list[Lost]) -> list[tuple[int, int]]:
    return [(one.loss_s, one.restored_s) for one in lost if not one.is_loose]


def test_two_trips_in_one_half_hour_are_two() -> None:
    found = pairing([]).paired(messages("-10:02:00", "+10:02:40", "-10:20:00", "+10:20:50"))

    assert times(found) == [(at("10:02:00"), at("10:02:40")), (at("10:20:00"), at("10:20:50"))]


def test_power_that_is_back_and_gone_again_within_a_silence_is_two_with_their_own_intervals() -> None:
    found = pairing([dark("10:30", "13:30")]).paired(messages("-10:05", "+12:35", "-12:50", "+13:08"))

    assert times(found) == [(at("10:05"), at("12:35")), (at("12:50"), at("13:08"))]
    assert [(one.from_s, one.to_s) for one in found] == [(at("10:30"), at("13:00")), (at("13:00"), at("13:30"))]


def test_a_return_stands_though_readings_come_back_hours_later() -> None:
    pairs = pairing([dark("10:30", "14:00")])

    assert times(pairs.paired(messages("-10:05", "+11:02"))) == [(at("10:05"), at("11:02"))]
    (rest,) = pairs.left_over()
    assert (rest.from_s, rest.to_s, rest.has_power) == (at("11:30"), at("14:00"), True)


def test_a_return_that_is_stamped_long_after_readings_came_back_says_nothing() -> None:
    # the half-hour of 13:00 began with power, so it was back by then and not at 13:35
    (found, loose) = pairing([dark("10:30", "13:00")]).paired(messages("-10:05", "+13:35"))

    assert (found.loss_s, found.restored_s, found.to_s) == (at("10:05"), UNKNOWN, at("13:00"))
    assert loose.is_loose


def test_a_return_a_little_after_readings_came_back_is_held_to_them() -> None:
    (found,) = pairing([dark("10:30", "13:00")]).paired(messages("-10:05", "+13:01"))

    assert found.restored_s == at("13:00")


def test_a_loss_said_again_is_one_loss() -> None:
    gasps = [f"-10:{minute:02d}" for minute in range(5, 26, 4)]

    assert times(pairing([dark("10:30", "13:00")]).paired(messages(*gasps, "+12:50"))) == [(at("10:05"), at("12:50"))]
    assert times(pairing([]).paired(messages("-10:05", "-10:05", "+10:20"))) == [(at("10:05"), at("10:20"))]


def test_readings_between_two_losses_make_two_of_them() -> None:
    # no return after the first, but the half-hours from 12:00 to 15:00 came
    found = pairing([dark("10:30", "12:00"), dark("15:30", "16:00")]).paired(messages("-10:05", "-15:10", "+15:50"))

    assert times(found) == [(at("10:05"), UNKNOWN), (at("15:10"), at("15:50"))]


def test_a_pair_is_believed_where_the_dark_half_hours_came_as_zeros() -> None:
    (found,) = pairing([dark("15:30", "16:00", ALL)]).paired(messages("-15:05", "+16:06"))

    assert (found.loss_s, found.restored_s, found.has_dark) == (at("15:05"), at("16:06"), True)


def test_a_pair_is_believed_in_an_empty_house_that_always_reads_zero() -> None:
    (found,) = pairing([dark("0:00", "24:00", USUAL)]).paired(messages("-10:05", "+12:50"))

    assert (found.loss_s, found.restored_s, found.is_loose) == (at("10:05"), at("12:50"), False)


def test_a_loss_without_a_return_and_without_a_dark_half_hour_is_loose() -> None:
    (found,) = pairing([]).paired(messages("-10:05"))

    assert (found.is_loose, found.from_s, found.to_s) == (True, at("10:05"), at("11:00"))


def test_a_return_without_a_loss_ends_the_silence_that_it_lies_in() -> None:
    (found,) = pairing([dark("10:30", "13:00")]).paired(messages("+12:50"))

    assert (found.from_s, found.to_s, found.loss_s, found.restored_s) == (
        at("10:30"),
        at("13:00"),
        UNKNOWN,
        at("12:50"),
    )


def test_readings_lost_before_the_loss_are_no_part_of_it() -> None:
    pairs = pairing([dark("8:00", "13:00")])

    (found,) = pairs.paired(messages("-10:05", "+12:50"))
    (before,) = pairs.left_over()

    assert (found.from_s, found.to_s) == (at("10:30"), at("13:00"))
    assert (before.from_s, before.to_s, before.has_power) == (at("8:00"), at("10:30"), True)


def test_meters_that_send_an_interval_if_alive_at_its_end_lose_the_one_of_the_loss_and_not_that_of_the_return() -> None:
    (found,) = pairing([dark("10:00", "12:30")], at_end=True).paired(messages("-10:05", "+12:50"))

    assert (found.from_s, found.to_s) == (at("10:00"), at("12:30"))
    assert (found.loss_s, found.restored_s) == (at("10:05"), at("12:50"))


def test_without_intervals_messages_alone_say_it_and_an_hour_parts_two_losses() -> None:
    pairs = pairing([], first_s=NEVER_S)

    found = pairs.paired(messages("-8:00", "-10:05", "-10:06", "+12:50"))

    assert times(found) == [(at("10:05"), at("12:50"))]
    assert [one.loss_s for one in found if one.is_loose] == [at("8:00")]


def test_without_intervals_a_loss_without_a_return_lasts_until_a_stand_comes() -> None:
    read_before, read_after = (
        MessagePairing(MeterClock(NEVER_S, 1800, at(text), False), []) for text in ("8:00", "11:00")
    )

    (lasting,), (loose,) = (pairs.paired(messages("-10:05")) for pairs in (read_before, read_after))

    assert (lasting.is_open, lasting.is_loose) == (True, False)
    assert (loose.is_open, loose.is_loose) == (False, True)


def test_of_one_second_a_return_comes_before_a_loss_where_power_is_away() -> None:
    found = pairing([dark("10:30", "13:30")]).paired(messages("-10:05", "+12:50", "-12:50", "+13:08"))

    assert times(found) == [(at("10:05"), at("12:50")), (at("12:50"), at("13:08"))]
