"""How people shorten English on a phone, and what each short form stands for."""

from __future__ import annotations


def _table(text: str) -> dict[str, tuple[str, ...]]:
    pairs = (entry.split("=") for entry in text.split(","))
    return {short.strip(): tuple(full.split()) for short, full in pairs}


# One word as it is typed = what it stands for. What stands on the right is never itself on the left.
SHORT_FORMS = _table(
    "nemore=anymore, nemor=anymore, anymor=anymore, nymore=anymore, ne1=anyone, "
    "newhere=anywhere, nething=anything, "
    "2day=today, 2moro=tomorrow, 2morro=tomorrow, 2morrow=tomorrow, 2mz=tomorrow, 2nght=tonight, "
    "2night=tonight, 2nite=tonight, 2nyt=tonight, 4eva=forever, 4ever=forever, abit=a bit, abt=about, "
    "acc=account, addres=address, addy=address, adress=address, agen=again, agin=again, agn=again, "
    "aight=alright, alot=a lot, alrite=alright, alryt=alright, amblance=ambulance, ambo=ambulance, "
    "ambulans=ambulance, ambulence=ambulance, any1=anyone, anyfink=anything, anythin=anything, "
    "anywer=anywhere, anywere=anywhere, apointment=appointment, appmt=appointment, appt=appointment, "
    "apptmnt=appointment, appts=appointments, asap=now, askin=asking, aswell=as well, "
    "atm=at the moment, av=have, ave=have, avent=havent, avin=having, b4=before, bak=back, bc=because, "
    "bck=back, bcos=because, bcoz=because, bday=birthday, beatin=beating, becos=because, "
    "becuz=because, bein=being, bf=boyfriend, bfor=before, bizzies=police, bk=back, bleedin=bleeding, "
    "blud=mate, bn=been, botherin=bothering, bout=about, breathin=breathing, bro=mate, bruv=mate, "
    "cannot=cant, carnt=cant, cheerz=cheers, chers=cheers, cld=could, cnt=cant, comin=coming, "
    "cos=because, coz=because, cryin=crying, cud=could, cudn=couldnt, cudnt=couldnt, cuppa=cup of tea, "
    "cus=because, cuttin=cutting, cuz=because, cz=because, dat=that, deffo=definitely, "
    "defo=definitely, dem=them, dere=there, dey=they, dinnt=didnt, dint=didnt, dis=this, "
    "dno=dont know, dnt=dont, doin=doing, donot=dont, drinkin=drinking, dunno=dont know, "
    "duno=dont know, dunt=dont, dyin=dying, eatin=eating, ello=hello, elp=help, endin=ending, "
    "ere=here, every1=everyone, evn=even, evry=every, fanks=thanks, fankyou=thank you, fb=facebook, "
    "feds=police, feelin=feeling, fella=boyfriend, fink=think, finkin=thinking, finking=thinking, "
    "finna=going to, followin=following, fon=phone, fone=phone, fr=for, freezin=freezing, frm=from, "
    "ganna=going to, gd=good, gettin=getting, gf=girlfriend, gimme=give me, gis=give me, givin=giving, "
    "giz=give me, gna=going to, goin=going, goinna=going to, gon=going to, gona=going to, "
    "gonna=going to, gota=got to, gotta=got to, gotto=got to, gr8=great, gt=got, gud=good, "
    "guna=going to, gunna=going to, h8=hate, hafta=have to, hallo=hello, halp=help, hangin=hanging, "
    "hav=have, havin=having, havnt=havent, hearin=hearing, helpme=help me, helpp=help, herslf=herself, "
    "hey=hi, heya=hi, himslf=himself, hisself=himself, hittin=hitting, hiya=hi, hlp=help, hoo=who, "
    "hosp=hospital, hospy=hospital, hr=hour, hre=here, hrs=hours, hru=how are you, hse=house, hu=who, "
    "hubby=husband, hullo=hello, hurtin=hurting, hv=have, hve=have, hya=hi, iam=im, icant=i cant, "
    "idk=i dont know, ihave=ive, ima=im going to, imgoing=im going, imma=im going to, imso=im so, "
    "init=isnt it, innit=isnt it, iv=ive, iwana=i want to, jst=just, jsut=just, jumpin=jumping, "
    "jus=just, k=ok, killin=killing, killmyself=kill myself, kinda=kind of, kk=ok, kms=kill myself, "
    "kmsing=killing myself, ktm=kill myself, kys=kill yourself, l8=late, l8r=later, leaveme=leave me, "
    "leavin=leaving, lemme=let me, livin=living, lk=like, lookin=looking, losin=losing, lotta=lot of, "
    "luv=love, lyk=like, m8=mate, m8s=mates, makin=making, meself=myself, mesg=message, "
    "messagin=messaging, messge=message, messin=messing, mins=minutes, misself=myself, missus=wife, "
    "mite=might, mom=mum, movin=moving, mrs=wife, mself=myself, msg=message, msgin=messaging, "
    "msging=messaging, msgs=messages, mssg=message, mucker=mate, myelf=myself, mysef=myself, "
    "mysel=myself, mysen=myself, myslf=myself, n=and, nah=no, naw=no, needa=need to, "
    "needhelp=need help, neva=never, nite=night, nmber=number, nmbr=number, no1=noone, nope=no, "
    "noplace=no place, nothere=not here, nothin=nothing, nower=nowhere, nowere=nowhere, "
    "nowhre=nowhere, nowt=nothing, nuffin=nothing, num=number, numba=number, nuthin=nothing, "
    "nver=never, nvr=never, nyt=night, nyte=night, od=overdose, oded=overdosed, odin=overdosing, "
    "oding=overdosing, ods=overdoses, okay=ok, oke=ok, okey=ok, oki=ok, okie=ok, orite=alright, "
    "outta=out of, ova=over, owt=anything, ozzy=hospital, pal=mate, peeps=people, phne=phone, "
    "pleas=please, pleese=please, ples=please, plez=please, pls=please, plse=please, plss=please, "
    "plz=please, ppl=people, pple=people, prbly=probably, presc=prescription, prescrip=prescription, "
    "prob=probably, probs=probably, proly=probably, r=are, rattlin=rattling, rite=right, rn=now, "
    "runnin=running, ryt=right, scrip=script, sed=said, sendin=sending, shakin=shaking, shld=should, "
    "shud=should, shudnt=shouldnt, skool=school, skript=script, sleepin=sleeping, slepin=sleeping, "
    "smth=something, smthing=something, smwhere=somewhere, some1=someone, somethin=something, "
    "somewer=somewhere, somwere=somewhere, somwhere=somewhere, soory=sorry, sori=sorry, sorta=sort of, "
    "soz=sorry, sozz=sorry, speakin=speaking, srry=sorry, sry=sorry, starvin=starving, stayin=staying, "
    "sth=something, strugglin=struggling, sum1=someone, summat=something, sumone=someone, "
    "sumthin=something, sumthing=something, sumwer=somewhere, sumwhere=somewhere, takin=taking, "
    "talkin=talking, tanks=thanks, tbh=honestly, texs=texts, textin=texting, thankyou=thank you, "
    "thanx=thanks, ther=there, thier=their, thinkin=thinking, thks=thanks, thnks=thanks, thnx=thanks, "
    "tho=though, thort=thought, thot=thought, threatnin=threatening, thru=through, tht=that, "
    "thx=thanks, tmoro=tomorrow, tmr=tomorrow, tmrw=tomorrow, tmw=tomorrow, tnight=tonight, "
    "tnite=tonight, tnx=thanks, tomor=tomorrow, tomora=tomorrow, tomoro=tomorrow, tomorro=tomorrow, "
    "tomos=tomorrow, tomoz=tomorrow, tonigt=tonight, tonite=tonight, tonyt=tonight, tryin=trying, "
    "tryna=trying to, txt=text, txtd=texted, txtin=texting, txting=texting, txtn=texting, txts=texts, "
    "ty=thank you, tyvm=thank you, u=you, ur=your, urs=yours, urself=yourself, usin=using, w8=wait, "
    "w8in=waiting, w8ing=waiting, waitin=waiting, wana=want to, wanna=want to, wannna=want to, "
    "wassup=whats up, wat=what, watcha=what are you, wats=whats, wazzup=whats up, wen=when, wer=where, "
    "were2=where to, whatcha=what are you, wher=where, wht=what, wi=with, wid=with, wif=with, "
    "wiv=with, wk=week, wknd=weekend, wks=weeks, wld=would, wnt=want, wonna=want to, wot=what, "
    "wots=whats, wrk=work, wrking=working, wru=where are you, wt=what, wud=would, wudnt=wouldnt, "
    "wuu2=what are you up to, ya=you, yas=yes, ye=yeah, yea=yeah, yeh=yeah, yep=yes, yess=yes, "
    "yew=you, yh=yeah, yo=hi, yr=your, yrs=years, yrself=yourself, ys=yes, yu=you, yup=yes"
)

# Two words side by side = what they are read as, so that phrases are written once.
PAIRS = {
    (first, second): full
    for pair, full in _table(
        "a e=ae, any more=anymore, any one=anyone, any thing=anything, any where=anywhere, are not=arent, "
        "b ok=be ok, c them=see them, c you=see you, can not=cant, could not=couldnt, did not=didnt, "
        "do not=dont, does not=doesnt, going 2=going to, got 2=got to, had not=hadnt, has not=hasnt, "
        "have 2=have to, have not=havent, he is=hes, her self=herself, him self=himself, i am=im, "
        "i have=ive, is not=isnt, it is=its, my self=myself, need 2=need to, no one=noone, "
        "no where=nowhere, o d=overdose, opt in=optin, opt out=optout, over dose=overdose, she is=shes, "
        "should not=shouldnt, some one=someone, some thing=something, some where=somewhere, that is=thats, "
        "there is=theres, they are=theyre, they have=theyve, to day=today, to morrow=tomorrow, "
        "to night=tonight, try 2=try to, trying 2=trying to, un stop=unstop, un subscribe=unsubscribe, "
        "want 2=want to, was not=wasnt, we have=weve, were not=werent, what is=whats, where is=wheres, "
        "who is=whos, will not=wont, would not=wouldnt, you are=youre, your self=yourself, 2 stay=to stay, "
        "2 sleep=to sleep, 2 go=to go, 2 see=to see, 2 talk=to talk, 2 speak=to speak, 2 eat=to eat, "
        "2 die=to die, 2 live=to live, 2 kill=to kill, 2 be=to be, 2 do=to do, 2 get=to get, "
        "2 come=to come, 2 end=to end, 2 hurt=to hurt, 2 hospital=to hospital, 2 my=to my, 2 me=to me, "
        "2 you=to you, 2 a=to a, 2 the=to the, 2 someone=to someone, 2 crash=to crash, 2 kip=to kip, "
        "2 turn=to turn, 2 call=to call, 2 tell=to tell, 2 give=to give, 2 move=to move, 2 hear=to hear, "
        "2 find=to find, 2 have=to have, 2 text=to text, 2 wake=to wake, 2 breathe=to breathe, "
        "2 make=to make, 2 cut=to cut, 2 jump=to jump, 2 hang=to hang, 2 use=to use, 2 pay=to pay, "
        "2 buy=to buy, 2 him=to him, 2 her=to her, 2 them=to them, 2 everyone=to everyone, "
        "2 much=too much, 2 late=too late, 2 cold=too cold, 2 long=too long, 2 tired=too tired, "
        "2 scared=too scared, 2 hard=too hard, 2 many=too many, 2 ill=too ill, 2 sick=too sick, "
        "4 me=for me, 4 you=for you, 4 tonight=for tonight, 4 the=for the, 4 a=for a, 4 my=for my, "
        "4 help=for help, 4 everything=for everything, 4 food=for food, 4 today=for today, "
        "4 that=for that, 4 texting=for texting, 4 him=for him, 4 her=for her"
    ).items()
    for first, second in (pair.split(),)
}

# Words that keep a doubled letter when a long run is shortened: `neeeed` is `need`, `kiiilll` is `kill`.
DOUBLED = {
    short: full[0]
    for short, full in _table(
        "fre=free, ned=need, kil=kill, se=see, wel=well, stil=still, fel=feel, slep=sleep, fod=food, "
        "son=soon, god=good, wed=weed, bled=bleed, bleding=bleeding, kep=keep, wek=week, ben=been, al=all, "
        "cal=call, il=ill, wil=will, of=off, helo=hello, plese=please, gren=green, mis=miss, hel=hell"
    ).items()
}
