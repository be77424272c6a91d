"""A small glossary of the field: what a question in French, Spanish or German asks for, word by word, in English.

Enough to find what plain questions ask about without the extra `meaning`; no translation. A word that is not in it stays as
it is and counts as one that no summary has.
"""

from __future__ import annotations

import re

from bot.search.language import COMMON, PARTICLES, Language
from bot.text import fold

_FRENCH = """
abandon=drop out|abord=first|absence=no show|absent=no show|abus=misuse|accident=accident|accord=agreement
ado=adolescent|adolescen=adolescent|affaibl=weaken|age=older adults|aider=help|alcool=alcohol|alliance=alliance
alliances=alliance|amelior=improve|ameliorer=improve|analyse=analysis|angoiss=anxiety|annul=cancels|ans=years
anxiet=anxiety|anxieux=anxious|apaise=relief|apport=effect|apprend=learn|apprendre=learn|arret=stop therapy
aspect=aspects|attachement=attachment|attente=expectations|attentif=attentive|autis=autism|autochtone=indigenous
baisse=decrease|bien=well|bloque=stuck|burnout=burnout|cabinet=in person|cauchemar=nightmares|centre=focus
centrer=focus|cerveau=brain|chaleureu=warm|clair=clarity|clarte=clarity|client=client|colere=angry|combien=how many
commun=common|compar=compare|competen=skills|comportemental=behavioural|comprendre=understand|compris=understood
confian=trust|confiance=confidence|conflit=conflict|confrontation=confrontation|consequence=effects|construi=build
consultation=session|couple=couple|critique=criticism|croire=believe|culture=cultural|debut=beginning
debutant=beginner|degrad=worsen|depress=depression|deprim=depressed|desaccord=disagreement|deterior=deterioration
deuil=grief|devoirs=homework|difference=difference|diminu=reduce|distance=remote|dix=ten|dommage=harm|doute=self doubt
drogue=drugs|durable=lasting|duree=length|echec=failure|ecoute=listening|ecran=screen|effet=effects|efficac=effective
eleve=high|emotion=emotions|empathi=empathy|empir=get worse|empirer=get worse|enfant=children|ennui=bored
enquete=survey|ensemble=together|entretien=interview|equipe=team|erreur=mistake|essai=trial|etude=study|etudes=studies
etudiant=trainee|evaluation=rating|evolu=change|exercice=exercises|experience=experience|experiment=experienced
expert=experts|explication=explanation|explique=explain|expliquer=explain|exposition=exposure|face=face to face
fache=angry with me|facteur=factors|faible=weak|famil=family|femme=women|fin=ending|force=strength|formation=training
former=train|fort=strong|frequen=frequent|futur=future|gener=general|general=general|generaliste=primary care
gravite=severity|groupe=group|guerir=recover|habilet=skills|homme=men|hopital=hospital|humeur=mood|humilite=humility
image=video|incompeten=incompetent|infidel=infidelity|inflexib=rigid|ingredient=ingredients|insomni=insomnia
intern=intern|internet=online|interpersonnel=interpersonal|interrompre=drop out|involontaire=unintentional|jeune=young
larmes=tears|lien=relationship|ligne=online|liste=list|longtemps=long|maladie=illness|malentendu=misunderstanding
manuel=manual|mauvais=bad|medecin=physician|medical=medical|medicament=medication|meilleur=better|mensonge=lying
mere=mother|meta=meta|methode=method|microagression=microaggression|minorit=minority|mort=death|motivation=motivation
negati=negative|negatif=negative|noir=black|non verbal=nonverbal|nuire=harm|nuisible=harmful|nuit=harm|objectif=goals
offens=offensive|panique=panic|parent=parents|parl=talk|parti=left|partir=leave|patient=patient|perception=perception
percevoir=empathic accuracy|perdu=lost|pere=father|personnalit=personality|perte=loss|peur=fear|pire=worse
pleur=crying|pouvoir=power|praticien=practitioner|pratique=practice|precoce=early|predi=predict|prematur=premature
premier=first|presentiel=in person|prevenir=prevent|probleme=problem|proces=process|professionnel=professional
progres=progress|propos=remarks|prouv=proven|psychodynamique=psychodynamic|psychologue=psychologist
psychotherap=psychotherapy|psychotherapeut=therapist|qualit=qualities|quitt=drop out|raci=race|racis=racist
randomis=randomised|rapport=relationship|recherche=research|reconnaitre=recognise|reduire=reduce|regard=regard
relation=relationship|relationnel=relationship|rencontre=meeting|rendez=appointment|renforc=strengthen|repar=repair
resist=resistance|resoudre=resolve|ressent=feel|resultat=outcome|reussi=success|rigid=rigid|rumin=rumination
rumination=rumination|rupture=rupture|schizophren=schizophrenia|seance=session|sentent=feel|sentiment=feelings
sentir=feel|separation=divorce|sequelle=lasting negative effects|silenc=silent|soi=self|soign=heal|soignant=clinician
soin=care|somatique=somatic|sommeil=sleep|souffr=suffering|soulage=relief|soutien=supportive|stagiaire=trainee
stress=stress|suffi=enough|suicid=suicide|suite=after|suivant=next|suivi=therapy|supervis=supervision
superviseur=supervisor|symptom=symptoms|technique=techniques|teleconsultation=telehealth|telephon=telephone
telepsych=telepsychology|telethera=teletherapy|temps=time|terminer=ending|therapeut=therapist|therapi=therapy
trait=trait|traitement=treatment|trauma=trauma|travail=work|trouble=disorder|utile=helpful|video=video
videoconference=videoconferencing|vieux=older adults|violence=violence|visio=videoconferencing
visioconference=videoconferencing|vrai=true
"""
_SPANISH = """
abandon=drop out|adolescen=adolescent|alcohol=alcohol|aleatori=randomised|alianza=alliance|analisis=analysis
anos=years|ansiedad=anxiety|ansios=anxious|apoyo=supportive|aprend=learn|ataque=attack|atascad=stuck|autis=autism
ayuda=help|bloquead=stuck|calid=warm|calidad=quality|cambio=change|cancela=cancels|causa=cause|cliente=client
competen=skills|comun=common|confianza=confidence|conflict=conflict|confront=confrontation|conmigo=with me
construi=build|creencia=belief|creer=believe|cuant=how many|cultura=cultural|cultural=cultural|danin=harmful|dano=harm
debil=weak|debilit=weaken|deja=drop out|dejan=drop out|dejar=drop out|depresi=depression|deprimid=depressed
deterior=deterioration|diferencia=difference|duda=self doubt|dudo=self doubt|duelo=grief|dura=last|duradero=lasting
efecto=effects|eficac=effective|emocion=emotions|empat=empathy|empeor=get worse|enfad=angry|enoj=angry|enojo=angry
ensayo=trial|entrenamiento=training|error=mistake|escuch=listening|espera=waiting|estilo=style|estudiante=trainee
estudio=study|exito=success|experiencia=experience|experto=experts|explica=explain|factor=factors|familia=family
formacion=training|fracaso=failure|frecuen=frequent|fuerza=strength|grupo=group|habilidad=skills|hombre=men
hospital=hospital|humildad=humility|inexpert=novice|insomni=insomnia|jovenes=young|lagrimas=tears|linea=online
lista=list|llanto=crying|llor=crying|llora=crying|medic=physician|medicacion=medication|mejor=better|mejora=improve
meta=meta|metodo=method|microagresion=microaggression|miedo=fear|minoria=minority|motivacion=motivation|muerte=death
mujer=women|negativ=negative|nino=children|novato=novice|objetivo=goals|ofens=offensive|paciente=patient|padre=parents
panico=panic|pantalla=screen|pareja=couple|peor=worse|percib=empathic accuracy|perdida=loss|persona=person
personalidad=personality|pesa=strength|poder=power|practica=practice|predi=predict|presencial=in person|primer=first
problema=problem|pronto=early|proxim=next|psicodinamic=psychodynamic|psicolog=psychologist|psicoterapeut=therapist
psicoterapi=psychotherapy|rabia=anger|raci=race|racis=racist|recai=relapse|relacion=relationship|repar=repair
result=outcome|rigid=rigid|rumi=rumination|rumia=rumination|ruptura=rupture|segur=safe|sentimiento=feelings
sesion=session|siguiente=next|silenci=silent|sintoma=symptoms|sirve=effective|sueno=sleep|suficiente=enough
suicid=suicide|supervis=supervision|tarea=homework|tecnica=techniques|telefon=telephone|telepsicolog=telepsychology
teleterapi=teletherapy|terapeut=therapeutic|terapeuta=therapist|terapi=therapy|termina=ending|terminacion=termination
trabajo=work|trastorno=disorder|tratamiento=treatment|trauma=trauma|video=video|videoconferencia=videoconferencing
videollamada=video call|vinculo=bond|violencia=violence
"""
_GERMAN = """
abbrech=drop out|abbruch=drop out|abbruche=drop out|alkohol=alcohol|allianz=alliance|angst=anxiety|angstlich=anxious
arger=anger|ausbildung=training|autis=autism|bearbeit=process|behandlung=treatment|beziehung=relationship
bindung=attachment|brech=drop out|brich=drop out|bruch=rupture|bundnis=alliance|depress=depression|effekt=effects
einfuhlung=empathy|eltern=parents|empath=empathy|erfahr=experience|erfolg=outcome|ergebnis=outcome|erklar=explain
essstorung=eating disorder|evidenz=evidence|faktor=factors|familie=family|fehler=mistake|forschung=research|frau=women
fruh=early|gefuhl=feelings|genug=enough|grubel=rumination|gruppe=group|hausaufgabe=homework|hilf=help|hilft=help
hoffnung=hope|jahr=years|jugendlich=adolescent|kind=children|klient=client|kompeten=skills|konflikt=conflict
konfrontation=confrontation|kraft=strength|krise=crisis|kultur=cultural|macht=power|mann=men|medikament=medication
metaanalyse=meta analysis|methode=method|mikroaggression=microaggression|minderheit=minority|misserfolg=failure
nachste=next|nebenwirkung=adverse effects|negativ=negative|online=online|paar=couple|panik=panic|patient=patient
personlichkeit=personality|psychodynamisch=psychodynamic|psychologe=psychologist|psychotherapeut=therapist
psychotherapi=psychotherapy|qualitat=quality|rassis=racist|reparatur=repair|reparier=repair|rigid=rigid
ruckfall=relapse|schad=harm|schaden=harm|schadlich=harmful|schlaf=sleep|schlechter=worse|schweig=silent
selbstzweifel=self doubt|sitzung=session|starke=strength|starr=rigid|storung=disorder|stunde=session|suizid=suicide
supervis=supervision|symptom=symptoms|technik=techniques|telefon=telephone|therapeut=therapist
therapeutisch=therapeutic|therapi=therapy|trane=tears|trauer=grief|trauma=trauma|unterstutz=supportive|verander=change
verargert=angry|verbesser=improve|verschlechter=deterioration|vertrauen=confidence|video=video
videosprechstunde=video therapy|vorzeitig=premature|warteliste=waiting list|wartezeit=waiting list|wein=crying
weint=crying|wirk=effective|wirksam=effective|wut=anger|wutend=angry|ziel=goals|zoom=zoom|zufall=random
zusammenhang=association|zweifel=self doubt
"""


def _entries(table: str) -> dict[str, str]:
    return dict(entry.split("=") for entry in table.replace("\n", "|").strip("|").split("|"))


_GLOSSARY = {
    Language.FRENCH: _entries(_FRENCH),
    Language.SPANISH: _entries(_SPANISH),
    Language.GERMAN: _entries(_GERMAN),
}
_SMALL = frozenset(
    """
    ai aller ca cela dire dis dit doit dois eu fait faire fais faites font fois ici juste mettre oui non peux peut quoi rien
    sait savoir va vais vont veut voir algo asi cada da dar decir dice eso hacen hecho mucho poco podria qual si siempre vez
    ya darf denn doch dann etwas immer mal mehr muss nur schon sehr sollte tun viel
    """.split()
)
_ASKS = frozenset(
    """
    quel quelle quels quelles comment pourquoi combien quand qui quoi que qu est sont cual cuales como cuando cuanto cuanta
    quien por es son was warum welche welcher welches wann wer wie wo ist sind hilft
    """.split()
)
_WORD = re.compile(r"[a-z0-9]+")
_LEAST = 3
"""Letters of the shortest beginning by which a word is known."""


def in_english(text: str, language: Language) -> str:
    """Return the words of a question in English, as far as the glossary has them; small words are left out. What asks
    something begins with "what": it does not only name a subject.
    """
    known = _GLOSSARY[language]
    words: list[str] = _WORD.findall(fold(text))
    found = [] if _ASKS.isdisjoint(words) else ["what"]
    for word in words:
        start = next((word[:end] for end in range(len(word), _LEAST - 1, -1) if word[:end] in known), None)
        if start:
            found.append(known[start])
        elif len(word) > 1 and word not in _SMALL and word not in COMMON[language] and word not in PARTICLES[language]:
            found.append(word)
    return " ".join(found)
