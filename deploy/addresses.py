"""The address of every role, from one new password: `python -m deploy.addresses FOLDER`."""

import secrets
import sys
from pathlib import Path

from throughcare.databases import SERVICES, url_of

SERVER = "postgres:5432"
PREFIX = "throughcare_"


def env_files(password: str) -> dict[str, dict[str, str]]:
    """What each env file says, by its name: one a service, one a migration, two for the server."""
    admin = f"postgresql://postgres:{password}@{SERVER}/postgres"
    said = {"postgres": {"POSTGRES_PASSWORD": password}, "admin": {"DATABASE_URL": admin}}
    for service in SERVICES:
        of = {
            role: url_of(admin, PREFIX + service, f"{service}_{role}")
            for role in ("service", "owner", "sequencer", "relay", "projector")
        }
        said[service] = {
            "DATABASE_URL": of["service"],
            "SEQUENCER_DATABASE_URL": of["sequencer"],
            "RELAY_DATABASE_URL": of["relay"],
            "PROJECTOR_DATABASE_URL": of["projector"],
        }
        said[f"{service}-owner"] = {"OWNER_DATABASE_URL": of["owner"]}
    return said


def write(folder: Path, password: str) -> None:
    """Raises FileExistsError when there is a file already: a server keeps its first password."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, said in env_files(password).items():
        file = folder / f"{name}.env"
        file.touch(mode=0o600, exist_ok=False)
        file.write_text("".join(f"{key}={value}\n" for key, value in said.items()))


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m deploy.addresses FOLDER\n")
        return 2
    folder = Path(sys.argv[1])
    try:
        write(folder, secrets.token_hex(24))
    except FileExistsError as error:
        sys.stderr.write(f"{error.filename} is there already, and a server may know it\n")
        return 3
    sys.stdout.write(f"export THROUGHCARE_SECRETS={folder.resolve()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
