"""What a load of units or parcels did, in numbers, with its findings."""

from dataclasses import asdict, replace

from ingest.parcels.outcome import ParcelOutcome
from ingest.report.outcome import issue_document
from ingest.units.outcome import UnitsOutcome
from schemas.terminal import emit, out, say
from schemas.words import Words

MOST = 50


def tell_load(outcome: UnitsOutcome | ParcelOutcome, as_json: bool, *, changed: bool) -> None:
    """At most 50 findings, then the numbers; for programs everything as one JSON document."""
    facts = asdict(replace(outcome, issues=())) | {"changed": changed}
    facts["issues"] = [issue_document(issue) for issue in outcome.issues]
    if as_json:
        emit(facts)
        return
    for issue in outcome.issues[:MOST]:
        times = f" ×{issue.count}" if issue.count > 1 else ""
        out.print(f"{issue.level}  {issue.code}{times}  {issue.message}", markup=False)
    if len(outcome.issues) > MOST:
        out.print(f"… +{len(outcome.issues) - MOST}", markup=False)
    numbers = ", ".join(f"{name}={value}" for name, value in facts.items() if name != "issues")
    say(Words("Xong", "Done") if changed else Words("Không gì thay đổi", "Nothing changed"))
    out.print(f"  {numbers}", markup=False)
