"""What verify asks of an event's attributes is what their JSON says."""

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chronicle.fact import canonical
from chronicle.verify.section import attributes

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
TRICKS = st.sampled_from(['","id":"', '\\","id":"', ',"sequence":"9"', '"', "\\"])


@given(
    st.dictionaries(st.sampled_from(["authority", "kind", "policies", "time"]), TEXT | TRICKS),
    st.uuids(), st.uuids(), st.integers(1, 2**31), TEXT | TRICKS,
)  # fmt: skip
def test_attributes_are_those_of_the_json(
    others: dict[str, str], event: UUID, log: UUID, version: int, stream: str
) -> None:
    said = others | {
        "id": str(event), "log": str(log), "sequence": str(version), "subject": stream,
    }  # fmt: skip
    meta = canonical(said)
    assert attributes(meta) == (event.bytes, str(log), version, json.loads(meta)["subject"])
