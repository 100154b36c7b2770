"""A read model is a pure function of the log: built by another process it is the live one (G5)."""

import asyncio
import os
import subprocess
import sys

import pytest

from tests.chronicle.hearing.home import Home
from tests.chronicle.hearing.rebuilding import beside
from tests.chronicle.hearing.test_rebuild import lived
from tests.controls.control import Control
from tests.controls.rebuilt import models


@pytest.mark.parametrize(
    ("fold", "name"),
    [
        ("by_the_clock", "a fold that calls now()"),
        ("in_the_order_of_a_set", "output in the order of a set"),
    ],
)
async def test_what_another_process_builds_does_not_differ(
    control: Control, allotments: Home, fold: str, name: str
) -> None:
    control.breaks("tests.chronicle.hearing.rebuilding.MODELS", models(fold))
    await lived(allotments)
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.controls.rebuilt", fold if control.broken else "fold",
         allotments.url("projector")],
        check=True, env=os.environ | {"PYTHONHASHSEED": seed},
    )  # fmt: skip
    found = await beside(allotments.url("projector")).compare()
    with control.red(name, "plots"):
        assert {one.read_model for one in found if one.differ} == set()
