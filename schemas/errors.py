"""One root for every error the program raises on purpose.

`says` is the sentence of the kind; `detail` names the place, `remedy` the way out.
"""

from typing import Any, ClassVar

from schemas.words import Words


class RegisterError(Exception):
    """Root of all errors raised on purpose."""

    says: ClassVar[Words] = Words(
        "Sổ đăng ký không thực hiện được yêu cầu.", "The register could not do what was asked."
    )

    def __init__(self, detail: Words | None = None, *, remedy: Words | None = None) -> None:
        self.detail = detail or self.says
        self.remedy = remedy
        super().__init__(str(self.detail) if remedy is None else f"{self.detail} → {remedy}")


class DatabaseUnavailable(RegisterError):
    says = Words(
        "Cơ sở dữ liệu không trả lời; đây không phải là kết quả tra cứu.",
        "The database does not answer; this is not a look-up result.",
    )


class NoPostgis(RegisterError):
    says = Words(
        "Không tìm thấy PostgreSQL có PostGIS trên máy này.",
        "No PostgreSQL with PostGIS was found on this machine.",
    )


class ClusterFailed(RegisterError):
    says = Words(
        "Không khởi động được cụm PostgreSQL riêng.",
        "The private PostgreSQL cluster could not be started.",
    )


class StorageMismatch(RegisterError):
    says = Words(
        "Sổ đăng ký này lưu tọa độ trong hệ khác với SQH_STORAGE_SRID.",
        "This register stores its coordinates in another CRS than SQH_STORAGE_SRID.",
    )


class UnknownCrs(RegisterError):
    says = Words("Không biết hệ tọa độ này.", "This coordinate reference system is not known.")


class ProfileInvalid(RegisterError):
    says = Words("Tệp mô tả loại hồ sơ không hợp lệ.", "The profile is not valid.")


class DeliveryUnreadable(RegisterError):
    says = Words("Không đọc được hồ sơ giao nộp.", "The delivery cannot be read.")


class NotFound(RegisterError):
    says = Words("Không có bản ghi này trong sổ.", "There is no such record in the register.")


class Refused(RegisterError):
    says = Words("Quy tắc của sổ không cho phép thay đổi này.", "The register refuses this change.")


class BadQuestion(RegisterError):
    """The question cannot be understood; nothing was looked up."""

    says = Words("Không hiểu câu hỏi.", "The question is not understood.")


class TooLarge(RegisterError):
    says = Words("Tệp quá lớn; không có gì được lưu.", "The file is too large; nothing was stored.")


class WithCandidates(RegisterError):
    """The answer is one of several, or near one: `candidates` are for the asker to choose."""

    def __init__(self, candidates: list[dict[str, Any]]) -> None:
        super().__init__()
        self.candidates = candidates


class SeveralParcels(WithCandidates):
    """More than one parcel fits; the choice is the asker's."""

    says = Words(
        "Nhiều thửa đất khớp với câu hỏi; hãy chọn một.",
        "Several parcels fit the question; please choose one.",
    )


class UnknownParcel(WithCandidates):
    """No such parcel in the register; `candidates` are the nearest keys."""

    says = Words(
        "Sổ không có thửa đất này. Đây không phải là “không bị ảnh hưởng”.",
        "This parcel is not in the register. This does not mean “not affected”.",
    )


class UnknownCommune(NotFound):
    says = Words("Không có đơn vị hành chính này.", "There is no such administrative unit.")


class NotSignedIn(RegisterError):
    says = Words("Cần đăng nhập.", "Please sign in.")


class NotAllowed(RegisterError):
    says = Words("Vai trò của bạn không được làm việc này.", "Your role may not do this.")


class TooManyAttempts(RegisterError):
    """Signing in failed too often; `wait_s`: seconds until the next try."""

    says = Words("Thử đăng nhập sai quá nhiều lần.", "Signing in failed too often.")

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            Words(
                f"Thử đăng nhập sai quá nhiều lần; hãy đợi {wait_s} giây.",
                f"Signing in failed too often; wait {wait_s} seconds.",
            )
        )
        self.headers = {"Retry-After": str(wait_s)}


class Busy(RegisterError):
    says = Words(
        "Máy chủ đang bận; hãy thử lại sau vài giây.",
        "The server is busy; please try again in a few seconds.",
    )


class TooManySheets(RegisterError):
    """One address asked for too many papers; `wait_s`: seconds until the next one."""

    says = Words("Đã cấp quá nhiều phiếu.", "Too many papers were issued.")

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            Words(
                f"Đã cấp quá nhiều phiếu cho địa chỉ này; hãy đợi {wait_s} giây. Bản xem trước "
                "chưa ký vẫn mở được.",
                f"Too many papers were issued to this address; wait {wait_s} seconds. The unsigned "
                "preview stays open.",
            )
        )
        self.headers = {"Retry-After": str(wait_s)}


class TooManyReports(TooManyAttempts):
    """An address sent several error reports; `wait_s`: seconds until the next one."""

    says = Words("Gửi quá nhiều phản ánh.", "Too many reports.")

    def __init__(self, wait_s: int) -> None:
        RegisterError.__init__(
            self,
            Words(
                f"Từ địa chỉ này đã gửi nhiều phản ánh; hãy đợi {wait_s} giây. Không có gì được "
                "lưu.",
                f"Many reports came from this address; wait {wait_s} seconds. Nothing was stored.",
            ),
        )
        self.headers = {"Retry-After": str(wait_s)}


class PortTaken(RegisterError):
    says = Words("Cổng này đang có chương trình khác dùng.", "This port is taken.")
