"""The learner's record: what was answered is there again, whatever happens to the process or to the file."""

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from calcinosis import progress
from calcinosis.errors import InputError

SOAK = bool(os.environ.get("CALCINOSIS_SOAK"))
SEED = 20261120


def fill(store, count, start=0):
    for number in range(start, start + count):
        store.record_answer("item", f"q{number}", 1, "a", number % 2 == 0, "sure" if number % 3 else None)


@pytest.fixture
def store(tmp_path):
    return progress.Store(tmp_path / "home")


def names(store):
    return [answer.id for answer in store.answers()]


def test_nothing_is_written_before_there_is_something_to_keep(store):
    assert store.answers() == ()
    assert store.form("case:x") is None
    assert not store.folder.exists()


def test_answers_come_back_in_another_process_of_the_course(store):
    store.record_answer("item", "q", 3, "b", False, "not sure", "2026-11-20T10:00:00+01:00")
    store.record_answer("prediction", "p", 1, {"calcium": "up"}, True)
    again = progress.Store(store.folder)
    first = again.last("item", "q")
    assert (first.version, first.answer, first.correct, first.confidence) == (3, "b", False, "not sure")
    assert first.moment == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert again.last("prediction", "p").answer == {"calcium": "up"}


def test_the_last_attempt_is_the_newest_and_none_is_lost(store):
    store.record_answer("item", "q", 1, "b", False, when="2026-11-20T10:00:00Z")
    store.record_answer("item", "q", 1, "a", True, when="2026-11-20T09:00:00Z")
    assert [answer.answer for answer in store.attempts("item", "q")] == ["a", "b"]
    assert store.last("item", "q").answer == "b"


def test_a_form_is_a_copy_that_later_changes_do_not_touch(store):
    content = {"at": 2, "choices": {"a": "b"}}
    store.save_form("case:x", content)
    store.form("case:x")["choices"]["a"] = "changed"
    assert store.form("case:x") == {"at": 2, "choices": {"a": "b"}}


def test_the_file_is_json_that_a_person_can_read(store):
    fill(store, 2)
    content = json.loads(store.path.read_text(encoding="utf-8"))
    assert content["schema"] == progress.SCHEMA
    assert "Nothing is sent anywhere" in content["about"]
    assert content["answers"]["item:q0"][0]["answer"] == "a"
    assert store.path.read_bytes() == (store.folder / progress.COPY).read_bytes() == store.download_bytes()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("version", "one"),
        ("answer", 4),
        ("answer", {"a": 1}),
        ("confidence", "very"),
        ("when", "yesterday"),
        ("when", "2026-11-20T10:00:00"),
    ],
)
def test_a_wrong_kind_of_value_is_refused_and_nothing_written(store, part, value):
    values = {"version": 1, "answer": "a", "correct": True, "confidence": None, "when": None} | {part: value}
    with pytest.raises(InputError):
        store.record_answer("item", "q", **values)
    assert not store.path.exists()


def test_home_follows_the_variable_and_is_never_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path / "there"))
    assert progress.store().path == tmp_path / "there" / "progress.json"
    monkeypatch.delenv("CALCINOSIS_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert progress.home() == tmp_path / "data" / "calcinosis"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert progress.home().parts[-3:] == ("Library", "Application Support", "calcinosis")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert progress.home() == tmp_path / "local" / "calcinosis"


# ---- two at once


WRITER = """
import sys
from calcinosis.progress import Store
store, name, count = Store(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    store.record_answer("item", f"{name}-{number}", 1, "a", True)
    print(number, flush=True)
"""


def writer(folder, name, count):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)], stdout=subprocess.PIPE, text=True
    )


def test_processes_that_write_at_once_lose_no_answer(store):
    running = [writer(store.folder, f"p{number}", 20) for number in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    for process in running:
        process.stdout.close()
    assert len(store.answers()) == 80


def test_an_open_store_sees_what_another_one_wrote(store):
    fill(store, 1)
    other = progress.Store(store.folder)
    fill(other, 1, start=1)
    assert sorted(names(store)) == ["q0", "q1"]


# ---- kills


@pytest.mark.soak
def test_killing_the_writer_at_random_points_loses_nothing_acknowledged(store):
    draw = random.Random(SEED)
    acknowledged = set()
    for round_number in range(200 if SOAK else 25):
        process = writer(store.folder, f"k{round_number}", 10_000)
        first = process.stdout.readline()
        time.sleep(draw.uniform(0, 0.12))
        process.kill()
        lines = [first, *process.stdout.read().splitlines()]
        process.stdout.close()
        process.wait()
        acknowledged |= {f"k{round_number}-{line.strip()}" for line in lines if line.strip()}
        reader = progress.Store(store.folder)
        missing = acknowledged - set(names(reader))
        assert not missing, f"round {round_number} lost {sorted(missing)[:3]}"
        assert reader.notices == []
        if len(acknowledged) > 400:  # a long file would only make the rounds slower
            reader.reset()
            acknowledged.clear()


# ---- damage


def damages(data, draw):
    """Yield one damaged version of `data` per call: cut, flipped, zeroed, doubled, emptied."""
    kind = draw.choice(["cut", "flip", "zero", "double", "empty", "noise"])
    at = draw.randrange(len(data))
    if kind == "cut":
        return data[:at]
    if kind == "flip":
        return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
    if kind == "zero":
        return data[:at] + bytes(min(64, len(data) - at)) + data[at + 64 :]
    if kind == "double":
        return data + data[:at]
    return b"" if kind == "empty" else bytes(draw.randrange(256) for _ in range(200))


@pytest.mark.soak
def test_a_damaged_file_is_set_aside_and_the_copy_used(store):
    fill(store, 12)
    truth, good = store.answers(), store.path.read_bytes()
    draw = random.Random(SEED)
    set_aside = 0
    for _ in range(200 if SOAK else 60):
        bad = damages(good, draw)
        store.path.write_bytes(bad)
        reader = progress.Store(store.folder)
        assert reader.answers() == truth
        if reader.notices:
            set_aside += 1
            (notice,) = reader.notices
            kept = store.folder / notice.split("set aside as ")[1].split(";")[0]
            assert kept.read_bytes() == bad
            assert "12 answers" in notice
            assert store.path.read_bytes() == good
            kept.unlink()
        else:
            # Only the explaining text at the top is not covered by the checksum.
            assert json.loads(bad)["answers"] == json.loads(good)["answers"]
    assert set_aside > 40


def test_when_both_files_are_damaged_both_are_kept_and_the_learner_is_told(store):
    fill(store, 3)
    store.path.write_bytes(b"{")
    (store.folder / progress.COPY).write_bytes(b"}")
    reader = progress.Store(store.folder)
    assert reader.answers() == ()
    assert "starts without answers" in reader.notices[0]
    assert sorted(path.read_bytes() for path in store.folder.glob("*-damaged-*.json")) == [b"{", b"}"]
    fill(reader, 1)
    assert names(progress.Store(store.folder)) == ["q0"]


def test_a_missing_file_is_replaced_from_the_copy(store):
    fill(store, 3)
    store.path.unlink()
    assert len(progress.Store(store.folder).answers()) == 3
    assert store.path.exists()


def test_a_damaged_copy_alone_harms_nothing(store):
    fill(store, 3)
    (store.folder / progress.COPY).write_bytes(b"")
    fill(store, 1, start=3)
    assert len(progress.Store(store.folder).answers()) == 4


def test_a_file_of_a_newer_course_is_neither_used_nor_touched(store):
    fill(store, 1)
    content = json.loads(store.path.read_text())
    content["schema"] = progress.SCHEMA + 1
    record = {"answers": content["answers"], "forms": content["forms"]}
    content["checksum"] = progress._checksum(content["schema"], record)
    newer = json.dumps(content).encode()
    store.path.write_bytes(newer)
    reader = progress.Store(store.folder)
    for act in (reader.answers, lambda: fill(reader, 1), lambda: reader.merge_bytes(newer)):
        with pytest.raises(InputError, match="newer version of this course"):
            act()
    assert store.path.read_bytes() == newer


def test_what_cannot_be_saved_is_said_in_one_sentence(tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(InputError, match="could not be saved") as caught:
        fill(progress.Store(tmp_path / "home"), 1)
    assert "\n" not in str(caught.value)


def test_a_disk_that_is_full_leaves_the_old_file(store, monkeypatch):
    fill(store, 2)
    before = store.path.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left on device"):
        fill(store, 1, start=2)
    monkeypatch.undo()
    assert store.path.read_bytes() == before
    assert len(progress.Store(store.folder).answers()) == 2
    assert not list(store.folder.glob(".*.tmp"))


# ---- two files


def test_merging_keeps_every_answer_once_and_the_newer_form(tmp_path):
    one, other = progress.Store(tmp_path / "one"), progress.Store(tmp_path / "other")
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    one.record_answer("item", "q", 1, "a", False, when=now)
    other.record_answer("item", "q", 1, "b", True, when=now + timedelta(minutes=1))
    other.record_answer("item", "r", 1, "b", True, when=now)
    one.save_form("case:x", {"at": 1}, when=now + timedelta(minutes=5))
    other.save_form("case:x", {"at": 4}, when=now)
    other.save_form("case:y", {"at": 2}, when=now)
    mine, theirs = one.download_bytes(), other.download_bytes()
    assert one.merge_bytes(theirs) == 2
    assert other.merge_bytes(mine) == 1
    assert one.merge_bytes(theirs) == 0
    assert one.answers() == other.answers()
    assert one.last("item", "q").answer == "b"
    assert one.form("case:x") == other.form("case:x") == {"at": 1}
    assert one.form("case:y") == {"at": 2}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"{}",
        b'{"schema": 1}',
        b"null",
        b"[" * 100_000,
        b'{"schema":1,"checksum":"x","answers":{},"forms":{}}',
    ],
    ids=["empty", "blank", "binary", "cut", "list", "object", "part", "null", "deep", "wrong-sum"],
)
def test_a_bad_upload_changes_nothing_and_says_why(store, data):
    fill(store, 2)
    before = store.path.read_bytes()
    with pytest.raises(InputError, match="Nothing was changed") as caught:
        store.merge_bytes(data)
    assert "\n" not in str(caught.value)
    assert store.path.read_bytes() == before


@pytest.mark.parametrize(
    "record",
    [
        {"answers": [], "forms": {}},
        {"answers": {"item:q": []}, "forms": {}},
        {"answers": {"item:q": [{}]}, "forms": {}},
        {"answers": {"item:q": "a"}, "forms": {}},
        {"answers": {}, "forms": {"x": {"at": 1}}},
        {"answers": {}, "forms": {"x": {"when": "2026-11-20T09:00:00.000Z", "content": 3}}},
        {"answers": {}, "forms": {"x": {"when": "now", "content": {}}}},
    ],
)
def test_a_forged_file_with_a_right_checksum_is_refused_too(store, record):
    with pytest.raises(InputError, match="Nothing was changed"):
        store.merge_bytes(progress._encode(record))


def test_a_huge_upload_is_refused_before_it_is_read(store, monkeypatch):
    monkeypatch.setattr(progress, "LARGEST_UPLOAD", 10)
    with pytest.raises(InputError, match="too large"):
        store.merge_bytes(b" " * 11)


def test_reset_forgets_everything_for_good(store):
    fill(store, 3)
    store.save_form("case:x", {"at": 1})
    store.reset()
    assert progress.Store(store.folder).answers() == ()
    store.path.write_bytes(b"damaged")
    assert progress.Store(store.folder).answers() == ()
    assert progress.Store(store.folder).form("case:x") is None
