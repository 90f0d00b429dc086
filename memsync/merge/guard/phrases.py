"""The words that replies go wrong with: patterns only, one alternative a line.

Each stands for replies that were seen (facts/reliability.md, section 5.2). They are tried on what a
reply brought, never on what the old memory or a note says. Every repeat is bounded: hostile replies
stay cheap.
"""

from __future__ import annotations

import re
from typing import Final


def _one_of(*alternatives: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives), flags)


_DOING: Final = (
    r"(?:updated|merged|added|incorporated|integrated|preserved|kept|applied|reflected|removed|moved|demoted|made"
    r"|reviewed|included|left|noted|saved|recorded|folded|returned|combined)"
)
_EDITS: Final = r"(?:changes|updates|edits|modifications)"
_THE_FILE: Final = r"(?:memory|file|session notes|notes|sections?|constraints|changes)"
_ME: Final = rf"\b(?:I|I've|I have|I'll|I will|we|we've) (?:have |also |then )?{_DOING}\b(?! (?:my|our)\b)[^\n]{{0,200}}"
_CANNOT: Final = r"\bI(?: can't| cannot| can not| won't| will not| am unable to|'m unable to| am not able to|'m not able to)"

LABELS: Final = _one_of(
    r"(?-i:(?:CURRENT|UPDATED) GLOBAL MEMORY|SESSION NOTES)\b",
    r"(?:(?:current|updated) global memory|session notes):\s*$",
    r"The user edited the memory by hand: lines with",
)

MARKERS: Final = _one_of(
    r"^(?:<{7}|>{7}|\|{7})(?: |$)",
    r"^@@ -?\d|^@@ .{1,80} @@",
    r"^diff --git |^index [0-9a-f]{7,40}\.\.",
    r"^--- a?/|^--- \S{1,200}\.md\b|^\+\+\+ ",
    r"^\+(?:[-*>|]|#{1,6}) \S|^-(?:\*|#{1,6}) \S",
    r"^\\ No newline at end of file",
)

_LEFT: Final = (
    r"(?:rest|remainder|remaining|existing|previous|everything else|unchanged|omitted|truncated|continues|snip"
    r"|unmodified|as is|brevity|same as|all other|other (?:sections?|entries|items|lines|content))"
)
_PART: Final = (
    r"(?:contents?|sections?|lines?|entries|items|text|memory|constraints|preferences|priorities|bullets|file|here"
    r"|unchanged)"
)
_AS_IS: Final = r"(?:as[- ]is|as (?:it|they) (?:is|are|was|were)|the same)"
_ASIDE: Final = (
    r"(?:unchanged|unmodified|not (?:changed|modified|shown)|no (?:other |further )?(?:changes?|updates?|edits)\b"
    r"|omitted|truncated|snip|(?:is |are )?continue[sd]|retained|preserved"
    rf"|(?:kept|left|stays?|remains?|are|is) (?:exactly |entirely )?{_AS_IS}"
    r"|same as (?:before|above|original|previous|the|in)|as (?:before|above)"
    r"|see (?:above|below|previous|earlier|original)|keep (?:existing|all|the rest)\b|\d{1,4} more\b|rest of"
    r"|everything else"
    rf"|(?:rest|remaining|existing|previous|original|all other) (?:\w{{1,30}} ){{0,3}}{_PART}\b)"
)
_SAME: Final = (
    r"(?:unchanged|omitted|unmodified|as[- ]is|as before|truncated|not shown"
    r"|(?:remains?|stays?|is|are) (?:exactly )?the same)\b"
)
_DOTS: Final = r"(?:\.{3,9}|…)"

# A line that is nothing but this.
ELISIONS: Final = _one_of(
    rf"^\W*(?:{_DOTS}|\[snip\]|<snip>)\W*$",
    rf"^\W*{_DOTS}\s*[\[(]?[^.\n]{{0,40}}\b{_LEFT}\b",
    rf"^\W*[\[(<{{][^\])>}}\n]{{0,60}}\b{_LEFT}\b[^\])>}}\n]{{0,60}}{_DOTS}\W*$",
    rf"^\W*(?:(?:the|this|all|of|rest|other|remaining|everything|is|are|was|remains?|stays?|{_PART})\s+){{0,8}}"
    r"(?:unchanged|no changes?(?: (?:to|in) this section| needed)?|same as (?:before|above)|as (?:before|above)"
    r"|(?:omitted|truncated)(?: for brevity)?)\W*$",
    r"^\W*[\[(][^)\]\n]{0,80}\b(?:unchanged|omitted|no changes?|same as before|as before|truncated)[)\]]\W*$",
    r"\b(?:omitted|truncated|shortened|abbreviated|skipped) for (?:brevity|length|space)\b",
    r"^\W*(?:keep|insert|see|copy|include) (?:the |all |your ){0,3}"
    rf"(?:rest|remaining|existing|previous|original|other)(?: \w{{1,30}}){{0,2}} {_PART}\W*$",
    r"^\W*(?:all |all of )?(?:the )?(?:rest|remainder|everything else"
    rf"|(?:other|remaining|existing|previous) (?:\w{{1,30}} ){{0,3}}{_PART})\b[^.\n]{{0,60}}\b{_SAME}",
    r"^\W*[\[(<{](?:the |all |your ){0,3}(?:existing|previous|original|remaining|rest of)"
    rf"(?: \w{{1,30}}){{0,3}} {_PART}\b[^\])}}>]{{0,80}}[\])}}>]?\W*$",
)

_REST: Final = r"(?:rest|reste|resto|restante\w?|übrige\w?|övrigt|overige|остальное|remaining|other|everything|all|nothing else)"
_AS_BEFORE: Final = (
    r"(?:unverändert|gleich|wie (?:bisher|oben|zuvor)|inchangée?s?|identiques?|igual(?:es)?|sin cambios|sem alterações"
    r"|inalterad[oa]s?|invariat[oaie]|uguale|senza modifiche|ongewijzigd|oförändrad\w?|uændret|uendret|без изменений"
    r"|как раньше|carr(?:y|ies|ied) over|untouched|intact|unaltered|changed?)"
)
_UNSPACED: Final = (
    r"(?:以下|以降|残り|他|その他)?(?:は|も)?(?:省略|同じ|同様|同上|中略|後略|略|変更なし|変更無し|変わらず|無変更)"
    r"|(?:其余|其他|剩余|剩下)?(?:的|内容|部分|各项){0,3}(?:保持)?(?:不变|不變|没有变化|無變化|相同|同上|省略|略)"
    r"|(?:나머지|이하)?(?:는|은)? ?(?:동일|생략|변경 없음)"
)

# The same, but a memory may say it, too: an elision where old lines went, and nothing elsewhere.
IN_THE_PLACE: Final = _one_of(
    r"^\W*(?:\.\.|⋯|(?:·\s?){2,9}|etc|and so (?:on|forth))\W*$",
    rf"^\W*{_DOTS}[^.\n]{{0,40}}\b(?:continued|more)\b",
    r"^\W*(?:ditto|idem|same|usw|u\.s\.w|osv|(?:and )?(?:\d{1,4} )?(?:more|others))\W*$",
    rf"^\W*(?:(?:\w{{1,12}} ){{0,2}}{_REST}(?: \w{{1,30}}){{0,3}} )?{_AS_BEFORE}\W*$",
    rf"^\W*(?:{_UNSPACED})\W*$",
    r"\b(?:copy|insert|paste|keep) (?:the )?(?:rest|remainder)\b",
    r"\bsee (?:the )?(?:previous|earlier|old|original|existing) (?:version|file|memory|list)\b",
    rf"^[^\w\[(<{{\n]*[\[(<{{][^\])>}}\n]{{0,80}}?(?<!\w){_ASIDE}[^\])>}}\n]{{0,80}}[\])>}}]*\W*$",
    rf"^\W*{_ASIDE}(?: (?:from|to|in|since|as) [\w ]{{1,40}})?\W*$",
)

# Said in passing, these may be a sentence of the memory as well.
LEFT_AS_IT_IS: Final = _one_of(
    rf"\s{_DOTS}\s*[\[(]?[^.\n]{{0,40}}\b{_LEFT}\b",
    rf"[\[(<{{][^\])>}}\n]{{0,60}}\b{_LEFT}\b[^\])>}}\n]{{0,60}}{_DOTS}\s*[\])>}}]",
    r"\b(?:rest|remainder|remaining|everything else|all (?:the )?other|other|existing|previous|above|below)\b"
    rf"[^.\n]{{0,60}}\b{_SAME}",
    r"^\W*(?:keep|insert|see|copy|include) (?:the |all |your ){0,3}"
    rf"(?:rest|remaining|existing|previous|original|other)(?: \w{{1,30}}){{0,2}} {_PART}\b",
    r"[\[(<{](?:the |all |your ){0,3}(?:existing|previous|original|remaining|rest of)"
    rf"(?: \w{{1,30}}){{0,3}} {_PART}\b[^\])}}>]{{0,80}}[\])}}>]",
)

# Wholly in brackets, or beginning with dots.
ENCLOSED: Final = _one_of(
    r"^[^\w\[(<{\n]*(?!.{0,9}\b(?:none|nothing|empty|n/a|tbd)\b)(?:\[[^\]\n]{1,200}\]|\([^)\n]{1,200}\)|<[^>\n]{1,200}>?|\{[^}\n]{1,200}\})\W*$",
    rf"^\W*{_DOTS}",
)

# In any line: these are said to a person about the file.
CHAT: Final = _one_of(
    rf"{_ME}\b(?:session notes|global memory|memory file|your memory|global_memory\.md|as requested)\b",
    r"\b(?:hope|trust) (?:this|that|it) helps\b",
    r"\bis there anything else\b",
    r"\bas an AI (?:language )?(?:model|assistant)\b",
    rf"{_CANNOT} (?:help with (?:that|this|the|your|merging|updating)|assist|comply|do (?:that|this|so)|fulfill?)\b",
    rf"{_CANNOT} (?:continue with|process|complete|update|merge|edit|modify|return|store|include) "
    rf"(?:that|this|these|those|the|your|any) (?:request|content|information|note|instruction|{_THE_FILE})\b",
)

# A list item that speaks of the notes may say these, too.
COURTESIES: Final = _one_of(
    r"\blet me know (?:if|whether|when) (?:you|there|this|that|any|anything|it)\b[^\n]{0,60}\b(?:like|want|need|else"
    r"|changes?|adjust\w{0,9}|further|questions?|help|look\w{0,3}|works?|prefer|edit\w{0,4}|more|wrong|missing|good)\b",
    r"\bI'm sorry,? but\b|\bI apologi[sz]e\b",
)

# In a line of prose at the top level: lists of a memory may well say these.
CHAT_IN_PROSE: Final = _one_of(
    rf"{_ME}\b(?:(?:the|your|this|these|all|any|both|no|other|existing) (?:\w{{1,30}} ){{0,2}}|{_DOING} ){_THE_FILE}\b",
    rf"^\W*(?:(?:key |main |summary of (?:the |all )?|list of )?{_EDITS}(?: made| applied| summary)?"
    r"|what(?: has|'s)? changed|change ?log|summary|notes? on (?:the )?(?:changes|merge|update)|explanation)\W*$",
    rf"^\W*(?:key |main |summary of (?:the )?)?{_EDITS} (?:made|applied|include)\b",
    r"^\W*(?:here (?:is|are)|here's|below is|this is) (?:the|your|an?|what)\b[^\n]{0,100}"
    r"\b(?:memory|file|version|update[sd]?|changes|content)\b",
    r"(?:^\W*|\b(?:the|this|your|all|these|both|session|global|updated|new) )"
    r"(?:memory|file|notes?|sections?|document|changes|content)\b[^\n]{0,100}"
    rf"\b(?:(?:has|have|had) been|was|were|is now|are now) (?:\w{{1,30}} )?{_DOING}\b",
    rf"^\W*{_DOING}\b[^\n]{{0,200}}\b(?:memory|file|notes?|sections?|session)\b",
    r"^\W*(?:would you like|do you want|want me to|shall I|should I|happy to|i'm happy to|i'd be happy|sorry)\b",
)

# In a line of prose, too, where a memory that speaks to Claude may say the same.
TO_THE_READER: Final = _one_of(
    r"^\W*(?:sure|certainly|of course|absolutely|okay|feel free to|please (?:let|note|review|confirm))\b",
    r"^\W*(?:note|nb|p\.?s\.?)\W{1,4}(?:I|the|no|all|this|some|since|as)\b",
)

# In prose behind everything that the memory had: words about the file, or to its reader.
CLOSING: Final = _one_of(
    r"\b(?:memory|files?|notes?|constraints?|changes?|changed|updated?|updates|sections?|document|contents?|above"
    r"|merged?|preserved|you|your|done|complete|completed|unchanged|anything|requested)\b",
    r"^\W*(?:end|eof|finished|ok|okay|all set)\W*$",
)

CHAT_IN_HEADING: Final = _one_of(
    rf"^(?:(?:key |main |summary of (?:the |all )?){_EDITS}|{_EDITS} (?:made|applied|summary)"
    r"|what(?: has|'s)? changed|summary|merge summary|merge notes|notes? on (?:the )?(?:changes|merge|update)"
    r"|explanation|session notes)\W*$",
)

_ANY_TAG: Final = (
    r"(?:think|thinking|reasoning|scratchpad|analysis|reflection|function_calls|invoke|parameter|tool_use|tool_calls?"
    r"|tool_result|tool_code|answer|system-reminder|artifact|document_content|file_content|global_memory"
    r"|updated_memory|memory_file|updated_file|updated_content|session_notes|current_memory)"
)
_WHOLE_TAG: Final = r"(?:memory|document|content|file|notes|output|response|result)"
TAGS: Final = _one_of(
    rf"</?(?:\w{{1,20}}:)?{_ANY_TAG}(?:\s[^<>]{{0,200}})?/?>",
    r"<\|[\w ]{1,30}\|>",
    rf"</{_WHOLE_TAG}>|^\s*<{_WHOLE_TAG}>\s*$",
)

# Before the file, these words introduce it.
INTRODUCTIONS: Final = _one_of(
    r"^\W*(?:here|below|sure|certainly|of course|okay|ok|done|updated|this is|global_memory)\b",
    r"^\W*the (?:updated|merged|new|following)\b",
    r"^\W*i(?:'ve| have|'ll| will)? (?:updated|merged|added|incorporated|integrated|kept|made|applied|return)\b",
)

_ABOUT: Final = (
    r"(?:the |this |your |global |memory |file |contents? |is |are |was |remains? |stays? |left |should |must |be |i m "
    r"|i am |i ve |i have |i |returned |return |returning |entirely |all ){0,12}"
)
_WHERE: Final = r"(?: (?:to|in) the (?:memory|file|memory file))?"
UNCHANGED: Final = _one_of(
    rf"{_ABOUT}(?:unchanged|unmodified|not changed|not modified)(?: unchanged)?",
    r"(?:there (?:are|were|is) )?(?:no|nothing)(?: meaningful| further| other)?"
    rf"(?: changes?| updates?| edits?| modifications?)?{_WHERE}(?: (?:is|are|was|were|has|have|to))?(?: been)?"
    rf"(?: needed| required| necessary| made| make| changed| detected| found| update| change)?{_WHERE}",
    r"(?:it |everything )?(?:is )?(?:already )?up to date",
    r"unverändert|keine änderungen?|inchangée?|aucun changement|sin cambios|sem alterações|nessuna modifica"
    r"|без изменений|(?:変更|変化)(?:なし|無し)|(?:没有|無|无)(?:变化|變化|更改|变更)|변경 없음",
)
