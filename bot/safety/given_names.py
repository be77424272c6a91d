"""Given names, to distinguish "Sarah, 34," from "Depression, 34,". Hand-made: common ones of the places this bot is made
for.

A name that is missing here is still taken for one when it is capitalised and no English word.
"""

NAMES = frozenset(
    """
    aaliyah aaron abby abdul abdullah abigail adam addison adele adrian agnes ahmad ahmed aidan aiden aileen aisha alan
    alana albert alejandra alejandro aleksandra alessandro alex alexa alexander alexandra alexis alfred ali alice alicia
    alina alison allan allison alyssa amanda amar amber amelia amina amir amira amit amy ana anastasia anders andre andrea
    andreas andrew andy angela angelina angie anika anil anita ann anna annabelle anne annette annie anthony antoine anton
    antonio anya ariana arjun arthur arturo asha ashley astrid aurora austin ava ayesha barbara barry beatrice becky ben
    benjamin bernadette bernard beth bethany betty beverly bianca billy bobby brad bradley brandon brenda brendan brett
    brian bridget brittany bruno bryan caitlin caleb callum cameron camila camille cara carina carl carla carlos carmen
    carol carole caroline carolyn carrie catherine cathy cecilia chantal charles charlie charlotte chelsea cheryl chloe
    chris christian christina christine christoph christopher cindy claire clara claudia clive colin colleen connor conor
    corey courtney craig cristina crystal cynthia daisy damian damien daniel daniela danielle danny daphne darius darren
    dave david deborah debbie declan deepak deirdre denise dennis derek desmond diana diane diego dieter dimitri dina dmitri
    dolores dominic donald donna doris dorothy douglas duncan dylan ebony eddie edith edward eileen elaine eleanor elena
    eli elias elijah elisa elise elizabeth ella ellen ellie elsa emil emilia emily emma eric erica erik erika erin esther
    ethan eugene eva evan evelyn fabian fatima felicia felix fernando fiona florence frances francesca francis francisco
    francois freddie frederick freya gabriel gabriela gabrielle gareth gavin gemma geoff geoffrey george georgia georgina
    gerald geraldine gerard gillian gina giorgio giovanni giulia gloria gordon graham greg gregory greta gustavo guillaume
    hamid hannah harold harriet harry hassan heather hector heidi helen helena helga henry herbert hiroshi holly howard hugh
    hugo ian ibrahim ibtisam imani imran ines ingrid irene iris isaac isabel isabella isabelle isla ivan jackie jacob
    jacqueline jacques jaden jake jamal james jamie jan jana jane janet janice jared jasmin jasmine jason javier jayden
    jean jeanette jeff jeffrey jelena jenna jennifer jenny jeremy jerome jesse jessica jill jillian jim jimmy joan joana
    joanna joanne jodie joe joel johan johanna john johnny jonas jonathan jordan jorge jose joseph josephine josh joshua
    joyce juan juanita judith judy julia julian juliana julie juliet justin kaitlyn kamal karen karim karin karl karla kate
    katarina katherine kathleen kathryn kathy katie katrina kayla keisha keith kelly kelsey ken kendra kenji kenneth kerry
    kevin khadija khalid kieran kim kimberly kiran kirsten klaus kofi kristen kristina kristin kumar kyle lakshmi lana lara
    larissa larry latoya laura lauren laurence laurie layla leah leila lena leo leon leonard leonardo leonie leroy leslie
    liam lila lillian linda lindsay lindsey lisa liz lizzie logan lola lorenzo lorraine louis louisa louise luc lucas lucia
    lucie lucy luigi luis luka lukas luke lydia lynn lynne mackenzie maddie madeleine madison magdalena maggie mahmoud maisie
    malcolm malik mandy manuel marc marcel marcia marco marcus margaret margot maria mariam mariana marie marilyn marina
    mario marion marisa marjorie marlene marta martha martin martina mary maryam mateo mathew matilda matteo matthew
    matthias maureen maurice maya megan mehmet mei melanie melinda melissa mia michael michaela michel michelle miguel mikael
    mike mila milan mildred mina miranda miriam mitchell mohamed mohammad mohammed moira molly monica monika morgan muhammad
    muriel mustafa myra nadia nadine nancy naomi natalia natalie natasha nathan nathaniel neha neil nelson nia niamh nicholas
    nick nicola nicolas nicole nigel niko nikolai nina noah noel nora norma nour olga oliver olivia omar oscar osman otto
    pablo paige pamela paola parker pascal patricia patrick paul paula pauline pedro peggy peter petra phil philip philippa
    phillip phoebe phyllis pierre piotr polly preeti priya priyanka rachel rafael raj rajesh ralph ramona randall raphael
    rashid raul ravi raymond rebecca regina renata rene renee rhonda ricardo richard rita robert roberta roberto rochelle
    rodney roger rohan roland roman ronald ronan rory rosa rosalind rosemary rosie ross roxanne roy ruben rukhsana rupert
    russell ruth ryan sabina sabrina sadie sally salma sam samantha samir samira samuel sandra sandy sanjay santiago sara
    sarah sasha saskia sean sebastian selena serena sergei sergio shane shannon sharon shaun shauna sheila shelley sheryl
    shirley sian silvia simon simone siobhan sofia sonia sonja sophia sophie stacey stan stanislav stanley stefan stefanie
    stella stephanie stephen steve steven stuart sunil suresh susan susanna suzanne sven svetlana sylvia tamara tania tanya
    tara tariq tasha tatiana ted teresa terri tessa thea theo theodore theresa thomas tiffany tim timothy tina tobias toby
    todd tom tomas tommy tony tracey tracy trevor tricia tristan tyler tyrone uma ursula valentina valeria valerie vanessa
    vera veronica victor victoria vijay vikram vincent viola violet virginia vivian vladimir walter wanda warren wayne wendy
    wesley wilhelm william willow winston xavier yael yan yasmin yolanda yosef youssef yuki yusuf yvette yvonne zachary zahra
    zainab zara zeynep zoe zoey
    """.split()
)
"""Names that are hardly ever anything else, however they are written."""

WORDS_TOO = frozenset(
    """
    angel art autumn bella bill bob brandy brook chad chance charity chase christian clay cliff dale dawn dean destiny don
    drew earl eve faith frank gene ginger glen grace grant guy harmony hazel heath hope hunter ivy jack jade jay jewel josh
    joy justice kit lance lane lee lily mark mason max melody mercy miles misty nick noor norm olive pat patience pearl penny
    pete pierce ray reed rich rob robin rod rose ruby rusty sage scarlet skip sky sterling summer sue sunny terry trinity
    tucker vic wade ward will
    """.split()
)
"""Names that are words too: names only where they are capitalised."""
