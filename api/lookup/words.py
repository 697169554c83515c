"""The fixed sentences of a parcel answer, by code."""

from schemas.words import Words

WHY: dict[str, Words] = {
    "plan_in_force": Words(
        "Có quy hoạch đang có hiệu lực tại đây.", "A plan in force speaks about this place."
    ),
    "line_takes": Words(
        "Đường này lấy một phần thửa đất.", "This line takes a part of the parcel."
    ),
    "line_crosses": Words(
        "Đường này đi qua thửa đất; chưa xác định được phần bị ảnh hưởng.",
        "This line crosses the parcel; the part it takes cannot be determined.",
    ),
    "covered_none_here": Words(
        "Có dữ liệu cho khu vực này và không có đối tượng nào chạm vào thửa đất.",
        "There is data for this area, and nothing of this theme touches the parcel.",
    ),
    "object_here": Words(
        "Có đối tượng của nhóm này trên thửa đất.", "An object of this theme lies on the parcel."
    ),
    "covered_in_part": Words(
        "Dữ liệu chỉ phủ một phần thửa đất; phần còn lại không có dữ liệu.",
        "Data covers only a part of the parcel; there is no data for the rest.",
    ),
    "no_plan_here": Words(
        "Sổ chưa có quy hoạch nào được công bố tại đây. Đây không phải là “không bị ảnh hưởng”.",
        "No plan is published here in this register. This does not mean “not affected”.",
    ),
    "plan_without_theme": Words(
        "Quy hoạch tại đây không kèm lớp dữ liệu này, hoặc lớp được giao không đủ để trả lời.",
        "The plan here was delivered without this layer, or with one that answers too little.",
    ),
    "plan_without_zone": Words(
        "Quy hoạch tại đây không vẽ chức năng nào trên thửa đất này.",
        "The plan here draws no function on this ground.",
    ),
    "side_unknown": Words(
        "Không biết phía nào của đường là mặt đường (hồ sơ thiếu tim đường), nên không tính được "
        "phần bị lấy.",
        "Which side of the line is the road is unknown (no road axis), so no strip is computed.",
    ),
    "plans_differ": Words(
        "Hai quy hoạch nói khác nhau về cùng một phần đất. Cấp phê duyệt quyết định bằng văn bản "
        "(Nghị định 178/2025/NĐ-CP, Điều 6); sổ không tự chọn.",
        "Two plans disagree on the same ground. The approving authority decides in writing "
        "(Decree 178/2025/NĐ-CP, Article 6); the register does not pick one.",
    ),
}

DISCLAIMER = Words(
    "Thông tin để tham khảo, lấy từ hồ sơ đã nạp vào sổ; không thay cho văn bản trả lời của cơ "
    "quan có thẩm quyền.",
    "For reference, from the dossiers loaded in this register; it does not replace the written "
    "answer of the competent authority.",
)

INVENTED = Words(
    "DỮ LIỆU MINH HỌA: địa danh, quy hoạch và thửa đất này đều được bịa ra.",
    "INVENTED SAMPLE DATA: this place, its plans and parcels do not exist.",
)


def why(code: str) -> dict[str, str]:
    """The sentence of a code as a `Why` object."""
    words = WHY[code]
    return {"code": code, "vi": words.vi, "en": words.en}
