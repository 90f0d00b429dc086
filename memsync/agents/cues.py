"""What sounds like something to remember, in what a person typed. Pure.

A table of phrases, which may miss. It only decides what a person is asked about: nothing is
believed, kept or refused for a word in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from memsync.agents.spoken import parts

MOST_PROMPT: Final = 16 * 1024  # characters; nobody types more in one go
MOST_STATEMENT: Final = 1000
MOST_OF_A_PROMPT: Final = 10
_FEWEST_LETTERS: Final = 2  # beside the phrase

CUES: Final = {
    "English": """
        remember|don't forget|do not forget|keep in mind|note that|for the record|fyi|
        from now on|from here on|going forward|in future|in the future|for future reference|
        next time|every time|whenever|as a rule|by default|the rule is|
        always|never|under no circumstances|no longer|not anymore|not any more|
        stop using|stop doing|stop asking|stop adding|please don't|please do not|don't ever|avoid|
        i prefer|i'd prefer|i would prefer|we prefer|i like|i love|i hate|i dislike|i don't like|
        i do not like|i can't stand|i'd rather|i want you to|i'd like you to|my preference*|
        my name is|my name's|call me|i'm a|i am a|i'm an|i am an|i work|i live in|i'm based|
        my job|my role|my team|my company|my employer|my timezone|my time zone|my birthday|
        my pronouns|my editor|my wife|my husband|my partner|my boss|
        we use|we don't use|we do not use|we switched|we moved|we decided|we agreed|
        our convention*|our policy|our rule*|our team""",
    "German": """
        merk dir|merke dir|denk daran|denk dran|vergiss nicht|nicht vergessen|
        ab jetzt|ab sofort|von nun an|von jetzt an|in zukunft|zukünftig|künftig|nächstes mal|
        immer|nie|niemals|nie wieder|nicht mehr|grundsätzlich|standardmäßig|generell|jedes mal|
        bitte kein*|bitte nicht|hör auf|vermeide|
        ich bevorzuge|ich mag|ich hasse|ich möchte|ich will|mir ist lieber|lieber|
        ich heiße|mein name|ich bin ein|ich bin eine|ich arbeite|ich wohne|mein team|meine firma|
        wir nutzen|wir verwenden|wir benutzen|wir haben beschlossen|unsere regel*""",
    "French": """
        souviens-toi|rappelle-toi|retiens|n'oublie pas|note que|garde en tête|
        désormais|dorénavant|à partir de maintenant|à l'avenir|la prochaine fois|par défaut|
        toujours|jamais|plus jamais|chaque fois|évite|arrête de|
        je préfère|j'aime|je n'aime pas|je déteste|je veux que|je voudrais que|
        je m'appelle|mon nom est|je suis un|je suis une|je travaille|j'habite|mon équipe|
        nous utilisons|on utilise|nous avons décidé|on a décidé|notre règle""",
    "Spanish": """
        recuerda|recuerde|acuérdate|no olvides|ten en cuenta|toma nota|
        de ahora en adelante|a partir de ahora|en adelante|en el futuro|la próxima vez|
        por defecto|siempre|nunca|jamás|nunca más|cada vez|evita|deja de|
        prefiero|me gusta|no me gusta|odio|quiero que|me gustaría que|
        me llamo|mi nombre es|soy un|soy una|trabajo en|trabajo como|vivo en|mi equipo|
        usamos|no usamos|decidimos|nuestra regla""",
    "Japanese": """
        覚えて|忘れないで|今後|これから|以後|次回から|必ず|常に|いつも|毎回|絶対|決して|禁止|
        しないで|ないでください|ないように|使わないで|やめて|原則|
        好き|嫌い|好み|方がいい|私は|僕は|俺は|私の名前|名前は|に住んで|で働いて|
        使っています|使うこと|ルール|方針""",
    "Chinese": """
        记住|記住|记得|記得|别忘|別忘|以后|以後|今后|今後|从现在起|從現在起|从现在开始|
        從現在開始|下次|总是|總是|始终|始終|永远|永遠|从不|從不|绝不|絕不|不要再|别再|別再|
        不要用|不要使用|务必|務必|必须|必須|禁止|每次|默认|默認|
        我喜欢|我喜歡|我不喜欢|我不喜歡|我更喜欢|我偏好|我讨厌|我討厭|我希望你|
        我叫|我的名字|我是一|我住在|我们用|我們用|我们使用|我們使用|我们决定|我們決定|规则|規則""",
}
"""Phrases by language; `*` stands for the rest of a word."""

_QUOTED: Final = (">", "|", "```", "$ ", "#!", "//")  # somebody else's line, or code
_ASKS: Final = ("?", "？", "؟")


def _folded(text: str) -> str:
    """One spelling: case, accents as one sign, one kind of apostrophe, single spaces."""
    plain = unicodedata.normalize("NFC", " ".join(text.split())).casefold()
    return plain.replace("’", "'")


def _is_spaced(phrase: str) -> bool:
    """Whether its script has spaces between words."""
    return unicodedata.east_asian_width(phrase[0]) != "W"


def _pattern(phrase: str) -> str:
    words = re.escape(_folded(phrase).rstrip("*"))
    return rf"(?<!\w){words}" + ("" if phrase.endswith("*") else r"(?!\w)")


def _by_beginning() -> Mapping[str, re.Pattern[str]]:
    """The phrases as one pattern for each beginning of a word that they begin with."""
    found: dict[str, list[str]] = {}
    for phrase in filter(_is_spaced, _PHRASES):
        begin = _WORD.findall(_folded(phrase))[0][:_BEGIN]
        found.setdefault(begin, []).append(_pattern(phrase))
    return {begin: re.compile("|".join(patterns)) for begin, patterns in found.items()}


_WORD: Final = re.compile(r"\w+")
_PHRASES: Final = tuple(phrase.strip() for row in CUES.values() for phrase in row.split("|"))
_BEGIN: Final = 3  # letters; a phrase that goes on (`*`) has as many before its star
_SPACED: Final = _by_beginning()
_UNSPACED: Final = re.compile(
    "|".join(re.escape(_folded(phrase)) for phrase in _PHRASES if not _is_spaced(phrase))
)
_EASTERN: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def _cue(plain: str) -> re.Match[str] | None:
    """The first phrase of the table in a folded text, or None. Most texts have none, and most of
    them are told by how their words begin.
    """
    begins = _SPACED.keys() & {word[:_BEGIN] for word in _WORD.findall(plain)}
    found = [_SPACED[begin].search(plain) for begin in begins]
    if _EASTERN.search(plain):
        found.append(_UNSPACED.search(plain))
    return min((match for match in found if match is not None), key=re.Match.start, default=None)


def to_remember(prompt: str) -> list[str]:
    """The statements of a prompt that sound like something to remember, whole, as typed."""
    if len(prompt) > MOST_PROMPT or _cue(_folded(prompt)) is None:
        return []
    statements = (part.strip() for part in parts(prompt))
    return [text for text in statements if _is_cued(text)][:MOST_OF_A_PROMPT]


def _is_cued(statement: str) -> bool:
    if len(statement) > MOST_STATEMENT or statement.startswith(_QUOTED):
        return False
    if statement.rstrip("\"'”’)] ").endswith(_ASKS):
        return False
    plain = _folded(statement)
    cue = _cue(plain)
    if cue is None:
        return False
    rest = plain[: cue.start()] + plain[cue.end() :]
    return sum(c.isalpha() for c in rest) >= _FEWEST_LETTERS
