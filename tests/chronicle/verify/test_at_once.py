"""Read at once, by several processes or line by line: what is found is the same."""

import io
import tracemalloc
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronicle.fact import canonical
from chronicle.verify.check import Verdict, verify, verify_file
from chronicle.verify.hands import Alone, Piece, parts_for
from chronicle.verify.lines import Stored, read, stored
from chronicle.verify.meta import Layouts, about
from chronicle.verify.ranges import ranges
from chronicle.verify.seals import Outside
from chronicle.verify.stretch import ENDS
from tests.chronicle.verify import book
from tests.chronicle.verify.book import KEYS, Log, file

CLEAN = file().bytes
SIZES = st.sampled_from([1, 300, 3_000, 30_000])


def found_in(whole: bytes, at_once: int) -> Verdict:
    return verify(io.BytesIO(whole), Outside(keys=KEYS), at_once=at_once)


def slowly(whole: bytes) -> Verdict:
    """Every line by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chronicle.verify.hands.MOST_AT_ONCE", -1)
        return found_in(whole, 1)


@settings(deadline=None)
@given(st.data())
def test_a_changed_piece_is_found_alike_at_once_and_line_by_line(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(CLEAN) - 1), label="start")
    end = data.draw(st.integers(start, min(start + 2_000, len(CLEAN))), label="end")
    taken = data.draw(st.integers(0, len(CLEAN) - 1), label="taken")
    pieces = st.sampled_from([CLEAN[taken : taken + 900], b"\n", b"null\n", b'{"seal_no":1}\n'])
    instead = data.draw(st.binary(max_size=3) | pieces, label="instead")
    changed = CLEAN[:start] + instead + CLEAN[end:]
    at_once = found_in(changed, data.draw(SIZES, label="size"))
    assert at_once == slowly(changed)


@settings(deadline=None)
@given(st.data())
def test_lines_taken_out_put_in_or_exchanged_are_found_alike(data: st.DataObject) -> None:
    lines = CLEAN.splitlines(keepends=True)
    places = st.integers(0, len(lines) - 1)
    for _ in range(data.draw(st.integers(1, 3), label="times")):
        one, other = data.draw(places, label="one"), data.draw(places, label="other")
        lines[one:one] = [lines.pop(other)]
    changed = b"".join(lines)
    assert found_in(changed, data.draw(SIZES, label="size")) == slowly(changed)


@pytest.mark.parametrize("processes", [2, 3])
def test_so_many_processes_find_what_one_finds(tmp_path: Path, processes: int) -> None:
    edited = file()
    at = edited.at("referrals", position=9)
    said, _ = read(edited.lines[at])
    assert isinstance(said, Stored)
    edited.lines[at] = stored(9, said.meta, b"{}")
    for whole in (CLEAN, edited.bytes, CLEAN[: len(CLEAN) // 2]):
        path = tmp_path / "export.jsonl"
        path.write_bytes(whole)
        by_many = verify_file(path, Outside(keys=KEYS), processes=processes, at_once=300)
        assert by_many == found_in(whole, 300)


def many(people: int) -> Log:
    """Five events of each, in the order of a year."""
    log = Log(service="referrals", key=book.key("referrals"))
    for version in range(1, 6):
        for person in range(people):
            log.say(f"case-{person}", version, {"person": str(person), "note": version})
    return log


def test_every_block_of_a_clean_section_is_read_at_once() -> None:
    """Otherwise all of it might be read line by line, and nobody would notice but by the clock."""
    whole = file([many(60)]).bytes
    assert sum(piece.stretch.events for piece in pieces(whole, 2_000) if piece.stretch) == 300
    found = found_in(whole, 2_000)
    assert (found.findings, found.logs[0].events) == ((), 300)


def pieces(whole: bytes, at_once: int) -> Iterator[Piece]:
    of = io.BytesIO(whole)
    with TemporaryDirectory() as folder:
        yield from Alone(of, Path(folder), 1).stretches(ranges(of, len(whole), at_once))


def test_memory_does_not_grow_with_the_number_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams alone are remembered, and the long log has no more than the short one."""
    monkeypatch.setattr("chronicle.verify.hands.A_PART", 50_000)
    monkeypatch.setattr("chronicle.verify.hands.STEP", 10_000)
    monkeypatch.setattr("chronicle.verify.hands.MOST_AT_ONCE", 30_000)
    monkeypatch.setattr("chronicle.verify.ranges.AT_ONCE", 5_000)
    monkeypatch.setattr("chronicle.verify.ranges.STEP", 5_000)
    monkeypatch.setattr("chronicle.verify.spool.MOST_IN_MEMORY", 10_000)
    monkeypatch.setattr("chronicle.verify.chain.IN_MEMORY", 10_000)

    def most(versions: int) -> int:
        log = Log(service="referrals", key=book.key("referrals"), cuts=(50,))
        for version in range(1, versions + 1):
            for person in "abcdefgh":
                log.say(f"case-{person}", version, {"person": person, "note": version})
        whole = io.BytesIO(file([log]).bytes)
        tracemalloc.start()
        found = verify(whole, Outside(keys=KEYS), at_once=20_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (found.findings, found.logs[0].events) == ((), versions * len("abcdefgh"))
        return peak

    most(10)
    assert most(600) < 1.5 * most(60)


MEMBERS = st.sampled_from(["authority", "id", "log", "sequence", "subject", "type", "a"])
VALUES = st.uuids().map(str) | st.text(max_size=4) | st.integers(-3, 300).map(str)


@given(st.dictionaries(MEMBERS, VALUES))
def test_attributes_read_quickly_are_those_read_slowly(said: dict[str, str]) -> None:
    meta = canonical(said)
    try:
        event, log, sequence, stream = Layouts().quickly(meta)
        quick = event, log.decode(), int(sequence), stream.decode()
    except ValueError:
        return
    assert quick == tuple(about(meta))


@pytest.mark.parametrize(
    "meta",
    [
        b'{"id":"%b","log":"l","sequence":"1","subject":"a\\"b"}',
        b'{"id":"%b","log":"l","sequence":"1","subject":"s","subject":"t"}',
        b'{"subject":"s","id":"%b","log":"l","sequence":"1"}',
        b'{"id":"%b","log":"l","sequence":1,"subject":"s"}',
        b'{"id":"%b", "log":"l","sequence":"1","subject":"s"}',
        b'{"id":"%b","log":"l","sequence":"1","subject":"s"} ',
        b'[{"id":"%b","log":"l","sequence":"1","subject":"s"}]',
        b'{"id":"%b","log":"l","sequence":"1","subject":"\xc3\xa9"}',
    ],
)
def test_attributes_laid_out_otherwise_are_not_read_quickly(meta: bytes) -> None:
    layouts = Layouts()
    layouts.quickly(b'{"id":"%b","log":"l","sequence":"1","subject":"s"}' % ID)
    with pytest.raises(ValueError, match=r"layout|text|object|list"):
        layouts.quickly(meta % ID)


ID = str(book.SPACE).encode()


@given(st.binary(max_size=40), st.data())
def test_base64_that_ends_well_is_what_we_would_write(raw: bytes, data: st.DataObject) -> None:
    text = bytearray(b64encode(raw))
    if text:
        at = data.draw(st.integers(max(0, len(text) - 3), len(text) - 1))
        text[at] = data.draw(st.sampled_from(b"ABCDgwQZaz019+/="))
    written = bytes(text)
    try:
        again = a2b_base64(written, strict_mode=True)
    except ValueError:
        return
    ends_well = not written.endswith(b"=") or written[-3:] in ENDS
    assert ends_well == (b64encode(again) == written)


def test_the_larger_a_file_the_more_parts_its_ids_are_in() -> None:
    assert [parts_for(size) for size in (0, 2**26, 2**30)] == [1, 2, 17]
