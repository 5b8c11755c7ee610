"""The encoding of a text whose first lines are no UTF-8 and that has no byte order mark; and text that was encoded twice.

Enters: a file's head, read as UTF-8. Leaves: the encoding by which its letters make the likeliest words, and the head read by it. It
is never more than likely, so that nobody follows it unasked. One letter in the rows says nothing: a byte may be broken there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, pairwise

from meterlake.etl.conforming.opened_text import opened_text
from meterlake.etl.conforming.raw_format import FileHead
from meterlake.etl.guessing.column_words import is_known_word, words_of

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_HEADER_LINES, _MANY_LINES = 5, 3
_OF_A_WORD = 0.3
_CYRILLIC, _GREEK = r"[\u0400-\u0451]", r"[\u0386-\u03ce]"
_KANJI, _KANA, _HANGUL = r"[\u4e00-\u9fa5]", r"[\u3005\u3041-\u30fe]", r"[\uac00-\ud7a3]"
_WESTERN = "äöüßéèêëàâáãåæçíîïñóôòõøúûùìÄÖÜÉÈÀÁÅÆÇÍÑÓÔØÚ"
_CENTRAL = "áčďéěíňóřšťúůýžąćęłńśźżőűöüăâîşţđäôľĺŕÁČĎÉĚÍŇÓŘŠŤÚŮÝŽĄĆĘŁŃŚŹŻŐŰÖÜĂÂÎŞŢĐ"
_SIGNS = "°²³€£µ·\u2013\u2014\u2018\u2019\u201c\u201d«»№\u00d7\u00a0"
# The commoner of two that read a text equally well stands first; each with the letters that its languages have.
_CANDIDATES = {
    "cp1252": f"[{_WESTERN}]",
    "cp1250": f"[{_CENTRAL}]",
    "cp1251": _CYRILLIC,
    "cp1253": _GREEK,
    "cp932": f"{_KANJI}|{_KANA}",
    "euc_jp": f"{_KANJI}|{_KANA}",
    "gb18030": _KANJI,
    "cp949": _HANGUL,
    "big5": _KANJI,
    "koi8-r": _CYRILLIC,
    "cp866": _CYRILLIC,
    "cp850": f"[{_WESTERN}]",
    "mac-roman": f"[{_WESTERN}]",
}
# Of languages in whose scripts no header is understood otherwise.
_WORDS = re.compile(
    "日時|時刻|日付|時間|使用量|電力|電気|番号|メータ|电表|时间|日期|电量|用电|表号|户号|電表|時間|用電|일시|시간|날짜|사용량|계량|전력|전기"
    "|дата|время|сч[её]тчик|потребл|показан|энерги|расход|активн|ημερομην|κατανάλωσ|μετρητ|ενέργει|παροχ"
)
_TWICE = re.compile("[\u00c2-\u00f4](?:[\u0080-\u00bf\u20ac\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u2122])+")


def told_encoding(head: FileHead) -> str | None:
    """Return the encoding that a file's first lines can be read by, where they are no UTF-8; None where they are."""
    if head.kind != "csv" or head.encoding != "utf-8":
        return None
    broken = [place for place, line in enumerate(head.lines) if _REPLACEMENT in line]
    if not broken or (broken[0] >= _HEADER_LINES and len(broken) < _MANY_LINES):
        return None
    read = {encoding: head_in(head, encoding).lines for encoding in _CANDIDATES}
    return max(read, key=lambda encoding: _likelihood("\n".join(read[encoding]), _CANDIDATES[encoding]))


def _likelihood(text: str, letters: str) -> float:
    """Return how well a text reads: the share of its letters that its languages have, and more for words that are known."""
    others = re.findall(r"[^\x00-\x7f]", text)
    told = [letter for letter in others if letter not in _SIGNS]
    if not others or _REPLACEMENT in text:
        return -1.0
    own = sum(bool(re.fullmatch(letters, letter)) for letter in told)
    known = {word for word in words_of(text) if is_known_word(word)} | set(_WORDS.findall(text.lower()))
    # Nobody writes a capital behind a small letter.
    odd = sum(first.islower() and letter.isupper() and letter in told for first, letter in pairwise(text))
    share = (own - 0.3 * odd) / len(told) if told else 1.0
    return share + _OF_A_WORD * len(known)


def head_in(head: FileHead, encoding: str) -> FileHead:
    """Return a head as another encoding reads it."""
    try:
        with opened_text(head.path, encoding) as stream:
            lines = tuple(line.rstrip("\r\n") for line in islice(stream, len(head.lines)))
    except (OSError, ValueError):
        return head
    return replace(head, lines=lines)


def encoded_twice(head: FileHead) -> tuple[str, str] | None:
    """Return some letters that UTF-8 was written of twice, and what they were: `Ã¤` is ä; None where there are none."""
    for line in head.lines:
        for found in _TWICE.findall(line):
            try:
                was = found.encode("cp1252").decode()
            except ValueError:
                continue
            return found, was
    return None
