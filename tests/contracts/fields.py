"""Walk a model's fields down to the tag of each, the way the kernel finds what to seal."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from contracts.event import Sealed, Tag


def leaves(model: type[BaseModel], at: str = "") -> Iterator[tuple[str, Tag | None]]:
    """Every field with its tag; one without a tag of its own gives the fields nested in it."""
    for name, field in model.model_fields.items():
        annotation = field.rebuild_annotation()
        tag, parts = tag_of(annotation), tuple(models_in(annotation))
        if tag is not None or not parts:
            yield at + name, tag
        for part in parts:
            yield from leaves(part, f"{at}{name}.")


def tag_of(annotation: Any) -> Tag | None:
    for part in walk(annotation):
        for mark in getattr(part, "__metadata__", ()):
            if isinstance(mark, Tag):
                return mark
    return None


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    for part in walk(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel) and part is not Sealed:
            yield part


def walk(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from walk(part)
