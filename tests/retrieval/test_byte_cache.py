"""The bounded store of what was read."""

from cogep_assist.retrieval.byte_cache import ByteCache


def test_the_least_recently_used_leaves_first() -> None:
    cache = ByteCache(80)
    for key in "abcdefgh":
        cache.put(key, key.upper(), 10)
    assert cache.get("a") == "A"
    cache.put("i", "I", 10)
    assert cache.get("b") is None
    assert (cache.get("a"), cache.get("i"), cache.size) == ("A", "I", 80)


def test_a_value_put_again_counts_once() -> None:
    cache = ByteCache(80)
    cache.put("a", 1, 10)
    cache.put("a", 2, 4)
    assert (cache.get("a"), cache.size) == (2, 4)


def test_what_would_push_out_all_the_rest_is_not_kept() -> None:
    cache = ByteCache(80)
    cache.put("a", 1, 10)
    cache.put("big", 2, 11)
    assert (cache.get("a"), cache.get("big"), cache.size) == (1, None, 10)
