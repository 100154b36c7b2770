"""What is written twice is compared: generated pages, READMEs, links."""

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, files, named
from throughcare.databases import SERVICES
from throughcare.pages import pages


@pytest.mark.parametrize("path", pages(), ids=named)
def test_a_generated_page_says_what_the_code_says(path: Path) -> None:
    assert path.read_text("utf-8") == pages()[path], "run `make docs`"


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_readme_fits_a_screen(service: str) -> None:
    assert len((ROOT / "services" / service / "README.md").read_text().splitlines()) <= 40


@pytest.mark.parametrize("path", files("*.md", "docs/**/*.md", "*/README.md"), ids=named)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_readme_names_every_door_of_the_makefile() -> None:
    doors = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    readme = (ROOT / "README.md").read_text()
    assert [door for door in ("demo", "test", "up", "down") if f"make {door}" not in readme] == []
    assert set(re.findall(r"`make ([a-z-]+)", readme)) <= set(doors)
