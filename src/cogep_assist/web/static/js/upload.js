// Files: dropped or chosen, listed before they go, with a bar while they do. Without a script the
// form sends itself.
(() => {
  const form = document.getElementById('arquivos');
  const input = document.getElementById('file');
  const drop = form.querySelector('.drop');
  const number = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 1 });

  function list() {
    const rows = [...input.files].map((file) => {
      const row = document.createElement('li');
      row.textContent = `${file.name} (${number.format(file.size / 1024)} KB)`;
      return row;
    });
    document.getElementById('escolhidos').replaceChildren(...rows);
  }

  input.addEventListener('change', list);
  // Files may have been chosen before this ran.
  list();
  for (const name of ['dragenter', 'dragover']) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    list();
  });

  function say(words) {
    document.getElementById('andamento-palavras').textContent = words;
  }

  // What a proxy says in its own words is no page of ours: a sentence stands for it.
  function words(status) {
    const kept = 'Os arquivos continuam escolhidos';
    if (status === 413) return `Os arquivos são grandes demais para o servidor de entrada (413). ${kept}: envie menos de cada vez, ou peça a quem administra um limite maior.`;
    if (status >= 500) return `O servidor não está atendendo agora (${status}). ${kept}; tente de novo em instantes.`;
    if (status) return `O envio foi recusado no caminho até o servidor (${status}). ${kept}.`;
    return `O envio foi interrompido. ${kept}; tente de novo.`;
  }

  function failed(request) {
    document.getElementById('andamento').hidden = true;
    form.querySelector('button[type="submit"]').disabled = false;
    const ours = request.getResponseHeader('X-Request-ID') && request.responseText;
    if (ours) htmx.swap({ text: ours, target: document.getElementById('avisos'), swap: 'afterbegin' });
    else window.cogepNotices.say(words(request.status), 'bad');
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    const bar = document.getElementById('barra');
    // What was said of the try before is over.
    for (const one of document.querySelectorAll('#avisos .toast.bad')) one.remove();
    document.getElementById('andamento').hidden = false;
    form.querySelector('button[type="submit"]').disabled = true;
    say('Enviando…');
    request.upload.addEventListener('progress', (told) => {
      if (!told.lengthComputable) return;
      bar.value = (100 * told.loaded) / told.total;
      say(bar.value < 100 ? `Enviando… ${Math.floor(bar.value)}%` : 'Guardando na fila…');
    });
    request.addEventListener('load', () => {
      const next = request.getResponseHeader('HX-Redirect');
      if (request.status < 300 && next) location.assign(next);
      else failed(request);
    });
    request.addEventListener('error', () => failed(request));
    request.open('POST', form.action);
    request.setRequestHeader('HX-Request', 'true');
    request.setRequestHeader('Accept', 'text/html');
    request.send(new FormData(form));
  });
})();
