"""The learner's record: one small JSON file in the user's data folder that survives kills and two notebooks at once.

A change is read, applied and written back under a lock that dies with its process; the new text goes to a temporary
file, to the disk, and only then takes the place of the old one. A second, equal file is the last good copy: when the
first one does not match its checksum it is set aside (never deleted) and the copy is used.

>>> import tempfile
>>> store = Store(tempfile.mkdtemp())
>>> store.record_answer("item", "demo", 1, "b", correct=False)
>>> store.record_answer("item", "demo", 1, "c", correct=True, confidence="sure")
>>> [(answer.answer, answer.correct) for answer in store.attempts("item", "demo")]
[('b', False), ('c', True)]
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from calcinosis.errors import InputError

SCHEMA = 1
NAME = "progress.json"
COPY = "progress.last-good.json"
CONFIDENCES = ("not sure", "fairly sure", "sure")
LARGEST_UPLOAD = 20_000_000
ABOUT = (
    "Your answers in the course on calcinosis. Nothing is sent anywhere. Keep this file or upload it on the progress "
    "board; do not change it by hand, the checksum would no longer fit."
)

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One attempt of the learner at one question.

    ``kind`` is "item", "prediction" or "case"; ``answer`` a text (option id or typed value) or a mapping of field to
    text; ``confidence`` one of :data:`CONFIDENCES` or None; ``when`` a moment in UTC as ``2026-11-20T09:03:11.123Z``.
    """

    kind: str
    id: str
    version: int
    answer: str | dict[str, str]
    correct: bool
    confidence: str | None
    when: str

    @property
    def moment(self) -> datetime:
        """The time of the answer, aware, in UTC."""
        return datetime.fromisoformat(self.when)


def home() -> Path:
    """Return the folder of the progress file: ``CALCINOSIS_HOME``, or the system's folder for user data."""
    named = os.environ.get("CALCINOSIS_HOME")
    if named:
        return Path(named).expanduser().resolve()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "calcinosis"


def store() -> "Store":
    """Return the learner's record at :func:`home`."""
    return Store(home())


def stamp(when: datetime | str | None = None) -> str:
    """Return a moment as text in UTC; now if none is given.

    >>> stamp("2026-11-20T10:03:11+01:00")
    '2026-11-20T09:03:11.000Z'
    """
    try:
        moment = datetime.now(UTC) if when is None else datetime.fromisoformat(when) if isinstance(when, str) else when
    except ValueError:
        raise InputError(f"{when!r} is not a moment; write it as 2026-11-20T09:03:11Z.") from None
    if moment.tzinfo is None:
        raise InputError(f"the time {when!r} has no time zone; write 2026-11-20T09:03:11Z.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Store:
    """The record in one folder. It keeps nothing that the file does not hold, so several may be open at once.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where the files lie; it is made when something is first saved.

    Attributes
    ----------
    notices : list of str
        One sentence for each time that a damaged file was set aside.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.notices: list[str] = []
        self._cached: tuple[tuple[int, ...], Record] | None = None

    @property
    def path(self) -> Path:
        """The progress file."""
        return self.folder / NAME

    # ---- asking

    def answers(self) -> tuple[Answer, ...]:
        """Return every attempt, oldest first."""
        found = (Answer(**attempt) for attempts in self._read()["answers"].values() for attempt in attempts)
        return tuple(sorted(found, key=lambda answer: answer.when))

    def attempts(self, kind: str, name: str) -> tuple[Answer, ...]:
        """Return the attempts at one question, oldest first."""
        return tuple(Answer(**attempt) for attempt in self._read()["answers"].get(f"{kind}:{name}", ()))

    def last(self, kind: str, name: str) -> Answer | None:
        """Return the newest attempt at one question, or None."""
        attempts = self.attempts(kind, name)
        return attempts[-1] if attempts else None

    def form(self, name: str) -> dict[str, Any] | None:
        """Return what was saved under `name` by :meth:`save_form`, or None."""
        entry = self._read()["forms"].get(name)
        return None if entry is None else json.loads(json.dumps(entry["content"]))

    def download_bytes(self) -> bytes:
        """Return the record as the bytes of a progress file."""
        return _encode(self._read())

    # ---- saving

    def record_answer(
        self,
        kind: str,
        name: str,
        version: int,
        answer: str | dict[str, str],
        correct: bool,
        confidence: str | None = None,
        when: datetime | str | None = None,
    ) -> None:
        """Save one attempt; it is on the disk when this returns.

        Raises
        ------
        calcinosis.errors.InputError
            The file cannot be written, or was written by a newer version of the course.
        """
        attempt = asdict(Answer(kind, name, version, answer, bool(correct), confidence, stamp(when)))
        problem = _attempt_problem(f"{kind}:{name}", attempt)
        if problem:
            raise InputError(f"This answer cannot be saved: {problem}.")
        self._change(lambda record: _merge(record, {"answers": {f"{kind}:{name}": [attempt]}, "forms": {}}))

    def save_form(self, name: str, content: dict[str, Any], when: datetime | str | None = None) -> None:
        """Save what a form holds (anything that JSON can hold), in place of what it held before."""
        entry = {"when": stamp(when), "content": content}
        self._change(lambda record: _merge(record, {"answers": {}, "forms": {name: entry}}))

    def merge_bytes(self, data: bytes) -> int:
        """Add the answers of a progress file; of two versions of a form the newer stays.

        Returns
        -------
        int
            How many attempts were new.

        Raises
        ------
        calcinosis.errors.InputError
            The bytes are not a whole progress file; nothing is changed.
        """
        if len(data) > LARGEST_UPLOAD:
            raise InputError(
                f"That file is too large ({len(data):,} bytes) to be a progress file; choose the file you downloaded."
            )
        try:
            other = _decode(data)
        except _DamagedError as damage:
            is_ours = not isinstance(damage, _StrangeError)
            what = f"That file cannot be used: {damage}" if is_ours else "This is not a progress file of this course"
            raise InputError(
                f"{what}. Nothing was changed; choose a file that you downloaded from the progress board."
            ) from None
        before = len(self.answers())
        self._change(lambda record: _merge(record, other))
        return len(self.answers()) - before

    def reset(self) -> None:
        """Forget all answers and forms; the files that hold them are removed."""
        self._change(lambda _record: _empty())

    # ---- files

    def _read(self) -> Record:
        mark = self._file_mark()
        if self._cached and mark and self._cached[0] == mark:
            return self._cached[1]
        if mark is None and not (self.folder / COPY).exists():
            return _empty()
        record = self._load(self.path)
        if record is None:
            with self._lock():
                record = self._recover()
            mark = self._file_mark()
        self._cached = (mark, record) if mark else None
        return record

    def _file_mark(self) -> tuple[int, ...] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    def _load(self, path: Path) -> Record | None:
        """Return the record in a file, or None if it is missing or damaged."""
        try:
            return _decode(path.read_bytes())
        except (FileNotFoundError, _DamagedError):
            return None
        except OSError as error:
            raise InputError(
                f"Your progress file {path} cannot be read ({error.strerror}); check its permissions."
            ) from None

    def _recover(self) -> Record:
        """Return the best record there is; what is damaged is set aside. Call it under the lock."""
        record = self._load(self.path)
        if record is not None:
            return record
        kept = self._set_aside(self.path)
        record = self._load(self.folder / COPY)
        if record is not None:
            if kept:
                self.notices.append(
                    f"Your progress file was damaged and has been set aside as {kept.name}; the last good copy is "
                    f"used, with {_count(record)}."
                )
            self._write(self.path, _encode(record))
            return record
        lost = self._set_aside(self.folder / COPY)
        if kept or lost:
            names = " and ".join(path.name for path in (kept, lost) if path)
            self.notices.append(
                f"Your progress file was damaged and has been set aside as {names} in {self.folder}; the course starts "
                "without answers. If you downloaded your progress before, upload it on the progress board."
            )
        return _empty()

    def _set_aside(self, path: Path) -> Path | None:
        if not path.exists():
            return None
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        kept = path.with_name(f"{path.stem}-damaged-{moment}.json")
        os.replace(path, kept)
        return kept

    def _change(self, change: Callable[[Record], Record]) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._lock():
                record = change(self._recover())
                data = _encode(record)
                self._write(self.path, data)
                self._write(self.folder / COPY, data)
        except OSError as error:
            raise InputError(
                f"Your answer could not be saved in {self.folder} ({error.strerror or error}); make room or permit "
                "writing there, then answer again."
            ) from None
        mark = self._file_mark()
        self._cached = (mark, record) if mark else None

    def _write(self, path: Path, data: bytes) -> None:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            raise

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other processes out; the system frees the lock when the process ends, however it ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "progress.lock").open("a+b") as file:
            if sys.platform == "win32":
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                try:
                    yield
                finally:
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
                yield


# ---- the file's text


class _DamagedError(Exception):
    """The bytes are not a whole progress file; the text says in what."""


class _StrangeError(_DamagedError):
    """The bytes are no progress file at all, or only a piece of one."""


def _empty() -> Record:
    return {"answers": {}, "forms": {}}


def _count(record: Record) -> str:
    number = sum(len(attempts) for attempts in record["answers"].values())
    return f"{number} answer{'' if number == 1 else 's'}"


def _checksum(schema: int, record: Record) -> str:
    text = json.dumps([schema, record], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _encode(record: Record) -> bytes:
    content = {"about": ABOUT, "schema": SCHEMA, "checksum": _checksum(SCHEMA, record), **record}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _decode(data: bytes) -> Record:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise _StrangeError("it is empty" if not data.strip() else "it is not whole JSON text") from None
    if not isinstance(content, dict) or not {"schema", "checksum", "answers", "forms"} <= content.keys():
        raise _StrangeError("it is not a progress file of this course")
    record = {"answers": content["answers"], "forms": content["forms"]}
    try:
        fits = _checksum(content["schema"], record) == content["checksum"]
    except UnicodeEncodeError:
        fits = False
    if not fits:
        raise _DamagedError("its content does not match its checksum, so something was changed or lost")
    if not isinstance(content["schema"], int) or content["schema"] > SCHEMA:
        raise InputError(
            "Your progress file was written by a newer version of this course; update the course and open it again."
        )
    problem = _problem(record)
    if problem:
        raise _DamagedError(problem)
    return record


def _problem(record: Record) -> str | None:
    """Say what is wrong with a record whose checksum fits, or None."""
    if not isinstance(record["answers"], dict) or not isinstance(record["forms"], dict):
        return "its answers are not listed by question"
    for key, attempts in record["answers"].items():
        if not isinstance(attempts, list) or not attempts:
            return f"the entry {key!r} holds no attempts"
        for attempt in attempts:
            problem = _attempt_problem(key, attempt)
            if problem:
                return problem
    for key, entry in record["forms"].items():
        if not isinstance(entry, dict) or entry.keys() != {"when", "content"} or not _is_stamp(entry["when"]):
            return f"the form {key!r} has no time or no content"
        if not isinstance(entry["content"], dict):
            return f"the form {key!r} has no time or no content"
    return None


def _attempt_problem(key: str, attempt: Any) -> str | None:
    if not isinstance(attempt, dict) or attempt.keys() != set(Answer.__slots__):
        return f"an attempt of {key!r} lacks a part"
    answer = attempt["answer"]
    fields = isinstance(answer, dict) and all(isinstance(part, str) for pair in answer.items() for part in pair)
    right = (
        f"{attempt['kind']}:{attempt['id']}" == key
        and type(attempt["version"]) is int
        and (isinstance(answer, str) or fields)
        and type(attempt["correct"]) is bool
        and attempt["confidence"] in (None, *CONFIDENCES)
        and _is_stamp(attempt["when"])
    )
    return None if right else f"an attempt of {key!r} holds a value of the wrong kind"


def _is_stamp(text: Any) -> bool:
    try:
        return isinstance(text, str) and stamp(text) == text
    except (ValueError, OverflowError):
        return False


def _merge(one: Record, other: Record) -> Record:
    """Return both records in one: every attempt once, in order of time; of each form the newer."""
    answers = {key: list(attempts) for key, attempts in one["answers"].items()}
    for key, attempts in other["answers"].items():
        mine = answers.setdefault(key, [])
        mine.extend(attempt for attempt in attempts if attempt not in mine)
        mine.sort(key=lambda attempt: attempt["when"])
    forms = dict(one["forms"])
    for key, entry in other["forms"].items():
        if key not in forms or forms[key]["when"] <= entry["when"]:
            forms[key] = entry
    return {"answers": answers, "forms": forms}
