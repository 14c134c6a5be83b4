// The desk: forms of acts in a dialog, the board by drag, the composer, keys j and k in lists.
// Each of these has its way without a script: a page, a link, a button.
(() => {
  const dialog = () => document.getElementById('ato');
  const token = () => document.querySelector('input[name="csrf_token"]')?.value ?? '';

  // ---- Acts in a dialog
  window.deskAct = openAct;
  async function openAct(address) {
    const reply = await fetch(address, { headers: { 'HX-Request': 'true', Accept: 'text/html' } });
    if (!reply.ok) { location.href = address; return; }
    const box = document.getElementById('ato-conteudo');
    box.innerHTML = await reply.text();
    window.htmx.process(box);
    if (!dialog().open) dialog().showModal();
    box.querySelector('select, textarea, input:not([type="hidden"])')?.focus();
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-dialog]');
    if (!link || !dialog() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openAct(link.href);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-dialog-form]');
    if (!form || !dialog()?.open) return;
    event.preventDefault();
    openAct(`${form.action}?${new URLSearchParams(new FormData(form))}`);
  });

  // ---- The board
  let dragged = null;

  function may(column) {
    return dragged !== null && dragged.dataset.moves.split(' ').includes(column.dataset.status);
  }

  document.addEventListener('dragstart', (event) => {
    dragged = event.target.closest?.('[data-ticket]') ?? null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', dragged.dataset.ticket);
    for (const column of document.querySelectorAll('[data-board] .column')) column.classList.toggle('refuses', !may(column));
  });
  document.addEventListener('dragend', () => {
    dragged = null;
    for (const column of document.querySelectorAll('[data-board] .column')) column.classList.remove('over', 'refuses');
  });
  document.addEventListener('dragover', (event) => {
    const column = event.target.closest?.('[data-board] .column');
    if (!column || !may(column)) return;
    event.preventDefault();
    column.classList.add('over');
  });
  document.addEventListener('dragleave', (event) => {
    event.target.closest?.('[data-board] .column')?.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    const column = event.target.closest?.('[data-board] .column');
    if (!column || !may(column)) return;
    event.preventDefault();
    drop(dragged, column.dataset.status, column.closest('[data-board]').dataset.back);
  });

  async function drop(card, status, back) {
    const here = `/chamados/${card.dataset.ticket}`;
    if (card.dataset.asks.split(' ').includes(status)) {
      openAct(`${here}/acoes/mover?${new URLSearchParams({ para: status, volta: back })}`);
      return;
    }
    const body = new URLSearchParams({ para: status, revisao: card.dataset.revision, volta: back, csrf_token: token() });
    const reply = await fetch(`${here}/estado`, { method: 'POST', body, headers: { 'HX-Request': 'true', Accept: 'text/html', 'X-CSRF-Token': token() } });
    if (reply.ok) { location.href = reply.headers.get('HX-Redirect') ?? location.href; return; }
    document.getElementById('avisos').innerHTML = await reply.text();
  }

  // ---- Lists by key; what is ticked stays ticked when the list comes anew
  function step(by) {
    const rows = [...document.querySelectorAll('[data-rows] [data-row]')];
    if (!rows.length) return false;
    const place = rows.indexOf(document.activeElement);
    rows[Math.min(Math.max(place + by, 0), rows.length - 1)].focus();
    return true;
  }

  let ticked = [];
  document.addEventListener('htmx:before:swap', () => {
    ticked = [...document.querySelectorAll('.tick:checked')].map((one) => one.value);
  });
  document.addEventListener('htmx:after:swap', () => {
    // A suggested reply comes above the composer: it is brought into sight, and to the keys.
    const suggested = document.querySelector('#sugestao > :not([data-seen])');
    if (suggested) {
      suggested.dataset.seen = 'yes';
      suggested.scrollIntoView({ block: 'start' });
      suggested.querySelector('textarea')?.focus({ preventScroll: true });
    }
    for (const one of document.querySelectorAll('.tick')) if (ticked.includes(one.value)) one.checked = true;
  });
  // A part that somebody is choosing in is not replaced under their hands.
  document.addEventListener('live', (event) => {
    const busy = document.activeElement;
    if (busy?.matches('input, select, textarea') && event.target.contains(busy)) event.stopImmediatePropagation();
  }, true);

  // ---- The composer
  const composer = () => document.querySelector('[data-composer]');

  function show(form) {
    const note = form.elements.tipo.value === 'nota';
    form.classList.toggle('is-note', note);
    for (const one of form.querySelectorAll('[data-of="resposta"]')) {
      if (one.tagName === 'SPAN') one.textContent = note ? 'Nota interna' : one.dataset.words ??= one.textContent;
      else one.hidden = note;
    }
    form.querySelector('[data-send]').textContent = note ? 'Guardar nota' : 'Enviar';
  }

  function tellWriting(form) {
    const mark = document.getElementById('escrevendo');
    const now = form.elements.texto.value.trim() ? '1' : '0';
    if (!mark || mark.value === now) return;
    mark.value = now;
    // Said at once: whoever is at the same ticket should not begin as well.
    mark.closest('[data-live]')?.dispatchEvent(new CustomEvent('live'));
  }

  document.addEventListener('change', (event) => {
    const form = event.target.closest('[data-composer]');
    if (form && event.target.name === 'tipo') { show(form); form.elements.texto.focus(); }
    if (event.target.matches('[data-fill]') && event.target.value) fill(event.target);
  });
  // Choosing what is chosen already changes nothing: whoever presses it still wants to write.
  document.addEventListener('click', (event) => {
    const form = event.target.closest('[data-composer]');
    if (form && event.target.name === 'tipo') form.elements.texto.focus();
  });
  document.addEventListener('input', (event) => {
    const form = event.target.closest('[data-composer]');
    if (!form) return;
    // A text that was taken out takes its sources along.
    if (!form.elements.texto.value.trim()) for (const one of form.querySelectorAll('[name="fonte"]')) one.remove();
    tellWriting(form);
  });
  document.addEventListener('draft:restored', (event) => {
    if (event.target.matches('[data-composer]')) { show(event.target); tellWriting(event.target); }
  });
  document.addEventListener('DOMContentLoaded', () => { if (composer()) show(composer()); });

  function put(area, text) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
    area.focus();
  }

  async function fill(select) {
    const reply = await fetch(select.dataset.fill + encodeURIComponent(select.value), { headers: { 'HX-Request': 'true', Accept: 'text/html' } });
    select.value = '';
    if (!reply.ok) return;
    const holder = new DOMParser().parseFromString(await reply.text(), 'text/html');
    put(composer().elements.texto, holder.body.textContent.trim());
  }

  // A pasted picture or file joins those that were chosen.
  document.addEventListener('paste', (event) => {
    const input = event.target.closest('[data-composer]')?.querySelector('input[type="file"]');
    const pasted = event.clipboardData?.files ?? [];
    if (!input || !pasted.length) return;
    event.preventDefault();
    const kept = new DataTransfer();
    for (const file of [...input.files, ...pasted]) kept.items.add(file);
    input.files = kept.files;
  });

  // A suggested reply: into the composer with its sources, or away.
  document.addEventListener('click', (event) => {
    const edit = event.target.closest('[data-edit]');
    const form = composer();
    if (edit && form) {
      event.preventDefault();
      const suggested = edit.closest('form');
      for (const one of form.querySelectorAll('[name="fonte"]')) one.remove();
      for (const one of suggested.querySelectorAll('[name="fonte"]')) form.append(one);
      form.elements.tipo.value = 'resposta';
      show(form);
      form.elements.texto.value = '';
      put(form.elements.texto, suggested.elements.texto.value);
      document.getElementById('sugestao').replaceChildren();
      return;
    }
    const discard = event.target.closest('[data-discard]');
    if (discard && document.getElementById('sugestao')) {
      event.preventDefault();
      document.getElementById('sugestao').replaceChildren();
      document.querySelector('[data-suggest]')?.focus();
    }
  });

  // ---- Keys of the desk that need more than a press
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if ((event.key === 'j' && step(1)) || (event.key === 'k' && step(-1))) event.preventDefault();
    const form = composer();
    if (form && event.key === 'i') {
      event.preventDefault();
      form.elements.tipo.value = form.elements.tipo.value === 'nota' ? 'resposta' : 'nota';
      show(form);
    }
    const next = document.querySelector('form[data-resolve-next]');
    if (next && event.key === 'E') {
      event.preventDefault();
      const after = document.querySelector('[data-next]');
      if (after) next.elements.volta.value = after.getAttribute('href');
      next.requestSubmit();
    }
  });
})();
