"""Words of plain English that carry little or nothing of a question. Hand-made for clinicians' questions."""

STOP_WORDS = frozenset(
    """
    a about above after again against aint all also although always am among an and any anybody anyone anything are arent
    around as asap ask at away b bc be because been before being below best better between both btw but by c can
    cannot cant cos could couldnt couldve coz cuz d did didnt do does doesnt doing dont down due dunno during e each
    eg either else etc even ever every
    everybody everyone f few for from further fyi g get gets getting gimme give given gives
    go goes going gonna got gotta h had has hasnt have havent having he hed hell her here hers herself hes hi him
    himself his hmm how however i id idk ie if ill im imo in into is isnt it itll its itself ive j just k kind kinda
    l lemme let lets like lol lot m made make makes making many may maybe me might more most much must my myself n
    need needs neither no nobody non nope nor not now o of off often oh omg on once one ones only onto or other others
    ought our ours out over own p per please pls plz pm ps put q quite r rather really regarding s same say says see
    seem seems shall she shes should shouldnt shouldve since so some somebody somehow someone something sometimes sorta still
    such t tbh tell than that thats the their theirs them themselves then there theres these they theyd theyre
    theyve thing things this tho those though through thru thus to too toward towards u uh um under until up upon ur
    us v versus very via vs w wanna want wants was wasnt wat way ways we well were werent weve what whats when whenever where
    argh damn ffs fml gah meh omfg sigh smh ugh wtf
    whether which while who whole whom whose why will with within without wont wot would wouldnt wouldve x y ya yea
    yeah yep yes yet you youd youll your youre yours yourself youve z
    """.split()
)
"""Left out of the index and of questions altogether."""

LIGHT_WORDS = frozenset(
    """
    actually afternoon afterwards ago almost already anyway apparently article articles asked asking awesome
    basically bit blog brilliant came case cases cheers come comes coming couple day days difference different
    evening evidence exactly explain feel feeling feels felt find finding findings finds first found full general
    good guess guy happen happened happens hard hear heard help helpful helping helps hour hours important info
    information issue keep keeps kept knew know known knows last lately later latest learn least left literature
    little long look looking looks main mate matter matters mean means minute minutes moment month monthly months
    morning near never new news next nice nothing number okay old open paper papers part past people person place
    point possible post pprnet predict predicted predicts
    pretty probably question questions quick quickly read reading recent recently recommend recommendation recommended
    report reported reports research result results right run said science
    scientific second seen session sessions set show showed showing shown shows small soon sort start started
    starting studies study stuff suddenly suggest suggestion suggestions summaries summary sure take taken takes
    taking talk talked talking telling tend thanks therapies therapist therapists therapy think thinking thinks
    third thought time times tip tips today together told tomorrow tonight took topic tried try trying turn turned
    two typical use used useful uses using usual usually week weeks went work worked working works worth write wrote
    year years yesterday client clients patient patients psychotherapist psychotherapists psychotherapy treatment
    treatments
    """.split()
)
"""Everyday and universal words of this field: they are searched, but weigh little, and missing one hardly matters."""

OWN_STEMS = {
    word: words.split()[0]
    for words in """
    adversity
    attachment attachments
    attendance
    authority authorities
    conversion
    critical critically
    department departments
    directive directives directiveness
    emergency emergencies
    expectation expectations expectancy expectancies
    experience experiences experienced experiencing
    generalized generalize generalization
    identical
    informal informally
    interpreter interpreters
    lately
    lateness
    majority majorities
    meaning meanings meaningful
    medication medications
    mentalize mentalizes mentalized mentalizing mentalization
    mindful mindfulness
    minority minorities
    moderator moderators moderation
    nationality nationalities
    offender offenders
    painful painfully
    personal personally
    personality personalities
    personalized personalize personalization
    position positions
    practical practically
    publication publications
    psychologist psychologists
    rational
    relative relatives
    remarkable remarkably
    responsible responsibility responsibilities
    responsive responsiveness
    several
    terminal terminally
    transference
    """.strip().splitlines()
    for word in words.split()
}
"""Words with a stem of their own, as the stemmer would join them with quite other words (personality with person, experience
with experiment, several with severe, medication with medical, transference with transfer); in American spelling.
"""
