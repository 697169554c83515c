"""What kind a shape is and why one is not valid, in words."""

from schemas.words import Words

KINDS: dict[str, Words] = {
    "Point": Words("điểm", "a point"),
    "LineString": Words("đường", "a line"),
    "LinearRing": Words("đường khép kín", "a closed line"),
    "Polygon": Words("vùng", "an area"),
    "MultiPoint": Words("nhiều điểm", "several points"),
    "MultiLineString": Words("nhiều đường", "several lines"),
    "MultiPolygon": Words("nhiều vùng", "several areas"),
    "GeometryCollection": Words("nhiều loại hình lẫn lộn", "shapes of several kinds"),
}
UNREAD = Words("không đọc được", "it cannot be read")
REASONS: dict[str, Words] = {
    "Self-intersection": Words("đường biên tự cắt", "its outline crosses itself"),
    "Ring Self-intersection": Words("đường biên tự chạm", "its outline touches itself"),
    "Hole lies outside shell": Words("lỗ nằm ngoài vùng", "a hole lies outside"),
    "Holes are nested": Words("lỗ nằm trong lỗ", "a hole lies in another"),
    "Interior is disconnected": Words("phần trong bị cắt rời", "its inside falls apart"),
    "Nested shells": Words("các phần nằm chồng trong nhau", "one part lies in another"),
    "Duplicate Rings": Words("đường biên vẽ hai lần", "an outline is drawn twice"),
    "Too few points in geometry component": Words("quá ít đỉnh", "it has too few vertices"),
    "Invalid Coordinate": Words("tọa độ không phải là số", "a coordinate is no number"),
    "Ring is not closed": Words("đường biên không khép kín", "its outline is not closed"),
}
"""By the words of GEOS, which `shapely.is_valid_reason` hands on."""


def kind_words(kind: str | None) -> Words:
    """A kind of shape; None: the cell holds none that can be read."""
    return UNREAD if kind is None else KINDS.get(kind, Words(kind, kind))


def reason_words(reason: str) -> Words:
    """Why a shape is not valid; a reason that is not in the table stays as it is."""
    return REASONS.get(reason, Words(reason, reason))
