"""The cache that a machine's processes share: what libraries and our own limits may rely on."""

import subprocess
import sys
import threading
import time

import pytest
from django.core.cache import cache, caches

from cms.machine_cache import MachineCache

OTHER = """
import sys
from django.conf import settings
settings.configure(SECRET_KEY=sys.argv[2])
from cms.machine_cache import MachineCache
cache = MachineCache(sys.argv[1], {})
cache.set("seen", {"by": ["another process", 1.5]}, 60)
for _ in range(200):
    cache.incr("count")
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "shared.sqlite3")


@pytest.fixture
def shared(path):
    return MachineCache(path, {})


def rows(cache):
    return cache._file().execute("SELECT key, value, until FROM kept").fetchall()


def test_another_process_sees_and_counts_the_same(shared, path, settings):
    shared.set("count", 0, 60)
    others = [subprocess.Popen([sys.executable, "-c", OTHER, path, settings.SECRET_KEY]) for _ in range(2)]
    for _ in range(200):
        shared.incr("count")
    assert [other.wait(30) for other in others] == [0, 0]
    assert shared.get("count") == 600
    assert shared.get("seen") == {"by": ["another process", 1.5]}


def test_what_is_good_once_is_added_once_by_however_many_at_once(path):
    added, start = [], threading.Barrier(8)

    def add():
        mine = MachineCache(path, {})
        start.wait()
        added.append(mine.add("ticket", "used", 60))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [False] * 7 + [True]


def test_a_value_ends_with_its_time_and_leaves_the_file_with_the_next_write(shared):
    shared.set("short", "a text", 0.01)
    shared.set("long", 1, None)
    time.sleep(0.02)
    assert shared.get("short") is None
    assert shared.add("short", "another", 60)
    assert shared.get("long") == 1
    shared.set("gone", "a text that somebody wrote", 0.001)
    time.sleep(0.002)
    shared.set("next", 1)
    assert "a text that somebody wrote" not in repr(rows(shared))


def test_counting_keeps_the_time_of_the_count(shared):
    shared.set("count", 1, 60)
    ((_key, _value, until),) = rows(shared)
    assert shared.incr("count", 5) == 6
    assert rows(shared)[0][1:] == ("6", until)
    with pytest.raises(ValueError, match="not found"):
        shared.incr("nothing")


def test_a_value_can_be_touched_deleted_and_all_be_cleared(shared):
    shared.set("one", 1, 1)
    assert shared.touch("one", 60)
    assert not shared.touch("two", 60)
    assert rows(shared)[0][2] > time.time() + 30
    assert shared.delete("one")
    assert not shared.delete("one")
    shared.set("three", 3)
    shared.clear()
    assert rows(shared) == []


def test_what_ends_soonest_makes_room_when_there_is_too_much(path):
    small = MachineCache(path, {"OPTIONS": {"MAX_ENTRIES": 10}})
    for number in range(1001):
        small.set(f"value-{number}", number, 10_000 - number)
    assert len(rows(small)) == 11
    assert small.get("value-0") == 0
    assert small.get("value-999") is None


def test_the_file_does_not_tell_what_was_counted(shared):
    shared.set("login-of-203.0.113.77", 1)
    assert "203.0.113" not in repr(rows(shared))


def test_limits_and_presence_lie_in_it_where_no_other_cache_is_named():
    assert isinstance(caches["default"], MachineCache)
    assert cache.add("here", True, 60)
