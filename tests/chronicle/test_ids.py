"""New ids tell their time; derived ids ask for the same thing again; opaque ids tell nothing."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chronicle.ids import derived, opaque, uuid7

NOW = datetime(2024, 4, 9, 23, 30, 0, 123_000, tzinfo=UTC)
SOURCE = uuid7(NOW)


def milliseconds(id: UUID) -> int:
    return id.int >> 80


def test_a_new_id_carries_its_millisecond_and_says_it_is_version_7() -> None:
    assert milliseconds(SOURCE) == 1_712_705_400_123
    assert (SOURCE.version, SOURCE.variant) == (7, "specified in RFC 4122")


def test_two_ids_of_one_instant_differ() -> None:
    assert len({uuid7(NOW) for _ in range(1_000)}) == 1_000


@given(st.uuids(), st.text(), st.text())
def test_a_derived_id_depends_on_its_source_and_its_purpose_alone(
    source: UUID, one: str, other: str
) -> None:
    assert (derived(source, one) == derived(source, other)) == (one == other)
    assert (opaque(source, one) == opaque(source, other)) == (one == other)


@given(st.uuids(version=4), st.text())
def test_a_derived_id_keeps_the_time_of_its_source_and_says_it_is_version_8(
    source: UUID, purpose: str
) -> None:
    assert milliseconds(derived(source, purpose)) == milliseconds(source)
    assert (derived(source, purpose).version, derived(source, purpose).variant) == (
        8, "specified in RFC 4122",
    )  # fmt: skip


def test_an_opaque_id_does_not_tell_the_time_of_its_source() -> None:
    assert opaque(SOURCE, "reader").version == 4
    assert milliseconds(opaque(SOURCE, "reader")) != milliseconds(SOURCE)


def test_what_was_derived_once_is_derived_for_ever() -> None:
    source = UUID("018ec500-0000-7000-8000-000000000001")
    assert derived(source, "library/1") == UUID("018ec500-0000-8db2-932a-162b60dd3298")
    assert opaque(source, "library/1") == UUID("9db2d32a-162b-40dd-b298-ab04a63a4177")
