"""Carry-over: a local adjustment takes over the rest of the plan that it adjusts.

Its dossier draws only what lies inside its boundary. On publication the rows of the predecessor
are copied, so that one version of a plan is in force a day and that version is whole:

- zones of a level the adjustment draws are cut away inside its boundary; other levels stay whole;
- lines and features of a theme the adjustment speaks about are cut away inside, likewise features
  without a theme whose layer it delivers; the others stay whole;
- a row that is cut loses its declared area and population, which spoke of the whole of it;
- every copied row keeps the version, file and row it came from.

The boundary becomes that of the whole plan; the adjustment's own stays in
`plan_version.attributes["adjustment_area"]` (GeoJSON, longitude/latitude). The predecessor's
themes stay covered where they were.
"""

from pathlib import Path

from ingest.register.content import SQL as CONTENT
from ingest.register.record import Connection
from schemas.queries import load_queries

SQL = load_queries(Path(__file__).with_name("adjustment.sql"))

_STEPS = ("carry_zones", "carry_lines", "carry_features", "carry_coverage", "widen_boundary")


def carry_over(connection: Connection, version_id: int, basis_id: int) -> None:
    """Copy what the adjustment leaves of `basis_id` into `version_id`, set by set."""
    values = {"version_id": version_id, "basis_id": basis_id}
    for step in _STEPS:
        connection.execute(SQL[step], values)
    connection.execute(CONTENT["cut_zones"], values)
