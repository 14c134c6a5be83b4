"""Short and fond forms of Brazilian first names, and the names that they stand for."""

import re

_TEXT = """
aninha=ana beto=roberto,alberto,humberto,gilberto,norberto bel=isabel,isabela bela=isabela
bete=elisabete,elizabeth beth=elisabete,elizabeth bia=beatriz biel=gabriel bruninha=bruna
caca=carlos,camila cadu=carlos carlinhos=carlos carol=carolina,caroline,ana cesinha=cesar
chico=francisco chiquinho=francisco cida=aparecida,maria cleo=cleonice
cris=cristina,cristiane,cristiano,cristian dani=daniel,daniela,daniele,danielle
dede=andre,andrea deia=andreia,andrea dinho=eduardo,claudio,fernando
dora=dorotea,isadora,teodora drica=adriana dri=adriana,adriano duda=eduarda,eduardo,maria
dudu=eduardo edu=eduardo fabi=fabiana,fabiane fafa=fabiana fe=fernanda,fernando,felipe
fefe=fernanda feh=felipe fer=fernanda,fernando flavinho=flavio fred=frederico
gabi=gabriela,gabriele gi=gisele,giovana gil=gilberto,gilmar,gilson guga=gustavo,augusto
gui=guilherme guto=augusto,gustavo heleninha=helena ige=igor isa=isabela,isabel,isadora
jana=janaina,joana jeff=jefferson joca=joao,joaquim jojo=joana jorginho=jorge ju=juliana,julia
juca=jose julinha=julia kadu=carlos kaka=carlos,ricardo karol=karolina,karoline lala=larissa
laurinha=laura leca=leticia lele=leticia,alexandra leo=leonardo,leandro leti=leticia
lia=maria,eulalia lipe=felipe,filipe lu=luciana,lucia,luiza,luana luca=lucas lucinha=lucia
luizinho=luiz,luis malu=maria manu=manuela,manoela,emanuela,emanuel marcinha=marcia
mari=mariana,maria,marina,mariane marquinhos=marcos,marcus mateusinho=mateus may=mayara,maiara
mel=melissa,melina mi=michele,milena mila=camila,milena nanda=fernanda nando=fernando,luiz
nat=natalia nati=natalia neide=lucineide nelinha=nelia nico=nicolas nina=carolina,marina,ana
paty=patricia pati=patricia paulinha=paula paulinho=paulo pedrinho=pedro pepe=pedro pri=priscila
quinho=joaquim rafa=rafael,rafaela ray=rayane,raiane re=renata,renato ric=ricardo
rick=ricardo,henrique rique=henrique ro=rosangela,rosana,roberta,rodrigo rodrigao=rodrigo
rosinha=rosa,rosangela sandrinha=sandra selminha=selma serginho=sergio sil=silvia,silvana
so=sonia,solange suzi=suzana,suzane tati=tatiana,tatiane tato=renato,otavio teca=teresa,tereza
teo=teodoro,teofilo teteu=mateus tiao=sebastiao tica=patricia tininha=cristina tito=tiago,thiago
toni=antonio toninho=antonio tonho=antonio tony=antonio tuca=arthur,artur
val=valeria,valdirene,valter vava=evaldo,osvaldo vera=veronica vini=vinicius vivi=viviane
vitinho=vitor,victor xande=alexandre xico=francisco ze=jose zeca=jose zeze=jose,josefa
zezinho=jose zizi=luzia zuca=jose alex=alexandre,alexsandro,alexandra nel=nelson net=ivonete
nilda=leonilda nilo=danilo nilson=genilson
"""
NICKNAMES: dict[str, frozenset[str]] = {
    short: frozenset(names.split(","))
    for short, _, names in (pair.partition("=") for pair in _TEXT.split())
}
# Little: Fernandinho is Fernando, Carminha is Carma or Carmem.
_LITTLE = re.compile(r"^(.{3,}?)z?inh([oa])s?$")


def is_short_for(short: str, name: str) -> bool:
    """Tell whether a folded first name may be a fond form of another, in this direction."""
    if name in NICKNAMES.get(short, ()):
        return True
    little = _LITTLE.fullmatch(short)
    return little is not None and name in {little[1] + little[2], little[1] + "e", little[1]}
