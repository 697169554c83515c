"""Codes that drawing programs put into text: %%c for Ø, %%176 for a character, \\U+0110 for Đ."""

import re

_NUMBERED = re.compile(r"%%(\d{3})")
_UNICODE = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_SIGN = re.compile(r"%%([cdpuo%])", re.IGNORECASE)
_SIGNS = {"c": "Ø", "d": "°", "p": "±", "u": "", "o": "", "%": "%"}


def with_characters(text: str) -> str:
    """Numbered characters put in, before the text is decoded: they are bytes of its encoding."""
    if "%%" not in text:
        return text
    return _NUMBERED.sub(lambda code: chr(int(code[1])) if int(code[1]) < 256 else code[0], text)


def with_signs(text: str) -> str:
    """Signs and Unicode letters put in, after the text is decoded."""
    if "%%" not in text and "\\U+" not in text:
        return text
    text = _UNICODE.sub(lambda code: chr(int(code[1], 16)), text)
    return _SIGN.sub(lambda code: _SIGNS[code[1].lower()], text)
