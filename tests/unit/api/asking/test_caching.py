from __future__ import annotations

from meterlake.api.asking.caching import AnswerCache, StoredAnswer, etag_of, held_etag, is_match


def stored(size_bytes: int) -> StoredAnswer:
    return StoredAnswer(("meters",), "v1", '"e"', [], b"x" * size_bytes)


def test_an_etag_changes_with_the_version_the_tables_and_the_question() -> None:
    questions = ["/a? application/json", "/b? application/json", "/a?f=csv application/json", "/a? text/csv"]
    tables = [("meters",), ("meters", "readings")]
    etags = {etag_of(names, version, key) for names in tables for version in ("v1", "v2") for key in questions}
    assert len(etags) == 16


def test_an_etag_is_matched_in_a_list_and_as_a_weak_one() -> None:
    assert is_match('"a", W/"b"', '"b"')
    assert not is_match('"a"', '"b"')
    assert is_match("*", '"b"')


def test_an_etag_says_which_versions_to_look_up() -> None:
    looked_up: list[tuple[str, ...]] = []

    def version_of(*tables: str) -> str:
        looked_up.append(tables)
        return "v2"

    held = etag_of(("meters", "weather"), "v2", "/a")
    old = etag_of(("meters", "weather"), "v1", "/a")
    assert held_etag(f'{old}, W/{held}, "of-others", "x.no_such_table"', "/a", version_of) == held
    assert held_etag(old, "/a", version_of) is None
    assert held_etag(held, "/b", version_of) is None
    assert held_etag("*", "/a", version_of) is None
    assert looked_up == [("meters", "weather")] * 3


def test_the_least_recently_given_answer_is_dropped_first() -> None:
    cache = AnswerCache(largest_bytes=20_000)
    for place in range(9):  # 9 answers of about 2,000 bytes each fit
        cache.put(f"/{place}", stored(1_000))
    cache.get("/0")
    for place in range(9, 11):
        cache.put(f"/{place}", stored(1_000))
    assert cache.get("/0") is not None
    assert cache.get("/1") is None


def test_an_answer_is_found_by_the_words_in_which_it_was_asked() -> None:
    cache = AnswerCache(largest_bytes=20_000)
    cache.put("/a", stored(1_000))
    cache.remember(("/a", b"x=1"), "/a")
    cache.remember(("/a", b"x=" + b"1" * 2000), "/a")
    assert cache.get_as_sent(("/a", b"x=1")) is cache.get("/a")
    assert cache.get_as_sent(("/a", b"x=2")) is None
    assert cache.get_as_sent(("/a", b"x=" + b"1" * 2000)) is None  # long words are not remembered


def test_an_answer_that_would_take_an_eighth_of_the_memory_is_not_kept() -> None:
    cache = AnswerCache(largest_bytes=20_000)
    cache.put("/", stored(2_000))
    assert len(cache) == 0


def test_a_cache_without_memory_keeps_nothing() -> None:
    cache = AnswerCache(largest_bytes=0)
    cache.put("/", stored(0))
    assert len(cache) == 0
