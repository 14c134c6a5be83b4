"""Words that say the same or the contrary, for the check of what a model wrote. Pure."""

from collections.abc import Sequence
from functools import lru_cache

from cogep_assist.retrieval.portuguese import fold, stem

_SAME_TEXT = """
pedido solicitacao requerimento pedir solicitar requerer
enviar encaminhar remeter mandar envio encaminhamento
prazo periodo tempo duracao
durar dura duracao
crescer crescimento cresceu
cair queda caiu
servidor funcionario empregado colaborador
salario remuneracao vencimento ordenado
apresentar entregar fornecer apresentacao entrega
preencher completar preenchimento
chefe chefia gestor superior gerente
comecar iniciar inicio comeco
terminar encerrar concluir fim termino encerramento conclusao finalizar final
pagar pagamento quitar quitacao
receber ganhar auferir recebimento
comprar adquirir compra aquisicao
usar utilizar uso utilizacao empregar
obter conseguir obtencao
mudar alterar modificar mudanca alteracao modificacao
aumentar elevar ampliar aumento elevacao ampliacao
reduzir diminuir reducao diminuicao
dividir parcelar fracionar parcelamento divisao fracionamento parcela
analisar avaliar examinar analise avaliacao exame
aprovar autorizar deferir aprovacao autorizacao deferimento
recusar negar indeferir rejeitar recusa negativa indeferimento rejeicao
informar comunicar avisar notificar informacao comunicacao aviso notificacao
local lugar
endereco localizacao
setor unidade departamento area
orgao entidade instituicao
lei norma regulamento
ajuda auxilio apoio assistencia
custo preco valor custar
telefone fone
e-mail email
site portal pagina sitio
sistema plataforma
documento documentacao
anual ano anualmente
mensal mes mensalmente
semanal semana semanalmente
diario diaria dia diariamente
hora horario
aluno estudante discente
professor docente
medico clinico
doenca enfermidade
crianca menor
filho filha
casa residencia domicilio
carro veiculo automovel
conta cadastro
senha palavra-passe
registrar cadastrar registro lancar
guardar armazenar conservar arquivar guarda armazenamento
apagar excluir eliminar remover exclusao eliminacao remocao
responsavel encarregado responsabilidade incumbir caber competir competencia
antecedencia antecipadamente antecipado
anterior previo previamente
necessario preciso exigir exigido exigencia requisito precisar necessidade
permitir permissao permitido poder autorizado admitir admitido
proibir proibicao vedar vedado proibido vedacao
dirigir conduzir
morar residir residencia
nascer nascimento
morrer falecer morte falecimento obito
trabalhar trabalho
criar fundar criacao fundacao instituir
escolher selecionar escolha selecao optar
ligar telefonar
abrir abertura
reunir reuniao
buscar procurar pesquisar busca
publicar divulgar publicacao divulgacao
comparecer comparecimento
substituir trocar substituicao troca
homologar homologacao
licenca afastamento
cancelar cancelamento
renovar renovacao prorrogar prorrogacao
devolver devolucao restituir restituicao
multa penalidade sancao
desconto abatimento
duvida pergunta questao
ceder cedido cessao
chamado ticket
usuario
"""
# One of a line excludes the others: a text that says one supports no sentence that says another.
_RIVALS_TEXT = """
aumento reducao
aumentar reduzir
acrescimo decrescimo
acrescimo desconto
ampliar reduzir
antes depois
antes apos
inicio termino
comecar terminar
maior menor
minimo maximo
superior inferior
interno externo
gratuito pago
gratis pago
deferido indeferido
deferir indeferir
aprovado reprovado
aprovar reprovar
aprovar recusar
aceitar recusar
publico sigiloso
publico privado
mensal anual
mensal semanal
mensal diario
anual semanal
semestral anual
bimestral mensal
entrada saida
abrir fechar
abertura fechamento
ganhar perder
comprar vender
credito debito
dentro fora
obrigatorio facultativo
obrigatorio opcional
primeiro ultimo
presencial remoto
presencial online
maternidade paternidade
manha tarde
manha noite
tarde noite
util corrido
util letivo
titular substituto
efetivo temporario
ativo inativo
ativo aposentado
admissao demissao
contratar demitir
incluir excluir
inclusao exclusao
ligar desligar
instalar desinstalar
bruto liquido
integral parcial
integral proporcional
federal estadual
federal municipal
estadual municipal
nacional internacional
masculino feminino
pai mae
homem mulher
quente frio
norte sul
leste oeste
direita esquerda
segunda terca
segunda quarta
segunda quinta
segunda sexta
segunda sabado
segunda domingo
terca quarta
terca quinta
terca sexta
quarta quinta
quarta sexta
quinta sexta
sexta sabado
sexta domingo
sabado domingo
comprador vendedor
locador locatario
autor reu
empregador empregado
credor devedor
remetente destinatario
positivo negativo
valido invalido
valido vencido
regular irregular
permitido proibido
verdadeiro falso
alto baixo
novo antigo
fisico digital
impresso digital
verbal escrito
direto indireto
individual coletivo
simples composto
mes semana
mes ano
mes dia
semana ano
semana dia
ano dia
hora mes
diurno noturno
urbano rural
simples absoluto
simples qualificado
absoluto relativo
correto incorreto
certo errado
bloquear desbloquear
habilitar desabilitar
ativar desativar
automatico manual
leve pesado
alta baixa
caiu alta
caro barato
rapido lento
longo curto
grande pequeno
frequente raro
subir cair
subiu caiu
aumentou caiu
cresceu caiu
cresceu diminuiu
sobe cai
aumentou reduziu
aumentou diminuiu
subir descer
aumento queda
alta queda
aumentar cair
crescer cair
escrito oral
preliminar definitivo
preliminar final
parcial total
voluntario compulsorio
oneroso gratuito
doloso culposo
concluir iniciar
deferimento indeferimento
nascer morrer
contratante contratado
visivel oculto
minoria maioria
teorico pratico
anual bienal
mensal bimestral
mensal trimestral
mensal semestral
mensal quinzenal
semanal quinzenal
trimestral semestral
fundamental medio
superavit deficit
lucro prejuizo
vertical horizontal
aberto fechado
formal informal
legal ilegal
possivel impossivel
capaz incapaz
publicar revogar
criar extinguir
nomear exonerar
ordinario extraordinario
ordinariamente extraordinariamente
"""


def _groups(text: str) -> list[list[str]]:
    return [[stem(fold(word)) for word in line.split()] for line in text.strip().splitlines()]


def _canonical() -> dict[str, frozenset[str]]:
    """Return stem -> the names of the groups that it stands in."""
    found: dict[str, set[str]] = {}
    for group in _groups(_SAME_TEXT):
        for word in group:
            found.setdefault(word, set()).add(group[0])
    return {word: frozenset(names) for word, names in found.items()}


def _rivals() -> dict[str, frozenset[str]]:
    """Return stem -> the stems that exclude it, those that say the same as one of them included."""
    mates = {word: group for group in _groups(_SAME_TEXT) for word in group}
    found: dict[str, set[str]] = {}
    for one, other in _groups(_RIVALS_TEXT):
        for a in mates.get(one, [one]):
            for b in mates.get(other, [other]):
                found.setdefault(a, set()).add(b)
                found.setdefault(b, set()).add(a)
    return {word: frozenset(others) for word, others in found.items()}


SAME = _canonical()
RIVALS = _rivals()
_LEAST_PREFIX = 5
_MOST_ENDING = 5


def covered(word: str, held: frozenset[str], groups: frozenset[str]) -> bool:
    """Tell whether a stem, one that says the same, or one derived from it is among those held."""
    if word in held or not groups.isdisjoint(SAME.get(word, frozenset())):
        return True
    if len(word) < _LEAST_PREFIX or word.isdigit():
        return False
    return any(_related(word, other) for other in _by_beginning(held).get(word[:_LEAST_PREFIX], ()))


@lru_cache(maxsize=4096)
def groups_of(held: frozenset[str]) -> frozenset[str]:
    """Return the groups of the same meaning that stems stand in."""
    return frozenset(name for word in held for name in SAME.get(word, ()))


@lru_cache(maxsize=4096)
def _by_beginning(held: frozenset[str]) -> dict[str, Sequence[str]]:
    """Return the stems by the letters that derived words have in common."""
    found: dict[str, list[str]] = {}
    for word in held:
        found.setdefault(word[:_LEAST_PREFIX], []).append(word)
    return dict(found)


def _related(one: str, other: str) -> bool:
    """Tell derived words apart from others: a long common beginning and short ends."""
    if other in RIVALS.get(one, ()) or one[:2] != other[:2]:
        return False
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    ends = max(len(one), len(other)) - shared
    return shared >= _LEAST_PREFIX and ends <= min(_MOST_ENDING, shared - 1)
