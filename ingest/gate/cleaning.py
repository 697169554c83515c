"""One layer brought into storable form: what is wrong with its shapes, and what mends them.

Order: repairs are proposed, those accepted are made, and what remains is told. Without consent the
shapes stay as delivered; later checks of how zones lie to each other see the proposed ones, so that
an invalid zone is not told as a gap too.
"""

from functools import partial

from ingest.gate.checks.geometry import check_cleaned
from ingest.gate.checks.shapes import check_shapes, check_tidy
from ingest.gate.clean import clean, repaired
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.tidy import tidy
from schemas.words import Words


def clean_layer(inspection: Inspection, layer: Layer) -> None:
    """Clean the shapes of a layer that lies in the storage CRS."""
    rule, accepted = inspection.rules.shapes, inspection.accept_repairs
    saying = Words(f"Làm sạch lớp {layer.name}", f"Cleaning layer {layer.name}")
    sign = partial(inspection.tell, saying)
    sign()
    cleaned = clean(layer.geoms, layer.rule.family if layer.rule else None, rule.closing_m)
    inspection.issues += check_cleaned(layer, cleaned, accepted)
    mended = repaired(cleaned)
    inspection.issues += check_shapes(layer, mended, rule)
    tidied, proposals = tidy(mended, rule, sign)
    inspection.issues += check_tidy(layer, proposals, accepted)
    layer.geoms = tidied if accepted else cleaned.geoms
    layer.proposed = None if accepted else mended
