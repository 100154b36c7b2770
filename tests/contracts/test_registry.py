"""Nothing is an orphan: every event has one producer, a topic that exists, a key and a reader."""

from typing import get_args

import pytest

from contracts.codes import Service
from contracts.matching import OpportunityOpened
from contracts.referrals import ActivityStatusRecorded, ReferralMade
from contracts.registry import EVENTS, FROM_OUTSIDE, Entry, registry, topics, words
from contracts.reviews import ReviewScheduled, RiskSignalRecorded

LISTED = pytest.mark.parametrize("entry", registry.values(), ids=lambda entry: entry.type)
TOPICS = {topic.name: topic for topic in topics()}


def test_every_event_is_listed_once_under_its_type() -> None:
    assert list(words.values()) == list(EVENTS)
    assert words["throughcare.referrals.ReferralMade.v1"] is ReferralMade
    assert [entry.event for entry in registry.values()] == list(EVENTS)


def test_a_word_has_one_producer() -> None:
    names = [event.__name__ for event in EVENTS]
    assert sorted(set(names)) == sorted(names)


@LISTED
def test_an_event_has_a_producer_a_topic_and_a_reader(entry: Entry) -> None:
    assert entry.producer in get_args(Service)
    assert entry.type == f"throughcare.{entry.producer}.{entry.event.__name__}.v1"
    assert entry.topic in TOPICS
    assert entry.readers or entry.producer == "reporting"


@LISTED
def test_reporting_hears_whatever_the_others_say_and_not_itself(entry: Entry) -> None:
    assert ("reporting" in entry.readers) is (entry.producer != "reporting")


@LISTED
def test_the_key_is_the_person_if_the_event_is_about_one(entry: Entry) -> None:
    about_one = entry.producer != "reporting" and entry.event.stream.partition("-")[0] not in {
        "stage1",
        "opportunity",
    }
    assert entry.key == ("person" if about_one else "stream")


def test_who_hears_what_is_what_the_spine_says() -> None:
    acted_on = {e.event.__name__: set(e.readers) - {"reporting"} for e in registry.values()}
    assert {name: readers for name, readers in acted_on.items() if readers} == {
        "ActivityStatusRecorded": {"referrals"},
        "ReferralMade": {"matching"},
        "PlacementStarted": {"reviews", "referrals"},
        "ArrangementConcluded": {"matching"},
        "EarlyExitRisk": {"referrals"},
        "PlacementCompleted": {"matching", "referrals"},
        "PlacementEndedEarly": {"matching", "referrals"},
        "CaseHandedBackToStage1": {"referrals"},
    }


def test_outsiders_may_send_what_the_scheme_lets_them_send() -> None:
    assert {
        ActivityStatusRecorded,
        OpportunityOpened,
        ReviewScheduled,
        RiskSignalRecorded,
    } == FROM_OUTSIDE


def test_each_service_has_a_topic_and_an_intake_and_the_seals_have_one_partition() -> None:
    partitions = {name: topic.partitions for name, topic in TOPICS.items()}
    assert partitions == {
        **{f"throughcare.{service}": 6 for service in get_args(Service)},
        **{f"throughcare.{service}.intake": 3 for service in get_args(Service)},
        "throughcare.seals": 1,
    }
    assert all(topic.replication == 3 and topic.min_insync_replicas == 2 for topic in topics())
    assert not any(topic.unclean_leader_election for topic in topics())
    assert all(topic.retention_days >= 7 for topic in topics())
