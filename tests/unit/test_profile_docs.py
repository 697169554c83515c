"""The page about profiles: its example is one, and it names every part that a profile has."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from schemas.profiles.model import LayerRule, PlanRule, Profile
from schemas.profiles.parcels import FIELD_NAMES, ParcelProfile
from schemas.profiles.tolerances import AuditRule

PAGE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_of_a_profile_is_one() -> None:
    profile = Profile.model_validate(yaml.safe_load(EXAMPLES[0]))
    assert [layer.becomes for layer in profile.layers] == ["zone", "line"]
    assert profile.plan.location[0].value == "phường Minh Họa, tỉnh Thí Dụ"


def test_the_example_of_a_parcel_profile_is_one() -> None:
    profile = ParcelProfile.model_validate(yaml.safe_load(EXAMPLES[1]))
    assert set(profile.fields) == set(FIELD_NAMES)


@pytest.mark.parametrize("model", [Profile, PlanRule, LayerRule, ParcelProfile, AuditRule])
def test_every_part_of_a_profile_is_named_on_the_page(model: type[BaseModel]) -> None:
    marked = re.findall(r"`[^`\n]+`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
    named = set(re.findall(r"\w+", " ".join([*marked, *EXAMPLES])))
    assert set(model.model_fields) <= named
