"""Documents that cannot drift: the command line's page is made from the command line."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from ingest.report.codes_page import THEMES, codes_page
from schemas.issues import catalogue, themes
from schemas.profiles.model import Profile
from schemas.profiles.parcels import ParcelProfile

ROOT = Path(__file__).parents[2]


def test_the_command_line_page_is_what_the_program_says() -> None:
    command = [sys.executable, "-m", "typer", "sqh.py", "utils", "docs", "--name", "sqh"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written.strip() == said.strip(), "run `make docs`"


def test_the_page_of_issue_codes_is_what_the_catalogue_says() -> None:
    written = (ROOT / "docs" / "ma-loi.md").read_text(encoding="utf-8")
    assert written == codes_page(), "run `make docs`"


def test_every_issue_code_is_explained_under_a_theme_with_a_title() -> None:
    page = codes_page()
    assert set(themes()) == set(THEMES)
    for code in catalogue():
        assert page.count(f'<a id="{code.lower()}"></a>') == 1
        assert f"### {code}\n" in page


def test_links_between_documents_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_the_profiles_in_the_documents_are_valid() -> None:
    page = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    mapping, parcels = (
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    )
    assert Profile.model_validate(mapping).plan.code[0].value == "KDT-01"
    assert ParcelProfile.model_validate(parcels).fields["sheet"] == "to_ban_do"
