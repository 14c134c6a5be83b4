// Files: dropped or chosen, listed before they go, with a bar while they do. Without a script the
// form sends itself.
(() => {
  const form = document.getElementById('arquivos');
  const input = document.getElementById('file');
  const drop = form.querySelector('.drop');
  const number = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 1 });

  const most = { bytes: Number(input.dataset.mostBytes), files: Number(input.dataset.mostFiles) };

  // Why a file stays here; nothing where it goes.
  function unfit(file, place) {
    if (!file.size) return 'está vazio: não vai';
    if (file.size > most.bytes) return 'é grande demais: não vai';
    return place < most.files ? '' : 'não cabe neste envio: mande depois';
  }

  function size(bytes) {
    return bytes < 1024 * 1024 ? `${number.format(bytes / 1024)} KB` : `${number.format(bytes / 1024 / 1024)} MB`;
  }

  function list() {
    // What stays here stands first: at the end of a long list nobody would see it.
    const chosen = [...input.files].map((file, place) => ({ file, place, why: unfit(file, place) }));
    chosen.sort((one, other) => Boolean(other.why) - Boolean(one.why));
    const rows = chosen.map(({ file, place, why }) => {
      const row = document.createElement('li');
      const name = document.createElement('span');
      name.textContent = file.name;
      const told = document.createElement('span');
      told.className = why ? 'unfit' : 'soft';
      told.textContent = why || size(file.size);
      const out = document.createElement('button');
      out.type = 'button';
      out.className = 'quiet icon-only small';
      out.textContent = '×';
      out.setAttribute('aria-label', `Retirar ${file.name}`);
      out.addEventListener('click', () => leave(place));
      row.append(name, told, out);
      return row;
    });
    document.getElementById('escolhidos').replaceChildren(...rows);
  }

  function choose(files) {
    const kept = new DataTransfer();
    for (const file of files) kept.items.add(file);
    input.files = kept.files;
    list();
  }

  function leave(place) {
    choose([...input.files].filter((_, at) => at !== place));
    const buttons = document.querySelectorAll('#escolhidos button');
    (buttons[Math.min(place, buttons.length - 1)] ?? input).focus();
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
    choose([...input.files, ...event.dataTransfer.files]);
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
    // What is empty costs nothing to send, and the next page tells of it.
    const going = [...input.files].filter((file, place) => !file.size || !unfit(file, place));
    if (!going.some((file) => file.size)) return window.cogepNotices.say('Nenhum dos arquivos escolhidos pode ir. Veja por que, ao lado de cada um.', 'bad');
    const data = new FormData(form);
    data.delete('file');
    for (const file of going) data.append('file', file);
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
    request.send(data);
  });
})();
