"""Which strings of letters can be one written Vietnamese syllable?

The judge of encodings: text decoded rightly is mostly syllables, text decoded wrongly is not.
Onsets, rimes and the place of the tone mark follow the standard orthography (Đoàn Thiện Thuật,
*Ngữ âm tiếng Việt*, 1977); both habits for oa, oe, uy are accepted, and the final k of place
names in the Central Highlands.
"""

import unicodedata
from functools import cache

# The first is none: a syllable may begin with its vowel.
_ONSET_TABLE = " b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"

_RIME_TABLE = """
a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec ek em en eng eo ep et ê êch êk êm ên êng ênh êp êt êu
i ia ich ik im in inh ip it iu iêc iêm iên iêng iêp iêt iêu y ych yn ynh yt yêm yên yêng yêt yêu
o oc oi ok om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt
oe oen oeo oet ooc oong ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uc ui uk um un ung up ut uân uâng uât uây uê uêch uên uênh uơ uya uyên uyêt uy uych uynh uyt
uyn uyp uyu uôc uôi uôm uôn uông uôt
ư ưa ưc ưi ưk ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
"""

_VOWELS = frozenset("aăâeêioôơuưy")
_MARKED = frozenset("ăâêôơư")
_LEVEL, _ACUTE, _DOT = "", "\u0301", "\u0323"
_TONES = (_LEVEL, "\u0300", _ACUTE, "\u0309", "\u0303", _DOT)


@cache
def syllables() -> frozenset[str]:
    """Every possible syllable in lower case, NFC; about 22,000, most of them never used."""
    found: set[str] = set()
    onsets = _ONSET_TABLE.split(" ")
    for rime in _RIME_TABLE.split():
        vowels = sum(letter in _VOWELS for letter in rime)
        stopped = rime.endswith(("c", "ch", "k", "p", "t"))
        for at in _tone_places(rime, vowels):
            # A syllable closed by a stop carries only the acute tone or the dot.
            for tone in (_ACUTE, _DOT) if stopped else _TONES:
                spoken = unicodedata.normalize("NFC", rime[: at + 1] + tone + rime[at + 1 :])
                found.update(onset + spoken for onset in onsets)
    return frozenset(found)


def _tone_places(rime: str, vowels: int) -> tuple[int, ...]:
    marked = [at for at, letter in enumerate(rime) if letter in _MARKED]
    if marked:
        return (marked[-1],)
    if vowels == 1:
        return (0,)
    if len(rime) > vowels:
        return (vowels - 1,)
    if vowels == 3:
        return (1,)
    return (0, 1) if rime in ("oa", "oe", "uy", "ia", "ua") else (0,)


def is_syllable(word: str) -> bool:
    """Whether ``word`` (NFC, any case) could be a Vietnamese syllable."""
    return word.lower() in syllables()
