"""Words that people answer with, whatever the question is."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(","))


NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
BEFORE_NUMBER = words("no number num nr option opt reply answer press choose its the")
POLITE = words(
    "please pls plz plse thanks thank you so very much thx ta cheers x xx xxx mate pal m8 bro bud boss "
    "lad love hun u sorry"
)
YES = words(
    "yes y yeah yea yeh yh ye yep yup yeps yess yesss yas yesh yeahh ya yah aye ok okay okey k kk sure "
    "definitely def defo deffo correct right true course absolutely affirmative ofc indeed certainly gladly "
    "tak da ie oes"
)
# These begin other sentences too, so they say yes only in a very short reply.
SOFT_YES = words("ok okay okey k kk right true sure course fine correct")
NO = words("no n nah na nope nop naw nay noo nooo negative never false nie nu nage")
YES_PHRASES = _phrases(
    "i do, i have, i am, i will, i can, i did, i think so, think so, of course, go on, go ahead, why not, "
    "sounds good, thats right, thats fine, thats correct, that is right, all good, fine, im ok, i would, "
    "if you can, that would be good, got one"
)
NO_PHRASES = _phrases(
    "not really, not yet, i dont, i havent, i havnt, i cant, i wont, i didnt, im not, i am not, i have not, "
    "i do not, i cannot, dont think so, i dont think so, none, not now, not at the moment, not atm, "
    "not today, no way, i dont have, i havent got, havent got one, dont have one, not got one, aint, i aint"
)
# Wherever they stand, neither yes nor no is meant.
NEITHER = _phrases(
    "no idea, no problem, no probs, no prob, no worries, no bother, no clue, dont know, dont no, not sure, "
    "unsure, dunno, idk, maybe, might, depends"
)
NEGATIONS = words(
    "no not nah nope never cant cannot dont wont isnt aint havent havnt didnt doesnt without neither nor "
    "nowhere nothing nobody none couldnt wouldnt shouldnt wasnt arent hasnt"
)
