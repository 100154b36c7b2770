"""Every subscription of every service was made on the kernel's terms."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaRouter

import services
from chronicle.consume import Drain, Profile, terms

SERVICES = [module.name for module in iter_modules(services.__path__)]
PROFILE = Profile.of("127.0.0.1:9092", "apache")


@pytest.mark.parametrize("service", SERVICES)
def test_every_subscription_takes_the_kernel_s_terms(service: str) -> None:
    drain = Drain(PROFILE.grace_s)
    router = KafkaRouter()
    import_module(f"services.{service}.main").ROOMS.listen(router, terms(PROFILE, service, drain))
    broker = KafkaBroker(PROFILE.servers)
    broker.include_router(router)
    subscribers: list[Any] = list(broker.subscribers)
    assert subscribers
    for subscriber in subscribers:
        assert subscriber.group_id == service
        assert subscriber.ack_policy is AckPolicy.NACK_ON_ERROR
        assert subscriber._listener is drain
        how = subscriber._connection_args
        assert how["auto_offset_reset"] == "earliest"
        assert how["isolation_level"] == "read_committed"
        assert how["enable_auto_commit"] is False
        assert how["session_timeout_ms"] == PROFILE.session_ms
        assert how["heartbeat_interval_ms"] == PROFILE.session_ms // 5
        assert how["rebalance_timeout_ms"] == PROFILE.rebalance_ms


def test_the_embedded_broker_gets_no_idempotent_producer_and_a_short_session() -> None:
    embedded = Profile.of("127.0.0.1:9092", "embedded")
    assert (PROFILE.idempotent, embedded.idempotent) == (True, False)
    assert 1000 <= embedded.session_ms < PROFILE.session_ms
