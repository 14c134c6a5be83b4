"""Messages of outgoing requests: URLs that people give and endpoints that are set."""

from cogep_assist.core.message import Message

_CHECK_URL = "Confira o endereço abrindo-o no navegador e envie de novo."
_LATER = "Tente de novo mais tarde; se continuar, avise quem cuida do site."
_SEND_FILE = "Baixe o documento e envie-o como arquivo."

MESSAGES: dict[str, Message] = {
    "url_invalid": Message(
        422,
        "O endereço (URL) não pode ser usado: {reason}.",
        "Use um endereço completo, como https://www.exemplo.gov.br/pagina.",
    ),
    "url_scheme_not_allowed": Message(
        422,
        "Endereços do tipo “{scheme}:” não são aceitos.",
        "Use um endereço http:// ou https://.",
    ),
    "url_port_not_allowed": Message(
        422,
        "A porta {port} de {host} não está liberada.",
        "Use as portas 80 ou 443, ou peça a quem administra que inclua {host}:{port} em "
        "COGEP_FETCH_ALLOW_HOSTS.",
    ),
    "url_credentials_refused": Message(
        422,
        "O endereço traz usuário ou senha antes do “@”, o que não é aceito.",
        "Retire a parte até o “@”. Se o documento exige senha, baixe-o e envie-o como arquivo.",
    ),
    "address_not_public": Message(
        422,
        "O endereço {host} leva a uma rede interna ou reservada, que não pode ser acessada daqui.",
        "Se for um site da sua organização, peça a quem administra que o inclua em "
        "COGEP_FETCH_ALLOW_HOSTS.",
    ),
    "origin_not_pinned": Message(
        500,
        "O pedido para {host} não corresponde ao endereço definido na configuração.",
        "Confira o endereço do serviço externo nas configurações.",
    ),
    "dns_failed": Message(
        502,
        "O nome {host} não pôde ser encontrado na rede: {reason}.",
        "Confira se o endereço está escrito corretamente e se há acesso à rede.",
        retryable=True,
    ),
    "connect_failed": Message(
        502,
        "O servidor {host} não aceitou a conexão ou a encerrou sem responder.",
        _LATER,
        retryable=True,
    ),
    "tls_failed": Message(
        502,
        "A conexão segura com {host} falhou: {reason}.",
        "Avise quem cuida do site. Se o certificado é de uma autoridade interna, quem administra "
        "pode informá-la em SSL_CERT_FILE.",
    ),
    "fetch_timeout": Message(
        504,
        "O servidor {host} demorou demais para {phase}.",
        f"{_LATER} Se o documento é grande, envie-o como arquivo.",
        retryable=True,
    ),
    "fetch_truncated": Message(
        502,
        "A resposta de {host} foi interrompida antes do fim; nada foi aproveitado.",
        _LATER,
        retryable=True,
    ),
    "too_many_redirects": Message(
        502,
        "O endereço redireciona mais de {limit} vezes.",
        "Abra-o no navegador e envie o endereço final.",
    ),
    "redirect_invalid": Message(
        502, "O servidor {host} redirecionou sem dizer para onde.", _CHECK_URL
    ),
    "redirect_downgrade_refused": Message(
        502,
        "O servidor {host} redirecionou um pedido identificado para um endereço sem segurança.",
        "Use o endereço https:// final.",
    ),
    "http_not_found": Message(404, "O servidor {host} diz que a página não existe.", _CHECK_URL),
    "http_gone": Message(
        410,
        "O servidor {host} diz que a página foi removida de vez.",
        "Retire este endereço da base ou informe o novo.",
    ),
    "http_unauthorized": Message(
        422, "O servidor {host} exige identificação para ler a página.", _SEND_FILE
    ),
    "http_forbidden": Message(
        422, "O servidor {host} não permite a leitura desta página.", _SEND_FILE
    ),
    "http_too_many_requests": Message(
        503,
        "O servidor {host} pediu que se espere antes de novos pedidos.",
        "Uma nova tentativa será feita mais tarde.",
        retryable=True,
    ),
    "http_server_error": Message(
        502, "O servidor {host} está com erro (código {status}).", _LATER, retryable=True
    ),
    "http_status": Message(
        502, "O servidor {host} respondeu com o código inesperado {status}.", _CHECK_URL
    ),
    "page_instead_of_file": Message(
        502,
        "O endereço respondeu com uma página HTML no lugar do arquivo; fica o que estava na base.",
        "Abra-o no navegador: costuma ser um aviso de manutenção ou um pedido de entrada. Se a"
        " página é o documento agora, remova o antigo e envie o endereço de novo.",
    ),
    "response_malformed": Message(
        502,
        "A resposta de {host} não segue o protocolo HTTP: {reason}.",
        "Avise quem cuida do site ou envie o documento como arquivo.",
    ),
    "response_headers_too_large": Message(
        502,
        "Os cabeçalhos da resposta de {host} passam do limite.",
        "Avise quem cuida do site ou envie o documento como arquivo.",
    ),
    "response_too_large": Message(
        422,
        "O documento em {host} passa do máximo de {limit_bytes} bytes.",
        "Divida o documento ou peça a quem administra um limite maior (COGEP_FETCH_MAX_BYTES).",
    ),
    "response_empty": Message(422, "O servidor {host} respondeu sem nenhum conteúdo.", _CHECK_URL),
    "decompression_bomb": Message(
        422,
        "O conteúdo comprimido de {host} cresce além do máximo de {limit_bytes} bytes.",
        "Confira a origem do documento; se for confiável, envie-o como arquivo, em partes.",
    ),
    "content_encoding_unsupported": Message(
        502,
        "O servidor {host} enviou o conteúdo na codificação “{encoding}”, que não foi pedida.",
        _SEND_FILE,
    ),
    "embed_provider_not_own": Message(
        500,
        "O serviço de vetores {host} não está declarado como da própria organização, e por isso "
        "nenhum trecho lhe é enviado.",
        "Se o serviço é operado pela organização, defina COGEP_EMBED_PROVIDER_OWN=true; "
        "se não, retire COGEP_EMBED_URL.",
    ),
    "embed_settings_incomplete": Message(
        500,
        "COGEP_EMBED_URL está definida, mas falta {missing}.",
        "Defina {missing} ou retire COGEP_EMBED_URL para desligar os vetores.",
    ),
    "embed_refused": Message(
        502,
        "O serviço de vetores recusou o pedido (código {status}).",
        "Confira COGEP_EMBED_MODEL e COGEP_EMBED_API_KEY; “cogep doctor” mostra a situação.",
    ),
    "embed_unavailable": Message(
        503,
        "O serviço de vetores não respondeu (tentativas: {attempts}).",
        "Uma nova tentativa será feita mais tarde; confira se o serviço está no ar.",
        retryable=True,
    ),
    "embed_response_invalid": Message(
        502,
        "O serviço de vetores deu uma resposta que não serve: {reason}.",
        "Confira se COGEP_EMBED_URL aponta para um serviço compatível com /v1/embeddings e se "
        "COGEP_EMBED_MODEL é um modelo de vetores.",
    ),
}
