"""The Dockerfile and the compose file as their tests read them."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from ruamel.yaml import YAML

from deploy.addresses import env_files
from tests.architecture.house import ROOT, SERVICES

DOCKERFILE: Final = ROOT / "deploy/Dockerfile"
COMPOSE: Final = ROOT / "deploy/compose.yaml"
SECRETS: Final = "/secrets"
GIVEN: Final = {"THROUGHCARE_SECRETS": SECRETS, "THROUGHCARE_AUTHORITY": "westmere"}
OURS: Final = (*SERVICES, *(f"{service}-migrate" for service in SERVICES))
JOBS: Final = ("databases", "topics", "keys", *(f"{service}-migrate" for service in SERVICES))
VARIABLE: Final = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Stage:
    """One `FROM` and what stands below it, in order."""

    name: str
    base: str
    said: list[tuple[str, str]] = field(default_factory=list)


def stages() -> dict[str, Stage]:
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE)
    found: dict[str, Stage] = {}
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found[name] = Stage(name, base)
        elif word and found:
            stage.said.append((word, rest))
    return found


def said(target: str) -> list[tuple[str, str]]:
    """Every instruction behind a target, its bases' first; not what is only copied from."""
    stage = stages()[target]
    return [*(said(stage.base) if stage.base in stages() else []), *stage.said]


def copied(target: str, service: str = "") -> list[tuple[str, str]]:
    """What of the checkout is in an image: where it is here, where it is there below /app."""
    pairs: list[tuple[str, str]] = []
    for word, rest in said(target):
        if word in ("COPY", "ADD") and not rest.startswith("--from="):
            *sources, to = shlex.split(rest.replace("${SERVICE}", service))
            pairs += [(s, to + Path(s).name if to.endswith("/") else to) for s in sources]
    return pairs


def built(folder: Path, target: str, service: str = "") -> Path:
    """A folder with what `docker build` would copy below /app, linked, and nothing else."""
    for source, to in copied(target, service):
        (folder / to).parent.mkdir(parents=True, exist_ok=True)
        (folder / to).symlink_to(ROOT / source)
    return folder


def compose() -> dict[str, dict[str, Any]]:
    """The containers of the compose file, its variables filled in from GIVEN."""
    text = VARIABLE.sub(lambda found: GIVEN.get(found[1], found[3] or ""), COMPOSE.read_text())
    return cast(dict[str, dict[str, Any]], YAML(typ="safe", pure=True).load(text)["services"])


def environment(container: dict[str, Any]) -> dict[str, str]:
    """What a container's process finds in its environment, the env files included."""
    found: dict[str, str] = {}
    for file in container.get("env_file", ()):
        found |= env_files("a-password")[Path(file).relative_to(SECRETS).stem]
    own: dict[str, str] = container.get("environment", {})
    return found | own
