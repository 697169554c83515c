"""Letters of the encodings from before Unicode, each beside its byte or pair of bytes.

TCVN3: TCVN 5712:1993, the "ABC" fonts (.VnTime); VISCII: RFC 1456; VNI: the VNI-Windows fonts, a
base letter followed by its mark. Every byte is written as the character of ISO-8859-1.
"""

import unicodedata

_TCVN3_ROWS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
TCVN3 = {
    first + place: letter
    for first, letters in _TCVN3_ROWS.items()
    for place, letter in enumerate(letters)
}

_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
VISCII = dict(enumerate(_VISCII_HIGH, 0x80)) | _VISCII_LOW

_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")  # none, sắc, huyền, hỏi, ngã, nặng
_VNI_MARKS = {"": " ùøûõï", "\u0302": "âáàåãä", "\u0306": "êéèúüë"}
_VNI_SINGLE = {
    "ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ",
}  # fmt: skip
_VNI_BASES = {"": "aeouyôö", "\u0302": "aeo", "\u0306": "a"}


def _vni_pairs() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for shape, marks in _VNI_MARKS.items():
        for base in _VNI_BASES[shape]:
            letter = _VNI_SINGLE.get(base, base) + shape
            for mark, tone in zip(marks, _TONES, strict=True):
                if mark != " ":
                    pairs[base + mark] = unicodedata.normalize("NFC", letter + tone)
    return pairs


def _in_every_case(lower: dict[str, str]) -> dict[str, str]:
    cased = {key.upper(): letter.upper() for key, letter in lower.items()}
    mixed = {key[0].upper() + key[1:]: letter.upper() for key, letter in lower.items()}
    drawn_up = {key[0] + key[1:].upper(): letter for key, letter in lower.items() if key[1:]}
    return {**drawn_up, **mixed, **cased, **lower}


VNI = _in_every_case(_vni_pairs() | _VNI_SINGLE)
"""Pairs and single characters → letter; a base and its mark may differ in case."""
