from __future__ import annotations

from meterlake.api.caching import AnswerCache, StoredAnswer, etag_of, is_match


def stored(size_bytes: int) -> StoredAnswer:
    return StoredAnswer(("meters",), "v1", '"e"', [], b"x" * size_bytes)


def test_an_etag_changes_with_the_version_the_path_the_query_and_the_accept_header() -> None:
    keys = [("/a", b"", b""), ("/b", b"", b""), ("/a", b"f=csv", b""), ("/a", b"", b"text/csv")]
    etags = {etag_of(version, key) for version in ("v1", "v2") for key in keys}
    assert len(etags) == 8


def test_an_etag_is_matched_in_a_list_and_as_a_weak_one() -> None:
    assert is_match('"a", W/"b"', '"b"')
    assert not is_match('"a"', '"b"')


def test_the_least_recently_given_answer_is_dropped_first() -> None:
    cache = AnswerCache(largest_bytes=20_000)
    for place in range(9):  # 9 answers of about 2,000 bytes each fit
        cache.put((f"/{place}", b"", b""), stored(1_000))
    cache.get(("/0", b"", b""))
    for place in range(9, 11):
        cache.put((f"/{place}", b"", b""), stored(1_000))
    assert cache.get(("/0", b"", b"")) is not None
    assert cache.get(("/1", b"", b"")) is None


def test_an_answer_that_would_take_an_eighth_of_the_memory_is_not_kept() -> None:
    cache = AnswerCache(largest_bytes=20_000)
    cache.put(("/", b"", b""), stored(2_000))
    assert len(cache) == 0


def test_a_cache_without_memory_keeps_nothing() -> None:
    cache = AnswerCache(largest_bytes=0)
    cache.put(("/", b"", b""), stored(0))
    assert len(cache) == 0
