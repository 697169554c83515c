"""What is said about readings, distances and verdicts, in both languages."""

from collections.abc import Sequence

from ingest.crs.case import Against, Weighed
from ingest.crs.readings import UTM, Reading
from ingest.crs.verdict import Option, Verdict
from schemas.words import Words

MOST_SHOWN = 6
MOST_ACCURACY_M = 50_000.0

LABEL = Words("theo nhãn", "by the label")
CHOSEN = Words("theo hệ đã chọn", "by the choice")

REASONS: dict[Against, Words] = {
    "country": Words("nằm ngoài Việt Nam", "lies outside Viet Nam"),
    "place": Words("nằm ngoài nơi khai", "lies outside the stated place"),
    "lines": Words(
        "ranh giới vẽ rời khỏi ranh giới hành chính đã biết",
        "the drawn boundary leaves the known administrative one",
    ),
    "corners": Words(
        "khác bảng tọa độ mốc giới (toaDoX, toaDoY)",
        "differs from the stated coordinates (toaDoX, toaDoY)",
    ),
    "sizes": Words(
        "diện tích, chiều dài khai lệch đúng tỷ số 0,9996/0,9999",
        "declared sizes differ by just 0.9996/0.9999",
    ),
    "rest": Words("không nằm cùng các tệp khác", "does not lie with the other files"),
}
BELOW = Words(
    "sai dấu góc xoay của bảy tham số (0,5–0,8 m) thì nhỏ hơn mức có thể nhận ra",
    "wrong rotation signs of the seven parameters (0.5–0.8 m) are below what can be told",
)


def distance(metres: float) -> Words:
    """`26,9 km` / `26.9 km`; below a kilometre in whole metres."""
    text = f"{metres / 1000:.1f} km" if metres >= 999.5 else f"{metres:.0f} m"
    return Words(text.replace(".", ","), text)


def meridian_text(degrees: float) -> str:
    minutes = round(degrees * 60)
    return f"{minutes // 60}°{minutes % 60:02d}′"


def reading_name(reading: Reading) -> Words:
    """A reading by its EPSG code where it has one, and by what it does to the numbers."""
    name = _system(reading)
    if reading.srid is not None:
        code = f"EPSG:{reading.srid}"
        name = Words(code, code) if reading.other else _each("{} ({})", Words(code, code), name)
    for form, words in (
        (reading.form.swapped, Words("đổi trục", "axes swapped")),
        (reading.form.factor != 1.0, Words("milimét", "millimetres")),
    ):
        name = _each("{}, {}", name, words) if form else name
    return name


def _system(reading: Reading) -> Words:
    """Datum, meridian and scale, as far as the reading has them."""
    if reading.meridian is None:
        return Words(*["VN-2000, độ" if reading.shift == "official" else "WGS 84"] * 2)
    where = meridian_text(reading.meridian)
    scale = Words("k 0,9996", "k 0.9996") if reading.scale == UTM else None
    if reading.shift == "official" and (scale is None or reading.srid is not None):
        name = Words(where, where)
    else:
        name = Words(f"VN-2000 {where}", f"VN-2000 {where}")
    if reading.shift != "official":
        name = Words(f"{where} không chuyển hệ VN-2000–WGS 84", f"{where} without the datum shift")
        if reading.srid is not None:
            name = Words(f"WGS 84, UTM {where}", f"WGS 84, UTM {where}")
    return name if scale is None else _each("{}, {}", name, scale)


def option_text(option: Option) -> Words:
    """A reading with its displacement, and whether its meridian is the province's."""
    name = reading_name(option.weighed.reading)
    if option.customary:
        name = _each("{}, {}", name, Words("kinh tuyến của tỉnh", "the province's meridian"))
    if 0 < option.metres < float("inf"):
        off = distance(option.metres)
        name = Words(f"{name.vi}, lệch {off.vi}", f"{name.en}, {off.en} off")
    return name


def options_text(verdict: Verdict) -> Words:
    """The readings left beside the claim: the first few, and how many more."""
    shown = [option_text(option) for option in verdict.options[:MOST_SHOWN]]
    more = len(verdict.options) - len(shown)
    if more > 0:
        shown.append(Words(f"và {more} cách đọc nữa", f"and {more} more"))
    return _joined(shown, "; ")


def why(verdict: Verdict, by: Words = LABEL) -> Words:
    """The verdict on a claim in a clause that follows the name of the layers.

    `by`: what makes the claim, the file's label or a person.
    """
    if verdict.kind == "proven":
        return _sentences(_for_it(verdict), BELOW)
    if verdict.kind == "not_excluded":
        return _sentences(_for_it(verdict), _not_excluded(verdict), BELOW)
    if verdict.kind == "unproven":
        return _unproven(verdict)
    if verdict.kind == "nowhere":
        return _sentences(_against(verdict, by), _NOTHING)
    if verdict.kind == "contradicted":
        return _sentences(_against(verdict, by), _better(verdict), _beside_the_best(verdict))
    texts = options_text(verdict)
    instead = Words(f"cũng có thể là: {texts.vi}", f"it may also be: {texts.en}")
    return _sentences(_against(verdict, by), instead)


_NOTHING = Words(
    "không cách đọc nào (kinh tuyến, hệ số, đổi trục, milimét, chuyển hệ) đưa về đúng nơi",
    "no reading (meridian, scale, axes, millimetres, datum) brings them to their place",
)


def _for_it(verdict: Verdict) -> Words | None:
    """What speaks for the claim."""
    claim, ground = verdict.claim, verdict.weighing.ground
    said = []
    if claim is not None and claim.inside and ground is not None:
        said.append(Words(f"nằm trong {ground.name}", f"lies in {ground.name}"))
    if claim is not None and claim.follows:
        said.append(
            Words("đi theo ranh giới hành chính đã biết", "follows known administrative boundaries")
        )
    if "corners" in verdict.weighing.used:
        said.append(
            Words(
                "trùng bảng tọa độ mốc giới (nếu bảng ấy đúng)",
                "agrees with the table of stated coordinates (if that is right)",
            )
        )
    if "sizes" in verdict.weighing.used:
        said.append(Words("khớp hệ số của số đo khai", "agrees with the declared sizes"))
    return _joined(said) if said else None


def _not_excluded(verdict: Verdict) -> Words:
    within, texts = distance(verdict.accuracy_m), options_text(verdict)
    if verdict.accuracy_m > MOST_ACCURACY_M:
        return Words(
            f"nơi khai quá rộng hoặc chưa rõ để kiểm chứng. Chưa loại trừ: {texts.vi}",
            f"the stated place is too wide or unclear to prove it. Not excluded: {texts.en}",
        )
    return Words(
        f"đúng tới ±{within.vi}. Chưa loại trừ: {texts.vi}",
        f"right to ±{within.en}. Not excluded: {texts.en}",
    )


def _unproven(verdict: Verdict) -> Words:
    if verdict.weighing.missed is None:
        return Words(
            "hồ sơ không nêu nơi nào có trong danh mục đơn vị hành chính",
            "the dossier names no place that is in the list of units",
        )
    ground = verdict.weighing.missed
    return Words(
        f"không cách đọc nào đưa về {ground.name}", f"no reading brings them to {ground.name}"
    )


def _against(verdict: Verdict, by: Words) -> Words | None:
    """What speaks against the claim."""
    claim = verdict.claim
    if claim is None or not claim.against:
        return None
    said = [
        _outside(verdict, claim) if reason == "place" else REASONS[reason]
        for reason in claim.against
    ]
    return _each("{} {}", by, _joined(said))


def _outside(verdict: Verdict, claim: Weighed) -> Words:
    """That the claim misses the stated place, and by how far."""
    ground = verdict.weighing.ground
    if ground is None:
        return REASONS["place"]
    away = distance(ground.region.distance_m(claim.middle))
    named = Words(f" ({ground.name}, cách {away.vi})", f" ({ground.name}, {away.en} away)")
    return _each("{}{}", REASONS["place"], named)


def _better(verdict: Verdict) -> Words:
    best = option_text(verdict.options[0])
    return Words(f"khớp hơn với {best.vi}", f"they fit {best.en}, better")


def _beside_the_best(verdict: Verdict) -> Words | None:
    """What else the evidence allows beside the better reading."""
    others = verdict.options[1:3]
    if not others:
        return None
    texts = _joined([option_text(option) for option in others], "; ")
    more = len(verdict.options) - 1 - len(others)
    tail = Words(f" và {more} cách đọc nữa", f" and {more} more") if more else Words("", "")
    return Words(f"chưa loại trừ: {texts.vi}{tail.vi}", f"not excluded: {texts.en}{tail.en}")


def _each(pattern: str, first: Words, second: Words) -> Words:
    return Words(*(pattern.format(*pair) for pair in zip(first, second, strict=True)))


def _joined(words: Sequence[Words], by: str = ", ") -> Words:
    return Words(*(by.join(one[at] for one in words) for at in range(2)))


def _sentences(*clauses: Words | None) -> Words:
    """Clauses as sentences; the first goes on where its caller left off."""
    said = [clause for clause in clauses if clause is not None and clause.vi]
    later = [Words(*(text[0].upper() + text[1:] for text in clause)) for clause in said[1:]]
    return _joined([*said[:1], *later], ". ")
