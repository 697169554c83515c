"""Query parameters as models: unknown ones are refused, wrong ones are named."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from schemas.day import legal_day


def _with_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("cần múi giờ / needs a time zone, e.g. 2026-01-31T08:00:00+07:00")
    if not 1900 <= moment.year <= 2200:
        raise ValueError("năm phải từ 1900 đến 2200 / the year must be 1900 to 2200")
    return moment


KeyPart = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00]+$"),
]
Number = Annotated[float, Field(allow_inf_nan=False)]
Moment = Annotated[datetime, AfterValidator(_with_zone)]


class Asked(BaseModel):
    """Parameters of one request; an unknown name is an error, never ignored."""

    model_config = ConfigDict(extra="forbid")


class At(Asked):
    """The two times of every question: the law on that day, as the register knew it then."""

    valid_at: date | None = Field(None, description="Ngày pháp lý / legal day (YYYY-MM-DD)")
    known_at: Moment | None = Field(None, description="Thời điểm sổ biết / what the register knew")

    def times(self, moment: datetime) -> tuple[date, datetime]:
        """The legal day and the state of knowledge asked for; those of `moment` by default."""
        return self.valid_at or legal_day(moment), self.known_at or moment


class LookupQuery(At):
    """One place, named in exactly one way."""

    lon: Number | None = Field(None, description="Kinh độ WGS 84 / longitude, degrees")
    lat: Number | None = Field(None, description="Vĩ độ WGS 84 / latitude, degrees")
    x: Number | None = Field(None, description="X: tọa độ Bắc (m) / northing, metres")
    y: Number | None = Field(None, description="Y: tọa độ Đông (m) / easting, metres")
    crs: str | None = Field(None, description="EPSG:N, ví dụ / for example EPSG:9210")
    commune: KeyPart | None = Field(None, description="Mã hoặc tên xã / commune code or name")
    sheet: KeyPart | None = Field(None, description="Số tờ bản đồ / map sheet")
    number: KeyPart | None = Field(None, description="Số thửa / parcel number")
    parcel_code: KeyPart | None = Field(None, description="Mã thửa quốc gia / national code")
    parcel_id: int | None = Field(
        None, ge=1, le=2**62, description="Chọn một trong nhiều thửa / one of several candidates"
    )
