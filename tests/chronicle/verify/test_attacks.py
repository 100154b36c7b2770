"""What somebody may do to an export, and what verify says of it (trust.md 3)."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronicle.fact import canonical
from chronicle.merkle import leaf
from chronicle.seal import public_text
from chronicle.verify import lines
from chronicle.verify.finding import Kind
from tests.chronicle.verify import book
from tests.chronicle.verify.book import File, Log, file, kinds, logs, places, verdict

CLEAN = file()


def test_a_clean_file_raises_no_alarm() -> None:
    found = verdict(CLEAN)
    assert found.findings == ()
    assert found.exit_code == 0
    assert [log.vouched for log in found.logs] == [20, 45, 20]


def test_a_redacted_event_is_proved_by_its_leaf() -> None:
    redacted = file()
    for position in (1, 9):
        at = redacted.at("referrals", position=position)
        said = lines.read(redacted.lines[at])[0]
        assert isinstance(said, lines.Stored)
        redacted.lines[at] = lines.redacted(position, leaf(said.meta, said.body))
    assert verdict(redacted).findings == ()


def test_another_leaf_is_not_the_redacted_event() -> None:
    redacted = file()
    at = redacted.at("referrals", position=9)
    redacted.lines[at] = lines.redacted(9, bytes(32))
    assert verdict(redacted).exit_code == Kind.EDITED


def test_an_edited_event_is_named_by_block_position_and_id() -> None:
    edited = file()
    at = edited.at("referrals", position=9)
    said = lines.read(edited.lines[at])[0]
    assert isinstance(said, lines.Stored)
    edited.lines[at] = lines.stored(9, said.meta, said.body.replace(b"a", b"b"))
    (finding,) = verdict(edited).findings
    assert (finding.kind, finding.service, finding.block) == (Kind.EDITED, "referrals", 4)
    assert (finding.position, str(finding.event)) == (9, _id(said))


def test_an_edited_event_of_reportings_own_is_named_too() -> None:
    edited = file()
    at = edited.at("reporting", position=9)
    said = lines.read(edited.lines[at])[0]
    assert isinstance(said, lines.Stored)
    edited.lines[at] = lines.stored(9, said.meta, b"{}")
    (finding,) = verdict(edited).findings
    assert (finding.kind, finding.service, finding.block) == (Kind.EDITED, "reporting", 3)
    assert (finding.position, str(finding.event)) == (9, _id(said))


def _id(said: lines.Stored) -> str:
    found: str = json.loads(said.meta)["id"]
    return found


def test_padding_bits_that_decode_to_the_same_bytes_are_an_edit() -> None:
    edited = file()
    at = next(n for n, raw in enumerate(edited.lines) if b'=","meta"' in raw)
    body = edited.lines[at].split(b'"')[3]
    last = body.rstrip(b"=")[-1:]
    other = body.replace(last + b"=", bytes([last[0] + 1]) + b"=")
    assert b64decode(other) == b64decode(body)
    edited.lines[at] = edited.lines[at].replace(body, other)
    found = verdict(edited)
    assert kinds(found) == {Kind.EDITED}
    assert all(finding.position for finding in found.findings)


def test_an_event_deleted_in_the_middle_is_missing() -> None:
    cut = file()
    del cut.lines[cut.at("referrals", position=6)]
    found = verdict(cut)
    assert found.exit_code == Kind.MISSING
    assert ("referrals", 3, 6) in places(found, Kind.MISSING)


def test_an_event_deleted_and_the_rest_numbered_anew_is_missing() -> None:
    cut = file()
    at = cut.at("referrals", position=6)
    del cut.lines[at]
    for position in (7, 8):
        cut.change(cut.at("referrals", position=position), position=position - 1)
    found = verdict(cut)
    assert found.exit_code == Kind.MISSING
    assert ("referrals", 3, 8) in places(found, Kind.MISSING)


def test_a_block_deleted_with_its_events_is_missing() -> None:
    cut = file()
    at = cut.at("referrals", block_no=3)
    del cut.lines[at : at + 5]
    found = verdict(cut)
    assert found.exit_code == Kind.MISSING
    assert ("referrals", 3, 5) in places(found, Kind.MISSING)


def test_a_heading_that_promises_more_is_missing_something_and_one_that_says_less_is_edited() -> (
    None
):
    for through, kind in ((21, Kind.MISSING), (19, Kind.EDITED)):
        other = file()
        other.change(0, through=through)
        assert kinds(verdict(other)) == {kind}


@pytest.mark.parametrize("until", [{"position": 14}, {"seal_no": 1}, {"seal_no": 2}])
def test_a_cut_tail_is_missing(until: dict[str, int]) -> None:
    cut = file()
    last = cut.at("reviews", **until)
    del cut.lines[last + 1 :]
    assert verdict(cut).exit_code == Kind.MISSING


def test_a_file_that_ends_in_the_middle_of_a_line_is_cut() -> None:
    whole = CLEAN.bytes
    for length in (0, 1, len(whole) // 2, len(whole) - 80, len(whole) - 2):
        assert verdict(whole[:length]).exit_code == Kind.MISSING


def test_a_section_cut_out_is_missing_by_its_copies() -> None:
    left = file(log for log in logs() if log.service != "referrals")
    found = verdict(left)
    assert found.exit_code == Kind.MISSING
    assert found.silent == (logs()[0].id,)


def test_a_section_cut_out_of_which_nobody_has_copies_is_said_to_be_silent() -> None:
    """No key can tell it from a log that has not begun; a seal kept elsewhere can."""
    left = file(log for log in logs() if log.service != "reporting")
    found = verdict(left)
    assert (found.exit_code, found.silent) == (0, (logs()[1].id,))
    kept = CLEAN.lines[CLEAN.at("reporting", seal_no=1)]
    assert verdict(left, keys=book.KEYS, seals=[kept]).exit_code == Kind.MISSING


def test_a_tail_cut_and_made_good_shows_by_a_seal_kept_elsewhere_alone() -> None:
    kept = CLEAN.lines[CLEAN.at("referrals", seal_no=3)]
    shorter = logs()
    shorter[0].events = shorter[0].events[:12]
    assert verdict(file(shorter)).exit_code == 0
    found = verdict(file(shorter), keys=book.KEYS, seals=[kept])
    assert found.exit_code == Kind.MISSING
    assert ("referrals", None, 20) in places(found, Kind.MISSING)


def test_an_event_put_in_is_one_too_many() -> None:
    more = file()
    at = more.at("referrals", position=6)
    meta = canonical({"id": str(book.SPACE), "log": "x", "sequence": "1", "subject": "case-z"})
    more.lines.insert(at + 1, lines.stored(7, meta, b"{}"))
    for line in (at + 2, at + 3):
        said = lines.read(more.lines[line])[0]
        assert isinstance(said, lines.Stored)
        more.change(line, position=said.position + 1)
    found = verdict(more)
    assert Kind.INSERTED in kinds(found)
    assert {(service, block) for service, block, _ in places(found, Kind.INSERTED)} == {
        ("referrals", 3)
    }


def test_an_event_copied_in_twice_is_inserted() -> None:
    more = file()
    at = more.at("referrals", position=6)
    more.lines.insert(at, more.lines[at])
    found = verdict(more)
    assert found.exit_code == Kind.INSERTED
    assert ("referrals", 3, 6) in places(found, Kind.INSERTED)


def test_two_events_of_one_id_are_a_fork_though_properly_sealed() -> None:
    log = logs()[0]
    meta, _ = log.events[0]
    log.events[-1] = canonical(json.loads(meta) | {"subject": "case-z"}), b"{}"
    found = verdict(file([log]))
    assert (found.exit_code, places(found, Kind.FORK)) == (Kind.FORK, {("referrals", 8, 20)})


def test_a_block_copied_in_twice_is_inserted() -> None:
    more = file()
    at = more.at("referrals", block_no=3)
    more.lines[at:at] = more.lines[at : at + 5]
    assert verdict(more).exit_code == Kind.INSERTED


def test_a_block_that_no_seal_names_is_inserted() -> None:
    log = logs()[0]
    log.say("case-a", 6, {})
    more = file()
    row, events = list(log.blocks())[-1]
    added = [lines.header(row._replace(first=21, n=1)), lines.stored(21, *events[-1])]
    at = more.at("referrals", seal_no=1)
    more.lines[at:at] = added
    assert Kind.INSERTED in kinds(verdict(more))


@pytest.mark.parametrize(("one", "other"), [(5, 7), (5, 8), (1, 19)])
@pytest.mark.parametrize("numbered", [True, False])
def test_two_events_exchanged_are_reordered(one: int, other: int, numbered: bool) -> None:
    """5 and 7 are of different streams and one block, 1 and 19 of other blocks."""
    swapped = file()
    swap(swapped, "referrals", one, other, numbered)
    found = verdict(swapped)
    assert found.exit_code == Kind.REORDERED
    assert {service for service, _, _ in places(found, Kind.REORDERED)} == {"referrals"}


def test_two_events_of_one_stream_exchanged_are_reordered_without_any_copies() -> None:
    alone = file([logs()[0]])
    swap(alone, "referrals", 5, 9, True)
    found = verdict(alone, keys={logs()[0].id: book.KEYS[logs()[0].id]})
    assert found.exit_code == Kind.REORDERED
    assert {block for _, block, _ in places(found, Kind.REORDERED)} == {3, 4}


def swap(of: File, service: str, one: int, other: int, numbered: bool) -> None:
    a, b = of.at(service, position=one), of.at(service, position=other)
    of.lines[a], of.lines[b] = of.lines[b], of.lines[a]
    if numbered:
        of.change(a, position=one)
        of.change(b, position=other)


def test_two_blocks_exchanged_are_reordered() -> None:
    swapped = file()
    at = swapped.at("referrals", block_no=2)
    second, third = swapped.lines[at : at + 2], swapped.lines[at + 2 : at + 7]
    swapped.lines[at : at + 7] = third + second
    assert verdict(swapped).exit_code == Kind.REORDERED


@pytest.mark.parametrize(
    "edit",
    [{"root": "00" * 32}, {"hash": "00" * 32}, {"count": 3}, {"count": 5}, {"first_position": 6}],
    ids=str,
)
def test_an_edited_block_row_breaks_the_chain(edit: dict[str, int | str]) -> None:
    edited = file()
    edited.change(edited.at("referrals", block_no=3), **edit)
    (finding,) = verdict(edited).findings
    assert (finding.kind, finding.service, finding.block) == (Kind.CHAIN_BROKEN, "referrals", 3)


def test_a_block_numbered_otherwise_breaks_the_chain() -> None:
    edited = file()
    edited.change(edited.at("referrals", block_no=3), block_no=33)
    assert verdict(edited).exit_code == Kind.CHAIN_BROKEN


def test_blocks_split_elsewhere_are_a_fork() -> None:
    other = logs()
    other[0].cuts = (2, 2, 4, 2)
    seals = [raw for raw in CLEAN.lines if b'"seal_no"' in raw]
    split = with_seals(other, seals)
    found = verdict(split)
    assert found.exit_code == Kind.FORK
    assert ("referrals", 1, None) in places(found, Kind.FORK)


def test_history_rewritten_under_the_old_seals_is_found() -> None:
    other = logs()
    edit(other[0], 5)
    seals = [raw for raw in CLEAN.lines if b'"seal_no"' in raw]
    found = verdict(with_seals(other, seals))
    assert found.exit_code == Kind.EDITED
    assert places(found, Kind.EDITED) == {("referrals", 3, 6)}
    assert ("referrals", 3, None) in places(found, Kind.FORK)


def with_seals(of: list[Log], seals: list[bytes]) -> File:
    """The events and blocks of these logs, with other seals in the order of the file."""
    written, left = file(of), iter(seals)
    written.lines = [next(left) if b'"seal_no"' in raw else raw for raw in written.lines]
    return written


def edit(log: Log, index: int) -> None:
    meta, _ = log.events[index]
    log.events[index] = meta, canonical({"note": "nothing happened"})


def test_one_section_rewritten_and_sealed_again_is_a_fork_against_the_copies() -> None:
    other = logs()
    edit(other[0], 5)
    found = verdict(file(other))
    assert found.exit_code == Kind.FORK
    assert ("referrals", 3, 6) in places(found, Kind.FORK)


def rewritten() -> File:
    """Everything after an edit made anew, in every section, and signed with other keys."""
    other = logs()
    edit(other[0], 5)
    meta, body = other[0].events[5]
    reporting = other[1]
    reporting.events = [(m, body if m == meta else b) for m, b in reporting.events]
    for log in other:
        log.key = book.key(f"stolen {log.service}")
    return file(other)


def test_a_wholesale_rewriting_shows_by_the_keys() -> None:
    found = verdict(rewritten())
    assert found.exit_code == Kind.BAD_SIGNATURE
    assert {finding.service for finding in found.findings} == {"referrals", "reporting", "reviews"}


def test_a_wholesale_rewriting_shows_by_one_seal_kept_elsewhere() -> None:
    kept = CLEAN.lines[CLEAN.at("referrals", seal_no=2)]
    assert verdict(rewritten(), seals=[kept]).exit_code == Kind.FORK


def test_a_wholesale_rewriting_is_only_consistent_with_itself() -> None:
    found = verdict(rewritten(), keys={})
    assert found.exit_code == Kind.NOTHING_OUTSIDE
    assert kinds(found) == {Kind.NOTHING_OUTSIDE}
    assert len(found.findings) == 3


def test_a_tail_sealed_with_another_key_is_not_taken_for_a_change_of_key() -> None:
    log = logs()[0]
    rows = [row for row, _ in log.blocks()]
    thief = book.key("thief")
    changed = file()
    at = changed.at("referrals", seal_no=3)
    changed.lines[at] = book.seal(log, 3, rows[6:], thief)
    kept = [CLEAN.lines[CLEAN.at(service, seal_no=1)] for service in ("referrals",)]
    assert verdict(changed, seals=kept).exit_code == Kind.BAD_SIGNATURE


def test_a_change_of_key_is_signed_by_the_old_and_the_new() -> None:
    log = logs()[0]
    rows = [row for row, _ in log.blocks()]
    new = book.key("new")
    changed = file([log])
    at = changed.at("referrals", seal_no=3)
    changed.lines[at] = book.seal(log, 3, rows[6:], log.key, new)
    both = {log.id: [*book.KEYS[log.id], public_text(new)]}
    assert verdict(changed, keys=both).findings == ()
    assert kinds(verdict(changed, keys={})) == {Kind.NOTHING_OUTSIDE}


@pytest.mark.parametrize("member", ["body", "signature"])
def test_an_edited_seal_is_badly_signed(member: str) -> None:
    edited = file()
    at = edited.at("referrals", seal_no=2)
    said = lines.read(edited.lines[at])[0]
    assert isinstance(said, lines.Seal)
    if member == "body":
        said = said._replace(body=said.body.replace(b"23:30", b"23:31"))
    else:
        said = said._replace(signature=bytes(64))
    edited.lines[at] = lines.seal(*said)
    for brought in (book.KEYS, {}):
        assert Kind.BAD_SIGNATURE in kinds(verdict(edited, keys=brought))
    assert verdict(edited).exit_code == Kind.BAD_SIGNATURE


def test_a_seal_left_out_is_missing() -> None:
    cut = file()
    del cut.lines[cut.at("referrals", seal_no=2)]
    found = verdict(cut)
    assert found.exit_code == Kind.MISSING


def test_a_seal_never_heard_leaves_its_positions_missing_and_nothing_else_wrong() -> None:
    """So an export looks whose reporting lost one: of its blocks there is nothing but the seal."""
    lost = file()
    del lost.lines[lost.at("referrals", seal_no=2)]
    del lost.lines[lost.at("referrals", block_no=4) : lost.at("referrals", block_no=7)]
    found = verdict(lost)
    assert kinds(found) == {Kind.MISSING}
    assert ("referrals", 4, 9) in places(found, Kind.MISSING)


def test_wrong_keys_believe_no_seal() -> None:
    wrong = {log: [public_text(book.key("somebody"))] for log in book.KEYS}
    found = verdict(CLEAN, keys=wrong)
    assert kinds(found) == {Kind.BAD_SIGNATURE}


def test_a_log_without_its_key_vouches_for_itself() -> None:
    one = logs()[0].id
    found = verdict(CLEAN, keys={log: keys for log, keys in book.KEYS.items() if log != one})
    assert [(f.kind, f.service) for f in found.findings] == [(Kind.NOTHING_OUTSIDE, "referrals")]


def test_every_byte_of_the_last_line_counts() -> None:
    whole = CLEAN.bytes
    for at in range(len(b"".join(CLEAN.lines)), len(whole), 7):
        changed = bytearray(whole)
        changed[at] ^= 1
        assert verdict(bytes(changed)).findings, at


def test_bytes_that_the_last_line_was_not_made_of_are_an_edit() -> None:
    other = b"".join(CLEAN.lines) + lines.ending(bytes(32))
    assert [str(finding) for finding in verdict(other).findings] == [
        "edited: the file: its bytes are not those that its last line was made of"
    ]


@settings(deadline=None)
@given(st.data())
def test_any_single_byte_changed_is_found(data: st.DataObject) -> None:
    whole = bytearray(CLEAN.bytes)
    at = data.draw(st.integers(0, len(whole) - 1), label="at")
    whole[at] ^= data.draw(st.integers(1, 255), label="flip")
    found = verdict(bytes(whole))
    assert Kind.EDITED <= found.exit_code < Kind.NOTHING_OUTSIDE


@settings(deadline=None)
@given(st.data())
def test_any_single_byte_changed_is_found_with_the_last_line_made_anew(data: st.DataObject) -> None:
    whole = bytearray(b"".join(CLEAN.lines))
    at = data.draw(st.integers(0, len(whole) - 1), label="at")
    whole[at] ^= data.draw(st.integers(1, 255), label="flip")
    found = verdict(bytes(whole) + lines.ending(sha256(whole).digest()))
    assert found.findings


@settings(deadline=None)
@given(st.data())
def test_whatever_is_written_over_a_piece_of_it_is_found_and_never_an_error(
    data: st.DataObject,
) -> None:
    whole = CLEAN.bytes
    start = data.draw(st.integers(0, len(whole) - 1), label="start")
    end = data.draw(st.integers(start, min(start + 2_000, len(whole))), label="end")
    pieces = st.sampled_from([*CLEAN.lines[:9], b'{"seal_no":1}\n', b"[]\n", b"\x1b[2J", b"null\n"])
    instead = data.draw(st.binary(max_size=40) | pieces, label="instead")
    changed = whole[:start] + instead + whole[end:]
    if changed != whole:
        assert verdict(changed).findings


HOSTILE = [
    {"id": [], "log": "x", "sequence": "1", "subject": "y"},
    {"id": "0", "log": "x", "sequence": "1", "subject": "y"},
    {"id": str(book.SPACE), "log": [], "sequence": "1", "subject": "y"},
    {"id": str(book.SPACE), "log": "x", "sequence": {}, "subject": "y"},
    {"id": str(book.SPACE), "log": "x", "sequence": "1", "subject": {}},
    {"id": str(book.SPACE), "log": "x", "sequence": "1", "subject": "\x1b[2J"},
    [],
    None,
]


@pytest.mark.parametrize("meta", HOSTILE, ids=str)
def test_attributes_made_to_break_the_verifier_are_an_edit(meta: object) -> None:
    hostile = file()
    at = hostile.at("referrals", position=9)
    hostile.lines[at] = lines.stored(9, json.dumps(meta).encode(), b"")
    found = verdict(hostile)
    assert found.exit_code == Kind.EDITED
    assert not any("\x1b" in str(finding) for finding in found.findings)


@pytest.mark.parametrize("position", [-1, 0, 2**64, 10**30])
def test_a_position_made_to_break_the_verifier_is_found(position: int) -> None:
    hostile = file()
    at = hostile.at("referrals", position=9)
    hostile.lines[at] = hostile.lines[at].replace(b":9}", b":%d}" % position)
    assert verdict(hostile).findings
