"""The catalogue's theme of standards holds exactly the codes that the engine raises."""

import re
from pathlib import Path

from schemas.issues import catalogue, themes

ENGINE = Path(__file__).parents[2] / "ingest" / "gate" / "standard"


def test_every_code_of_the_engine_is_in_the_catalogue_and_every_one_there_is_raised() -> None:
    sources = "".join(path.read_text("utf-8") for path in ENGINE.glob("*.py"))
    raised = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', sources)) & set(catalogue())
    elsewhere = {"CRS_UNKNOWN", "FILE_CHANGED"}
    assert raised - elsewhere == set(themes()["standard"])


def test_no_code_stands_in_two_themes() -> None:
    listed = [code for kinds in themes().values() for code in kinds]
    assert len(listed) == len(set(listed))
