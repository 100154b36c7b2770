"""Services on databases of their own, for what is proved from tables."""

from tests.chronicle.hearing.conftest import allotments, archive, homes

__all__ = ["allotments", "archive", "homes"]
