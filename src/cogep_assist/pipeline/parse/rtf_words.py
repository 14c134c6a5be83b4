"""The control words of RTF that matter to what a reader sees (RTF Specification 1.9.1)."""

# Groups whose text is no part of the document, or is read elsewhere.
_SILENT_TEXT = """
annotation atnauthor atnid atrfend atrfstart bkmkend bkmkstart colorschememapping comment
datafield datastore docvar factoidname falt fldinst fontemb fontfile footer footerf footerl
footerr ftncn ftnsep ftnsepc generator header headerf headerl headerr hlinkbase latentstyles
listlevel listoverridetable listpicture listtable nonesttables nonshppict objclass objdata
objname objsect objalias panose passwordhash pgdsctbl pict pn private propname protusertbl
revtbl rsidtbl rxe shppict sn sp staticval sv tc template themedata txe userprops wgrffmtfilter
xe xmlattrname xmlattrvalue xmlnstbl xmlopen
"""
SILENT = frozenset(_SILENT_TEXT.split())
# Starred groups may be skipped by who does not know them; these hold what a reader sees.
STARRED_AND_SHOWN = frozenset({"shpinst", "nesttableprops"})
FACTS = {"title": "title", "author": "author", "subject": "subject", "keywords": "keywords"}
# Words that switch something on, or off with a zero; and words that carry a number.
SWITCHES = {
    "v": "hidden", "strike": "struck", "striked": "struck", "deleted": "struck",
    "intbl": "in_table",
}  # fmt: skip
NUMBERS = {"f": "font", "cf": "colour", "s": "style"}
SHADES = frozenset({"cbpat", "chcbpat", "highlight", "cb"})
CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ",
    "enspace": " ", "qmspace": " ",
}  # fmt: skip
SYMBOLS = {b"~": " ", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\t": "\t"}
# What a byte beyond ASCII means, by the character set that a font names.
CHARACTER_SETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 255: "cp850",
}  # fmt: skip
SYMBOL_SET = 2
BULLETS = {0xA7: "▪", 0xB7: "•", 0xD8: "►", 0xFC: "✓"}
ENCODINGS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
