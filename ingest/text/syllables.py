"""Which words can be Vietnamese: the orthography of a syllable, with its tone."""

import re
import unicodedata
from functools import lru_cache

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x)?"
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh
ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet
oi om on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uao uau uân uâng uât uây
uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyên uyêt uynh uyt uyu
uyn ych ynh yt ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
"""
_RIME = "|".join(sorted(re.findall(r"\S+", _RIMES), key=len, reverse=True))
_SYLLABLE = re.compile(f"(?P<onset>{_ONSET})(?P<rime>{_RIME})")
TONES = "\u0300\u0301\u0303\u0309\u0323"
"""The five tone marks, as they stand apart."""
_STOPPED_TONES = ("", "\u0301", "\u0323")  # a syllable that ends in p, t, c, ch has no other
_SHAPED = "ăâêôơư"
_EITHER = ("oa", "oe", "uy")  # hoà and hòa are both written


@lru_cache(maxsize=100_000)
def is_syllable(word: str) -> bool:
    """Whether a word (NFC, any case) is spelt as a Vietnamese syllable, tone mark and all."""
    spread = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in spread if mark in TONES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in spread if mark not in TONES))
    found = _SYLLABLE.fullmatch(plain)
    if found is None or len(tones) > 1:
        return False
    if not tones:
        return True
    if plain.endswith(("p", "t", "c", "ch")) and tones[0] not in _STOPPED_TONES:
        return False
    letters = unicodedata.normalize("NFC", spread[: spread.index(tones[0]) + 1])
    return len(letters) - 1 in _tone_places(found)


def _tone_places(syllable: re.Match[str]) -> tuple[int, ...]:
    """Letters that may carry the tone: the shaped vowel, else by how the rime is built."""
    rime, start = syllable["rime"], syllable.start("rime")
    if shaped := [place for place, letter in enumerate(rime) if letter in _SHAPED]:
        return (start + shaped[-1],)
    vowels = len(rime.rstrip("cghmnpt"))
    if rime in _EITHER:
        return (start, start + 1)
    if vowels == 3 or (vowels == 2 and len(rime) > vowels):
        return (start + 1,)
    return (start,)
