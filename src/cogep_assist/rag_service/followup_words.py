"""The closed classes of Portuguese that tell a follow-up from a question that stands alone.

Folded, as ``retrieval.portuguese.fold`` writes them. Pure data.
"""

from cogep_assist.retrieval.portuguese import STOPWORDS


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What may open a turn that leans on the one before: "e", "mas", "então", "nesse caso".
CONNECTORS = (
    "e tambem", "mas e", "mas ai", "mas", "e ai", "ai", "e entao", "entao", "entao e", "e",
    "ok e", "ok", "certo e", "certo", "ta e", "ta", "ah e", "ah", "beleza e", "beleza",
    "obrigado e", "obrigada e", "obrigado", "obrigada", "legal e", "legal", "entendi e",
    "entendi", "sim e", "sim", "nao e", "tambem", "alem disso", "e alem disso", "agora",
    "agora e", "so mais uma coisa", "outra coisa", "ja",
)  # fmt: skip
# After these a leading "e" is the verb "é" typed without its accent: "e permitido acumular...?"
PREDICATES = _set(
    "permitido permitida possivel obrigatorio obrigatoria necessario necessaria preciso precisa "
    "proibido proibida vedado vedada verdade verdadeiro falso certo correto legal ilegal gratuito "
    "gratuita pago paga valido valida um uma feriado"
)
# What stands for something said before, and what replaces it in the sentence.
ANAPHORS = {
    "isso": "", "isto": "", "aquilo": "", "ele": "", "ela": "", "eles": "", "elas": "",
    "disso": "de ", "disto": "de ", "daquilo": "de ", "dele": "de ", "dela": "de ",
    "deles": "de ", "delas": "de ", "nisso": "em ", "nisto": "em ", "nele": "em ", "nela": "em ",
    "neles": "em ", "nelas": "em ",
}  # fmt: skip
# These may point at a noun of the same question; "isso" points out of it.
PERSONAL = _set("ele ela eles elas dele dela deles delas nele nela neles nelas")
DEMONSTRATIVES = _set(
    "esse essa esses essas desse dessa desses dessas nesse nessa nesses nessas aquele aquela "
    "aqueles aquelas daquele daquela naquele naquela este esta estes estas deste desta destes "
    "destas neste nesta nestes nestas"
)
# "Este ano", "esta universidade": what everybody who speaks here and now means.
HERE_AND_NOW = _set(
    "ano mes semana dia semestre bimestre trimestre seculo momento orgao universidade instituto "
    "prefeitura empresa camara ministerio secretaria portal site sistema pagina pais cidade "
    "estado municipio instituicao faculdade campus"
)
# "E agora?", "e depois?": what to do next, or before it, in words that documents have too.
NEXT_STEPS = {
    "agora": "depois", "entao": "depois", "depois": "depois", "antes": "antes",
    "primeiro": "primeiro",
}  # fmt: skip
# "Desse jeito" and the like name nothing.
EMPTY_NOUNS = _set(
    "caso casos situacao situacoes jeito forma modo maneira tipo assunto tema hipotese condicao "
    "coisa processo procedimento pedido solicitacao beneficio direito regra norma lei documento"
)
# How something went that was said before: "não chegou", "deu erro", "não consegui".
OUTCOMES = _set(
    "recebi recebeu receberam recebemos chegou chegaram veio vieram funcionou funcionaram "
    "funcionando deu dando consegui conseguiu conseguimos apareceu aparece apareceram abriu abre "
    "carregou carrega entrou entrei aceitou aceitaram respondeu responderam liberou liberaram "
    "fiz fizeram tentei tentou segui cumpri perdi perdeu esqueci errei passou foi foram vem "
    "erro errado errada errados erradas certo certa nada ninguem continua continuam sumiu falhou "
    "travou travado resolver resolveu resolvo"
)
CLITICS = ("-lo", "-la", "-los", "-las")

# Words of asking itself: they name no topic.
QUESTION_WORDS = _set(
    "que qual quais quem quando quanto quanta quantos quantas onde aonde como porque cade pq q oq "
    "oque"
)
FRAME = QUESTION_WORDS | _set(
    "faco faz fazer fazem fazendo feito posso pode podem podemos poderia poder devo deve devem "
    "dever quero queria gostaria preciso precisa precisam precisamos necessito tenho tem temos ha "
    "existe existem funciona funcionam saber conhecer explique explica explicar diga dizer "
    "informe informar mostre mostrar fale falar sobre acontece ocorre acesso acessar consigo "
    "consegue conseguir obter obtenho tirar tiro pedir peco pede pedem solicitar solicito "
    "solicita requerer requeiro dar dou entrada usar uso usa vale valem serve servem e sao ser "
    "era foi seria estar esta estao ir vai vou vao favor ajuda ajudar duvida pergunta bom boa dia "
    "tarde noite ola oi obrigado obrigada seguinte respeito relacao caso mim eu voce gente nos "
    "agora entao tambem ainda so apenas mesmo mesma ai la aqui ali cada todo toda todos todas "
    "outro outra outros outras algum alguma alguns algumas nenhum nenhuma receber recebo recebe "
    "recebem ganha ganham ganhar chama chamam significa quer consta descobrir encontrar encontro "
    "ver vejo consultar consulto verificar comeca comecam termina terminam acaba dura duram fica "
    "ficam cai sai custa custam pago paga pagam pagar exige exigem permitido permitida possivel "
    "obrigatorio obrigatoria necessario necessaria precisar pra pro pros pras ate apos desde "
    "entre contra durante etc aceita aceitam muda mudou mudam perde perdem entra atende atendem "
    "leva levar"
)
# A question that opens with one of these, and names little else, asks about the topic before.
VERBS_OF_ASKING = _set(
    "posso pode podem devo deve devem preciso precisa precisam tem temos tenho ha existe existem "
    "atende atendem aceita aceitam vale valem custa custam paga pagam pago recebo recebe recebem "
    "perco perde perdem ganho ganha consigo consegue conseguem exige exigem da"
)
# How a thing is or what is done to it: of which thing, a question that says only this leaves out.
STATES = _set(
    "aberto aberta abertos abertas fechado fechada feita feitos feitas realizado realizada "
    "exigido exigida exigidos exigidas cobrado cobrada entregue entregues emitido emitida "
    "publicado publicada divulgado divulgada trocado trocada guardado guardada enviado enviada "
    "aprovado aprovada renovado renovada cancelado cancelada revisto revista bloqueado bloqueada "
    "isento isenta isentos isentas aceito aceita aceitos aceitas distribuido distribuida "
    "distribuidos distribuidas devolvido devolvida reembolsado reembolsada calculado calculada "
    "corrigido corrigida atualizado atualizada liberado liberada agendado agendada marcado marcada "
    "respondido respondida cobrados cobradas pagos pagas necessarios necessarias"
)
# What one may ask of many things: by themselves they are no topic, they ask about one.
ATTRIBUTES = _set(
    "valor valores preco precos custo custos prazo prazos data datas dia dias mes meses ano anos "
    "hora horas horario horarios tempo duracao limite limites maximo minimo maxima minima maximos "
    "minimos maximas minimas quantidade numero percentual porcentagem taxa taxas multa multas "
    "documento documentos documentacao requisito requisitos criterio criterios condicao condicoes "
    "formulario formularios anexo anexos etapa etapas passo passos procedimento procedimentos "
    "regra regras norma normas lei leis base legal responsavel responsaveis setor unidade contato "
    "contatos telefone telefones ramal email e-mail endereco local lugar sala site link portal "
    "exemplo exemplos motivo motivos causa causas objetivo finalidade vantagem vantagens "
    "desvantagem desvantagens diferenca excecao excecoes resultado resultados validade vigencia "
    "nome idade tamanho peso altura cor autor autores chefe diretor diretora criador fundador "
    "atendimento funcionamento pagamento renovacao cancelamento inscricao recurso inicio fim "
    "termino vez vezes sigla significado definicao conceito tipo tipos passado seguinte proximo "
    "anterior parcelas parcela desconto comprovante comprovantes cobertura carencia populacao "
    "capital antecedencia"
)
# People in their parts: the new one takes the place of the old.
ROLES = _set(
    "servidor servidora servidores servidoras professor professora professores docente docentes "
    "tecnico tecnica tecnicos aluno aluna alunos alunas estudante estudantes estagiario "
    "estagiaria estagiarios terceirizado terceirizada terceirizados aposentado aposentada "
    "aposentados pensionista pensionistas comissionado comissionada comissionados efetivo "
    "efetivos efetiva temporario temporarios substituto substitutos visitante visitantes gestante "
    "gestantes pai pais mae maes conjuge companheiro companheira dependente dependentes filho "
    "filha filhos idoso idosa idosos crianca criancas adolescente adolescentes menor menores "
    "adulto adultos mei microempreendedor empresa empresas fornecedor fornecedores autonomo "
    "autonomos estrangeiro estrangeira estrangeiros brasileiro brasileiros morador moradores "
    "proprietario inquilino medico medica medicos enfermeiro enfermeira enfermeiros policial "
    "policiais juiz juizes deputado deputados vereador vereadores senador senadores motorista "
    "motoristas pedestre ciclista cliente clientes associado associados voluntario voluntarios "
    "bolsista bolsistas aprendiz aprendizes mestrado doutorado graduacao mestrando doutorando "
    "civil militar militares "
    "homem homens mulher mulheres bebe bebes gravida gravidas lactante lactantes paciente "
    "pacientes analista analistas gerente gerentes advogado advogados engenheiro engenheiros "
    "microempresa microempresas cachorro gato caes gatos"
)
MONTHS = _set(
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
)
WEEKDAYS = _set("segunda terca quarta quinta sexta sabado domingo feriado feriados")
# Nouns and adjectives that end like infinitives.
NOUNS_IN_R = _set(
    "celular servidor lugar professor auxiliar militar escolar par lar bar mar valor setor "
    "diretor reitor titular particular exterior interior superior bazar altar mulher popular "
    "hospitalar prazer lazer dever poder ser haver elevador computador senador vereador "
    "trabalhador fornecedor consumidor eleitor tutor autor motor cor flor dor amor calor suor "
    "andar jantar ar solar dolar polar familiar similar circular preliminar curricular ocular "
    "cardiovascular vapor parlamentar complementar disciplinar hangar colar avatar pilar singular "
    "regular irregular nuclear vestibular milhar tear coordenador orientador governador "
    "procurador menor maior melhor pior anterior posterior inferior doutor gestor condutor "
    "investidor desembargador empregador morador educador retrovisor caracter carater poster "
    "master lider reporter"
)
# Verbs in the forms that short questions use, which no ending tells.
FINITE_VERBS = _set(
    "entrego entrega entregar parcela parcelo recebo recebem respondem responde julga julgam "
    "autoriza fiscaliza transmite abre abrem fecha fecham atende atendem nasceu morreu viveu "
    "prorroga prorrogar cancelo cancela renovo renova aprova aprovam nomeia assina assino cobre "
    "cobrem respondo leva levam levo demora demoram envio envia mando manda marco marca agendo "
    "agenda pago devolvo devolve troco troca altero altera inicia descontam desconta cobra cobram "
    "incluo inclui acumula acumulam avisam avisa nasce morre vence vencem expira prescreve "
    "descobriu inventou fundou escreveu criou ganhou perdeu duram dura poem tem"
)
PREPOSITIONS = {
    "de": "de", "do": "de", "da": "de", "dos": "de", "das": "de",
    "em": "em", "no": "em", "na": "em", "nos": "em", "nas": "em",
    "para": "para", "pra": "para", "pro": "para", "pros": "para", "pras": "para",
    "com": "com", "por": "por", "pelo": "por", "pela": "por", "pelos": "por", "pelas": "por",
    "a": "a", "ao": "a", "aos": "a", "sobre": "de", "sem": "com",
}  # fmt: skip
ARTICLES = _set("o a os as um uma uns umas")
EMPTY = STOPWORDS | FRAME | ARTICLES | frozenset(PREPOSITIONS)
