"""The settings of reporting: the one place that reads the environment."""

import os

from chronicle.settings import Settings


def settings() -> Settings:
    return Settings.read(os.environ)
