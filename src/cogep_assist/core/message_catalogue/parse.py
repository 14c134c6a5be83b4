"""Messages about reading documents."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "unsupported_media_type": Message(
        415,
        "Este tipo de arquivo não é lido: {kind}.",
        "Para usar o conteúdo, {action}. "
        "São lidos PDF, DOCX, DOC, ODT, RTF, XLSX, XLS, ODS, CSV, PPTX, ODP, HTML, MD, TXT, EML e, "
        "por OCR, PNG, JPEG, TIFF, WebP, GIF e BMP.",
    ),
    "empty_file": Message(422, "O arquivo está vazio.", "Confira o arquivo e envie de novo."),
    "empty_text": Message(
        422,
        "O documento não tem texto que se possa ler.",
        "Confira se o arquivo é o certo; "
        "se o conteúdo é só imagem, envie a imagem ou um PDF escaneado, para leitura por OCR.",
    ),
    "document_too_large": Message(
        413,
        "O documento passa do tamanho máximo de {limit_mib} MiB.",
        "Divida o documento em partes menores e envie cada uma.",
    ),
    "document_text_too_long": Message(
        422,
        "O documento tem mais texto do que o limite de {limit} caracteres.",
        "Divida o documento em partes menores e envie cada uma.",
    ),
    "document_too_many_pages": Message(
        422,
        "O documento declara {pages} páginas; o limite é {limit}.",
        "Divida o documento em partes menores e envie cada uma.",
    ),
    "document_too_nested": Message(
        422,
        "O documento tem elementos aninhados demais para ser lido.",
        "Abra-o no programa de origem, salve de novo em formato simples (PDF ou TXT) e envie.",
    ),
    "file_corrupt": Message(
        422,
        "O arquivo está corrompido ou incompleto.",
        "Abra-o no programa de origem, salve de novo e envie a cópia.",
    ),
    "file_password": Message(
        422,
        "O arquivo está protegido por senha.",
        "Remova a senha no programa de origem e envie de novo.",
    ),
    "pdf_password": Message(
        422,
        "O PDF está protegido por senha.",
        "Salve uma cópia sem senha (por exemplo, imprimindo em PDF) e envie de novo.",
    ),
    "xml_unsafe": Message(
        422,
        "O arquivo declara entidades XML, que são um risco e não são aceitas.",
        "Abra-o no programa de origem, salve de novo e envie a cópia.",
    ),
    "zip_bomb": Message(
        422,
        "O arquivo se expande muito além do seu tamanho e foi recusado (limite: {limit_mib} MiB).",
        "Se o arquivo for legítimo, divida-o em partes menores ou salve como PDF.",
    ),
    "zip_too_many_entries": Message(
        422,
        "O arquivo contém partes demais (limite: {limit}).",
        "Abra-o no programa de origem, salve de novo e envie a cópia.",
    ),
    "spreadsheet_too_large": Message(
        422,
        "A planilha ocupa uma área de {cells} células, grande demais para ser lida.",
        "Apague as linhas e colunas vazias até o fim da planilha, ou salve cada aba como CSV.",
    ),
    "ocr_unavailable": Message(
        422,
        "O documento é só imagem e a leitura por OCR não está disponível: {reason}.",
        "Instale o tesseract com o português (no Debian e no Ubuntu: apt install tesseract-ocr "
        "tesseract-ocr-por; no Windows, o instalador com “Portuguese” marcado) e tente de novo, "
        "ou envie o documento com texto.",
    ),
    "ocr_found_no_text": Message(
        422,
        "O documento é só imagem e o OCR não encontrou texto legível nele.",
        "Escaneie ou fotografe de novo, de perto (300 dpi), reto e com bom contraste, ou envie o "
        "documento com texto.",
    ),
    "picture_too_large": Message(
        422,
        "A imagem tem {width} × {height} pontos, mais do que se pode ler.",
        "Salve-a com menos pontos (300 dpi bastam para uma página A4) e envie de novo.",
    ),
    "ocr_too_many_pages": Message(
        422,
        "O documento tem {pages} páginas só de imagem; o limite para OCR é {limit}.",
        "Divida o documento em partes menores e envie cada uma.",
    ),
    "parser_failed": Message(
        422,
        "O documento não pôde ser lido ({cause}).",
        "Abra-o no programa de origem, salve de novo ou exporte como PDF e envie a cópia.",
    ),
    "parser_timeout": Message(
        422,
        "A leitura do documento passou do tempo limite de {seconds} segundos.",
        "Divida o documento em partes menores ou salve em um formato mais simples (PDF ou TXT).",
    ),
    "parser_memory_limit": Message(
        422,
        "A leitura do documento passou do limite de memória.",
        "Divida o documento em partes menores ou salve em um formato mais simples (PDF ou TXT).",
    ),
    "parser_crashed": Message(
        422,
        "O leitor de documentos foi encerrado por este arquivo ({cause}).",
        "O arquivo pode estar corrompido: salve-o de novo ou exporte como PDF e envie a cópia.",
        retryable=True,
    ),
    "parser_cancelled": Message(
        409, "A leitura do documento foi cancelada.", "Envie de novo se ainda precisar.",
    ),
    "parser_start_failed": Message(
        503,
        "O leitor de documentos não pôde ser iniciado ({cause}).",
        "Quem administra pode ver a causa com “cogep doctor”; a tarefa será tentada de novo.",
        retryable=True,
    ),
}  # fmt: skip
