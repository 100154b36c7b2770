"""The vault gives a band and a name, and nothing by accident."""

from datetime import date
from uuid import UUID

import pytest

from contracts.codes import AgeBand
from services.referrals.vault import Identity, age_band


@pytest.mark.parametrize(
    ("born", "on", "band"),
    [
        (date(2008, 4, 10), date(2024, 4, 9), "under_16"),
        (date(2008, 4, 9), date(2024, 4, 9), "16_17"),
        (date(2006, 4, 10), date(2024, 4, 9), "16_17"),
        (date(2006, 4, 9), date(2024, 4, 9), "18_20"),
        (date(2003, 4, 10), date(2024, 4, 9), "18_20"),
        (date(2003, 4, 9), date(2024, 4, 9), "21_24"),
        (date(1999, 4, 10), date(2024, 4, 9), "21_24"),
        (date(1999, 4, 9), date(2024, 4, 9), "25_plus"),
        (date(2006, 12, 31), date(2024, 1, 1), "16_17"),
        (date(2008, 2, 29), date(2026, 2, 28), "16_17"),
        (date(2008, 2, 29), date(2026, 3, 1), "18_20"),
        (date(2008, 2, 29), date(2024, 2, 29), "16_17"),
    ],
)
def test_a_band_changes_on_the_birthday_and_not_before(born: date, on: date, band: AgeBand) -> None:
    assert age_band(born, on) == band


def test_an_identity_does_not_show_its_words() -> None:
    shown = repr(
        Identity(
            person=UUID(int=1), name="Marigold Thistle", date_of_birth=date(2005, 6, 7),
            contact="by the old mill",
        )
    )  # fmt: skip
    assert str(UUID(int=1)) in shown
    assert not any(word in shown for word in ("Marigold", "Thistle", "2005", "mill"))
