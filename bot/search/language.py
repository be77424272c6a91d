"""Which language a question is in, by its commonest words: enough to tell French, Spanish and German from English."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from bot.search.words import STOP_WORDS
from bot.text import fold


class Language(StrEnum):
    """A language other than English that a question may be in, by its English name."""

    FRENCH = "French"
    SPANISH = "Spanish"
    GERMAN = "German"


COMMON = {
    Language.FRENCH: frozenset(
        """au aux avec ces cet cette chez combien dans depuis donc dont elle elles envers est etre eux faut ils je leur
        leurs lorsque lui mais meme mes moins nos notre nous ont ou par parce pas pendant peut peuvent pour
        pourquoi quand que quel quelle quelles quels qui quoi sa sans se ses sont suis tous toute toutes tres
        trop une vers vos votre vous apres avant entre contre bien aider anxiete deuil efficace enfant enfants
        etudes facteurs femmes hommes jeunes patiente patientes psychologue psychologues psychotherapeute
        psychotherapeutes psychotherapie resultats seance seances therapeute therapeutes therapeutique
        therapeutiques therapie therapies traitement traitements troubles""".split()
    ),
    Language.SPANISH: frozenset(
        """ante como con cual cuales cuando cuanto cuanta desde donde durante ella ellas ellos entre esa ese eso esta estan
        este esto fue hace hacer hacia han hasta hay las les mas mejor mi mis muy nada nos otra otro para pero
        por porque que quien se ser sin sobre su sus tambien tengo tiene tienen toda todo todos una uno unos
        puede pueden sirve hago despues alianza ansiedad cliente clientes depresion efectos empatia formacion
        mujeres ninos paciente pacientes psicologo psicologos psicoterapia psicoterapeuta psicoterapeutas
        relacion resultados sesion sesiones terapeuta terapeutas terapeutica terapeutico terapia terapias
        tratamiento tratamientos trastorno trastornos""".split()
    ),
    Language.GERMAN: frozenset(
        """aber als auch auf aus bei beim bin bis das dass dem den der des die dies ein eine einem einen einer eines es fur
        gibt haben hat hilft ich ihr ihre ist kann kein keine konnen mein meine mich mir mit nach nicht noch
        oder ohne sein sich sie sind soll uber und uns vom von vor wann warum was welche wenn wer werden wie
        wird wo zu zum zur bedeutung behandlung beziehung erfolg klient klienten klientin patienten patientin
        psychotherapie sitzung sitzungen therapeut therapeuten therapeutin therapie therapien""".split()
    ),
}
"""Common words of each language, and of this field in it (folded)."""
PARTICLES = {
    Language.FRENCH: frozenset("ce comment d de des du en et il j l la le les ma me mon n ne on qu si son sur un".split()),
    Language.SPANISH: frozenset("a al de del el en e es la le lo los me no o si son un y ya".split()),
    Language.GERMAN: frozenset("am an im in so van".split()),
}
"""Small words that names, loan words or English have too ("de Haan", "El Paso"): each counts for half a word."""
LEAST = 1.0
"""What the words of the other language must count for, at least, beyond those of English."""
SHARE = 0.5
"""The least share of words that are common in the other language or unknown to English."""
_WORD = re.compile(r"[a-z]+")
_CITED = re.compile(r"\bet al\b")


def language_of(text: str, is_english: Callable[[str], bool]) -> Language | None:
    """Return the language of a question that is plainly not in English, or None. `is_english` tells whether a (folded) word
    is English or one of the library's.
    """
    words: list[str] = _WORD.findall(_CITED.sub(" ", fold(text)))
    known = [len(word) > 1 and is_english(word) for word in words]
    if all(known):
        return None
    best, most = None, LEAST
    for language, common in COMMON.items():
        particles = PARTICLES[language]
        foreign = sum(word in common or word in particles or not english for word, english in zip(words, known, strict=True))
        if foreign < SHARE * len(words):
            continue
        evidence = sum(1.0 if word in common else 0.5 if word in particles else 0.0 for word in words)
        evidence -= sum(len(word) > 1 and word in STOP_WORDS - common - particles for word in words)
        if evidence > most:
            best, most = language, evidence
    return best
