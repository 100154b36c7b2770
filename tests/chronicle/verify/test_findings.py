"""Exactly what is said of a file: which kinds, where, how often, and nothing beside."""

import io
import json

import pytest

from chronicle.fact import canonical
from chronicle.merkle import leaf
from chronicle.verify import lines
from chronicle.verify.finding import Finding, Kind
from chronicle.verify.ranges import BEGINS, ranges
from chronicle.verify.seals import NotReadable, Outside
from chronicle.verify.streams import Streams
from tests.chronicle.verify import book
from tests.chronicle.verify.book import KEYS, File, file, kinds, logs, places, verdict

Place = tuple[Kind, str, int | None, int | None]


def told(of: File) -> list[Place]:
    return [(f.kind, f.service, f.block, f.position) for f in verdict(of).findings]


def test_each_kind_has_the_exit_code_that_the_pages_promise() -> None:
    assert {kind.name: int(kind) for kind in Kind} == {
        "EDITED": 10, "MISSING": 11, "INSERTED": 12, "REORDERED": 13, "CHAIN_BROKEN": 14,
        "FORK": 15, "BAD_SIGNATURE": 16, "NOTHING_OUTSIDE": 17,
    }  # fmt: skip


def test_a_finding_is_one_line_with_its_kind_and_place() -> None:
    finding = Finding(
        kind=Kind.BAD_SIGNATURE, said="so it is", service="reviews", block=0, position=3
    )
    assert str(finding) == "bad signature: reviews block 0 position 3: so it is"
    assert str(Finding(kind=Kind.EDITED, said="all")) == "edited: the file: all"


@pytest.mark.parametrize(
    ("which", "place"),
    [
        ({"format": 1}, (Kind.EDITED, "referrals", None, None)),
        ({"block_no": 3}, (Kind.EDITED, "referrals", 3, None)),
        ({"position": 6}, (Kind.EDITED, "referrals", 3, 6)),
        ({"seal_no": 2}, (Kind.EDITED, "referrals", None, None)),
    ],
    ids=str,
)
def test_a_line_written_otherwise_is_an_edit_though_it_says_the_same(
    which: dict[str, int], place: Place
) -> None:
    other = file()
    at = other.at("referrals", **which)
    said = json.loads(other.lines[at])
    other.lines[at] = json.dumps(said, sort_keys=True).encode() + b"\n"
    assert told(other) == [place]


@pytest.mark.parametrize(
    ("which", "place"),
    [
        ({"block_no": 3}, (Kind.EDITED, "referrals", 3, None)),
        ({"position": 6}, (Kind.EDITED, "referrals", 3, 6)),
    ],
    ids=str,
)
def test_a_line_that_cannot_be_read_is_one_edit_where_it_stands(
    which: dict[str, int], place: Place
) -> None:
    other = file()
    at = other.at("referrals", **which)
    other.lines[at] = other.lines[at].replace(b"}", b"]")
    assert told(other) == [place]


def test_a_heading_that_cannot_be_read_is_said_once_and_its_section_is_missing() -> None:
    other = file()
    at = other.at("reviews", format=1)
    other.lines[at] = other.lines[at].replace(b"}", b"]")
    found = verdict(other)
    assert [f.said for f in found.findings if f.kind is Kind.EDITED] == [
        "the heading of a section cannot be read"
    ]
    assert kinds(found) == {Kind.EDITED, Kind.MISSING}
    assert [log.service for log in found.logs] == ["referrals", "reporting"]


def test_a_last_line_that_cannot_be_read_is_one_edit() -> None:
    whole = file().bytes
    at = whole.rindex(b'"}\n')
    found = verdict(whole[:at] + b'0"}\n')
    assert [(f.kind, f.service) for f in found.findings] == [(Kind.EDITED, "")]


@pytest.mark.parametrize("redacted", [False, True])
@pytest.mark.parametrize("where", [{"format": 1}, {"seal_no": 1}], ids=str)
def test_an_event_outside_every_block_is_inserted(where: dict[str, int], redacted: bool) -> None:
    other = file()
    meta = canonical({"id": str(book.SPACE), "log": "x", "sequence": "1", "subject": "case-z"})
    line = lines.redacted(77, bytes(32)) if redacted else lines.stored(77, meta, b"{}")
    other.lines.insert(other.at("referrals", **where) + 1, line)
    assert told(other) == [(Kind.INSERTED, "referrals", None, 77)]


def test_attributes_that_cannot_be_read_are_said_once_and_leave_no_gap() -> None:
    log = logs()[0]
    log.events[8] = b"[]", b"{}"
    (finding,) = verdict(file([log])).findings
    assert (finding.kind, finding.block, finding.position) == (Kind.EDITED, 4, 9)


def test_the_same_event_kept_twice_and_properly_sealed_is_inserted() -> None:
    """Beside its original, so that each two of the three are copies of one another."""
    other = logs()
    other[1].events.append(other[0].events[3])
    found = verdict(file(other))
    assert ("reporting", 13, 46) in places(found, Kind.INSERTED)


def test_a_block_without_copies_is_named_by_its_position_where_it_has_but_one() -> None:
    log = logs()[0]
    keys = {log.id: KEYS[log.id]}
    for block, positions in ((2, [4]), (3, [5, 6, 7, 8])):
        other = file([logs()[0]])
        for position in positions:
            at = other.at("referrals", position=position)
            said, _ = lines.read(other.lines[at])
            assert isinstance(said, lines.Stored)
            other.lines[at] = lines.stored(position, said.meta, b"{}")
        (finding,) = verdict(other, keys=keys).findings
        assert (finding.kind, finding.block) == (Kind.EDITED, block)
        assert finding.position == (positions[0] if len(positions) == 1 else None)


def test_a_stray_block_is_not_believed_against_the_original() -> None:
    other = file()
    log = logs()[0]
    (row, events), at = list(log.blocks())[-1], other.at("referrals", seal_no=1)
    added = row._replace(block_no=9, first=21, n=1)
    other.lines[at:at] = [lines.header(added), lines.stored(21, events[0][0], b"{}")]
    found = verdict(other)
    assert {block for service, block, _ in places(found, Kind.INSERTED)} == {9}
    assert not any(f.block == row.block_no for f in found.findings)


def test_seals_that_are_no_seals_are_named_by_their_line() -> None:
    good = file().lines[file().at("referrals", seal_no=1)]
    with pytest.raises(NotReadable, match="line 2 of the seals"):
        Outside().keep([good, b"{}\n"])


@pytest.mark.parametrize("step", [*range(1, 30), 1_000])
def test_pieces_begin_where_blocks_begin_whatever_is_read_at_a_time(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chronicle.verify.ranges.STEP", step)
    whole = file([logs()[0]]).bytes
    found = list(ranges(io.BytesIO(whole), len(whole), 1))
    begin = [at + 1 for at in range(len(whole)) if whole.startswith(BEGINS, at)]
    assert found == list(zip([0, *begin], [*begin, len(whole)], strict=True))


@pytest.mark.parametrize("field", [3, 7], ids=["body", "meta"])
def test_bits_left_over_in_base64_are_an_edit_in_either_field(field: int) -> None:
    """They decode to the same bytes, so that no leaf tells."""
    log, padded = logs()[0], 0
    for length in range(6):
        log.say(f"case-{'z' * length}", 1, {"note": "n" * length})
    clean = file([log])
    for at, raw in enumerate(clean.lines):
        parts = raw.split(b'"')
        if len(parts) != 11 or parts[5] != b"meta" or not parts[field].endswith(b"="):
            continue
        padded += 1
        rest = parts[field].rstrip(b"=")
        parts[field] = parts[field].replace(rest, rest[:-1] + bytes([rest[-1] + 1]))
        other = File([*clean.lines[:at], b'"'.join(parts), *clean.lines[at + 1 :]])
        position = json.loads(raw)["position"]
        found = verdict(other, keys={log.id: KEYS[log.id]})
        assert {(f.kind, f.position) for f in found.findings} == {(Kind.EDITED, position)}
    assert padded > 3


@pytest.mark.parametrize(
    "wrong",
    [{"block_no": 0}, {"first_position": 0}, {"count": 0}, {"count": lines.MOST_IN_BLOCK + 1}],
    ids=str,
)
def test_a_block_that_no_sequencer_writes_cannot_be_read(wrong: dict[str, int]) -> None:
    (row, _), *_ = logs()[0].blocks()
    assert lines.block(lines.spelled(row)) == row
    with pytest.raises(ValueError, match="no block"):
        lines.block(lines.spelled(row) | wrong)


def test_a_version_left_out_though_all_is_properly_sealed_is_missing() -> None:
    log = logs()[0]
    log.say("case-a", 7, {"person": "a"})
    log.cuts = (1,)
    (finding,) = verdict(file([log])).findings
    assert (finding.kind, finding.block) == (Kind.MISSING, 21)
    assert finding.said == "version 6 of case-a is not here"


def test_versions_that_come_out_of_turn_are_told_apart() -> None:
    streams, name = Streams(), ("log", "case-a")
    said = [streams.saw(name, version, block) for block, version in enumerate([3, 5, 1, 2, 5, 1])]
    assert said == ["ahead", "ahead", "late", "late", "again", "again"]
    assert list(streams.gaps()) == [(name, 4, 1)]
    assert streams.saw(name, 4, 9) == "late"
    assert [streams.saw(name, version, 9) for version in (6, 7, 7)] == ["next", "next", "again"]
    assert list(streams.gaps()) == []
    assert streams.disordered == {0, 1, 2, 3, 9}


@pytest.mark.parametrize(("redacted", "said"), [(False, "6 7"), (True, "5 to 8")])
def test_of_several_edits_in_a_block_those_positions_are_named_that_can_be(
    redacted: bool, said: str
) -> None:
    """A copy vouches for the others, but for one that is shown by its leaf alone nobody does."""
    other = file([logs()[0], logs()[1]])
    for position in (6, 7):
        event = event_at(other, position)
        meta = canonical(json.loads(event.meta) | {"id": str(book.SPACE.int + position).zfill(32)})
        other.lines[other.at("referrals", position=position)] = lines.stored(position, meta, b"")
    if redacted:
        event = event_at(other, 8)
        at = other.at("referrals", position=8)
        other.lines[at] = lines.redacted(8, leaf(event.meta, event.body))
    whose = {log.id: KEYS[log.id] for log in logs()[:2]}
    found = [f.said for f in verdict(other, keys=whose).findings if f.kind is Kind.EDITED]
    assert found == [f"one of positions {said} is not what was sealed"]


def event_at(of: File, position: int) -> lines.Stored:
    said, _ = lines.read(of.lines[of.at("referrals", position=position)])
    assert isinstance(said, lines.Stored)
    return said


def test_lines_without_a_heading_are_passed_over_once_that_is_said() -> None:
    other = file()
    del other.lines[0]
    found = verdict(other)
    assert [f.said for f in found.findings if f.kind is Kind.EDITED] == [
        "the heading of a section cannot be read"
    ]


def test_one_seal_left_out_is_said_once_and_its_blocks_are_not_called_strangers() -> None:
    other = file()
    del other.lines[other.at("referrals", seal_no=2)]
    (finding,) = verdict(other).findings
    assert (finding.kind, finding.said) == (Kind.MISSING, "seals 2 to 2 are not here")
