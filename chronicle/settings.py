"""The settings every service process takes, each from one environment variable."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Settings(BaseModel):
    """One field, one variable in capitals. An address of a role that is missing is `database_url`.

    Raises ValueError with a sentence when something is missing or does not go together.
    """

    model_config = ConfigDict(frozen=True)

    throughcare_profile: Literal["production", "demo", "test"] = "production"
    throughcare_clock_file: Path | None = None
    throughcare_authority: str = "unnamed"
    throughcare_council_policies: Path | None = None
    kafka_bootstrap_servers: str
    kafka_kind: Literal["apache", "embedded"] = "apache"
    kafka_session_ms: int | None = Field(default=None, ge=1000)
    database_url: str
    owner_database_url: str = ""
    sequencer_database_url: str = ""
    relay_database_url: str = ""
    projector_database_url: str = ""
    signing_key_file: Path | None = None
    pinned_keys_file: Path | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8000, ge=1, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def clock_only_in_a_story(self) -> Self:
        if self.throughcare_clock_file and self.throughcare_profile == "production":
            raise ValueError(
                "THROUGHCARE_CLOCK_FILE is for the demo and test profiles:"
                " unset it, or set THROUGHCARE_PROFILE"
            )
        return self

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        names = {name.upper(): name for name in cls.model_fields}
        return cls.model_validate(
            {names[key]: value for key, value in environment.items() if key in names and value}
        )

    def url(self, role: Literal["owner", "sequencer", "relay", "projector"]) -> str:
        """The database address of a role of its own, else the service's."""
        return str(getattr(self, f"{role}_database_url")) or self.database_url
