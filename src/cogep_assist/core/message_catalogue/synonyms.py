"""Messages about synonyms."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "synonym_not_found": Message(
        404, "O sinônimo não existe.", "Veja os que há com “cogep synonyms list”."
    ),
    "synonym_exists": Message(
        409,
        "Já há um sinônimo para “{phrase}”.",
        "Mude o que existe: veja-o com “cogep synonyms list”.",
    ),
    "synonym_says_nothing": Message(
        422,
        "As alternativas de “{phrase}” são, para a busca, a mesma coisa que ela.",
        "Dê outra palavra: plurais, acentos e maiúsculas a busca já iguala.",
    ),
    "synonym_without_words": Message(
        422,
        "“{phrase}” não tem nenhuma palavra que a busca conheça.",
        "Escreva uma palavra ou expressão com letras ou números.",
    ),
    "synonym_left_aside": Message(
        422,
        "“{phrase}” só tem palavras que a busca deixa de lado, como “de” e “para”.",
        "Use a palavra que diz o assunto.",
    ),
    "synonym_too_long": Message(
        422,
        "“{phrase}” tem mais de {limit} palavras.",
        "Use uma expressão mais curta.",
    ),
    "synonym_too_many": Message(
        409, "A lista de sinônimos chegou a {limit}.", "Remova os que não são mais usados."
    ),
}
