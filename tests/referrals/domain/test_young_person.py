"""Who is known, what they do now, and what they want."""

from dataclasses import replace

from chronicle.given import Deciding
from contracts.event import SYSTEM
from contracts.referrals import ProfileUpdated
from services.referrals.domain.young_person import (
    RecordActivityStatus,
    RegisterYoungPerson,
    SchemeCategories,
    UpdateProfile,
    decider,
)
from tests.referrals.facts import (
    ABOUT,
    AMI,
    ASKS,
    COMMAND,
    FULL_TIME,
    NINTH,
    PLACEMENT,
    SECOND,
    TENTH,
    neet,
    profile,
    registered,
)

given = Deciding(decider, ABOUT).given

register = RegisterYoungPerson(
    **ASKS, person=AMI, population="care_leaver", category="former_relevant", age_band="18_20",
    registered_from="stage1",
    scheme=SchemeCategories(
        rule="category.in_scheme@2018-01-01", categories=frozenset({"former_relevant"})
    ),
)  # fmt: skip
record = RecordActivityStatus(
    **ASKS, person=AMI, status="neet", oc3="G5", age_band="18_20", verified_by="worker"
)
started = RecordActivityStatus(
    id=COMMAND, today=TENTH, on=NINTH, by=SYSTEM, via="policy", person=AMI, status="eet", oc3="F4",
    age_band="18_20", verified_by="placement", placement=PLACEMENT, judged_by=FULL_TIME,
)  # fmt: skip
eet = neet.model_copy(
    update={
        "status": "eet", "oc3": "F4", "verified_by": "placement", "placement": PLACEMENT,
        "by": SYSTEM, "via": "policy",
    }
)  # fmt: skip
describe = UpdateProfile(
    **ASKS, person=AMI, sectors=("construction",), level="2", areas=("north",),
    max_travel_minutes=40, aspirations="to build a house", occupations=("joiner",),
    interests=("building",), skills=("practical",), strengths=("patient",),
    qualifications=("maths",), barriers=("fares",), accessibility=("quiet room",),
)  # fmt: skip


def test_a_young_person_is_registered_with_the_band_and_category_of_the_day() -> None:
    given().when(register).then(registered)


def test_a_category_outside_the_list_is_registered_but_not_in_the_scheme() -> None:
    given().when(replace(register, category="none")).then(
        registered.model_copy(update={"category": "none", "in_scheme": False})
    )


def test_nobody_is_registered_twice() -> None:
    given(registered).when(register).then_refused("ALL-01")


def test_a_status_is_recorded_as_given() -> None:
    full = replace(record, nccis="619", placement=PLACEMENT, note="asked for work")
    given(registered).when(full).then(
        neet.model_copy(update={"nccis": "619", "placement": PLACEMENT, "note": "asked for work"})
    )


def test_a_person_may_record_an_older_status_late() -> None:
    given(registered, neet).when(replace(record, on=SECOND)).then(
        neet.model_copy(update={"occurred_on": SECOND})
    )


def test_a_placement_heard_late_does_not_overtake_a_newer_status() -> None:
    newer = neet.model_copy(update={"occurred_on": TENTH})
    given(registered, newer).when(started).then_nothing()


def test_a_placement_that_starts_on_the_day_of_the_last_status_counts() -> None:
    given(registered, neet).when(started).then(eet)


def test_the_latest_status_is_that_of_the_latest_day_not_the_last_one_typed() -> None:
    newest, typed_later = (neet.model_copy(update={"occurred_on": d}) for d in (TENTH, SECOND))
    given(registered, newest, typed_later).when(started).then_nothing()
    given(registered, typed_later).when(started).then(eet)


def test_a_profile_keeps_every_word() -> None:
    given(registered).when(describe).then(profile)


def test_a_profile_needs_only_sectors_level_areas_and_aspirations() -> None:
    bare = UpdateProfile(**ASKS, person=AMI, sectors=(), level="entry", areas=(), aspirations="?")
    given(registered).when(bare).then(
        ProfileUpdated(
            person=AMI, sectors=(), level="entry", areas=(), aspirations="?", occupations=(),
            interests=(), skills=(), strengths=(), qualifications=(), barriers=(),
            accessibility=(), **bare.said,
        )
    )  # fmt: skip


def test_nothing_is_recorded_about_somebody_unknown() -> None:
    given().when(record).then_refused("REF-01")
    given().when(started).then_refused("REF-01")
    given().when(describe).then_refused("REF-01")
    given(neet, profile).when(record).then_refused("REF-01")


def test_everything_is_said_on_the_day_it_was_true_by_whoever_said_it() -> None:
    (event,) = given(registered).when(record).events
    assert (event.occurred_on, event.by, event.via) == (NINTH, ASKS["by"], "api")
