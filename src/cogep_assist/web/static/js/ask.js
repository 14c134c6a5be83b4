// The page of questions: Enter sends, Esc stops, digits open sources, [ and ] go through them.
(() => {
  const form = () => document.getElementById('perguntar');
  const box = () => document.getElementById('pergunta');
  const pane = () => document.getElementById('fonte');
  let opened = null;
  let stood;

  document.addEventListener('keydown', (event) => {
    if (event.target.id === 'pergunta' && event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form().requestSubmit();
    }
  });

  // One question at a time: the next belongs to the conversation that the first one begins.
  let asking = false;
  let next = false;
  const ONE_AT_A_TIME = 'Espere a resposta terminar, ou pare-a com Esc. O que você escreveu fica na caixa.';
  document.addEventListener('submit', (event) => {
    if (event.target !== form() || !asking) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // The answer stands, and only its stream is still to close: the question goes right after it.
    next = !document.querySelector('.turn[aria-busy="true"], .turn.on-its-way');
    if (next) return;
    document.getElementById('anuncio').textContent = ONE_AT_A_TIME;
    window.cogepNotices.say(ONE_AT_A_TIME);
  }, { capture: true });

  // What was sent leaves the box at once, and stands among the turns before the network says a
  // word; it comes back if the request fails.
  let sent = '';
  let slow = 0;
  document.addEventListener('htmx:before:request', (event) => {
    if (event.target !== form()) return;
    asking = true;
    sent = box().value;
    box().value = '';
    document.getElementById('parar').hidden = false;
    document.querySelector('.suggestions')?.remove();
    document.querySelector('.tour.invitation')?.remove();
    onItsWay(sent);
    clearTimeout(slow);
    slow = setTimeout(() => {
      const waiting = document.querySelector('.waiting p');
      if (waiting) document.getElementById('anuncio').textContent = waiting.textContent = SLOW;
    }, SLOW_SECONDS * 1000);
  });
  function onItsWay(question) {
    const turn = document.createElement('article');
    turn.className = 'turn on-its-way';
    const asked = document.createElement('h2');
    asked.className = 'question';
    asked.textContent = question;
    const waiting = document.createElement('div');
    waiting.className = 'waiting';
    const words = document.createElement('p');
    words.className = 'soft';
    words.textContent = 'Enviando…';
    const line = document.createElement('span');
    line.className = 'skeleton';
    waiting.append(words, line);
    turn.append(asked, waiting);
    document.getElementById('turnos').append(turn);
    turn.scrollIntoView({ block: 'start' });
  }
  function arrived() {
    document.querySelector('.turn.on-its-way')?.remove();
  }
  function back() {
    if (!box().value) box().value = sent;
  }
  function ended() {
    asking = false;
    arrived();
    if (next) setTimeout(() => form().requestSubmit());
    next = false;
    clearTimeout(slow);
    document.getElementById('parar').hidden = true;
  }
  document.addEventListener('htmx:response:error', back);
  document.addEventListener('htmx:error', back);
  document.addEventListener('htmx:finally:request', (event) => {
    if (event.target === form() && !form()._htmx?.sse) ended();
  });
  document.addEventListener('htmx:sse:close', ended);
  // The server sends this last: the answer is kept, and has an address.
  document.addEventListener('answered', (event) => {
    const told = JSON.parse(event.detail.data);
    history.replaceState(null, '', `/conversas/${told.conversation}`);
    window.cogepDrafts.forget('pergunta');
    sent = '';
    ended();
  });

  // What is being written and breaks off: what stands stays, and the question comes back.
  const SLOW_SECONDS = 15;
  const SLOW = 'Ainda procurando: está demorando mais do que o comum. Você pode esperar, parar ou falar com uma pessoa.';
  const STOPPED = 'Resposta interrompida. Sua pergunta voltou para a caixa.';
  const CUT = 'A resposta parou no meio: o contato com o servidor caiu. Sua pergunta voltou para a caixa; envie de novo em instantes.';

  function cease(words) {
    const busy = document.querySelector('.turn[aria-busy="true"]');
    if (!busy) return neverArrived();
    busy.removeAttribute('aria-busy');
    busy.querySelector('.waiting')?.remove();
    const sheet = busy.querySelector('.answer');
    if (!sheet.textContent.trim()) sheet.remove();
    const note = document.createElement('p');
    note.className = words === CUT ? 'notice warn' : 'soft';
    note.textContent = words;
    busy.append(note);
    document.getElementById('anuncio').textContent = words;
    back();
    ended();
    return true;
  }

  // Nothing of an answer has come yet: the question goes back to the box as if never sent.
  function neverArrived() {
    if (!asking) return false;
    back();
    ended();
    return true;
  }

  function breakOff(words) {
    if (!asking) return false;
    const reader = form()._htmx?.sse?.reader;
    form().dispatchEvent(new CustomEvent('htmx:abort'));
    reader?.cancel().catch(() => {});
    return cease(words);
  }

  function stop() {
    if (!breakOff(STOPPED)) return false;
    box().focus();
    return true;
  }
  for (const end of ['htmx:sse:close', 'htmx:sse:error', 'htmx:error']) document.addEventListener(end, () => cease(CUT));
  addEventListener('offline', () => breakOff(CUT));

  // Sources of the turn that is looked at: the one of the open source, else the last.
  function links() {
    const turn = opened?.closest('.turn') ?? [...document.querySelectorAll('.turn')].at(-1);
    const seen = new Map();
    for (const one of turn?.querySelectorAll('[data-source]') ?? []) if (!seen.has(one.dataset.source)) seen.set(one.dataset.source, one);
    return [...seen.values()];
  }

  function step(by) {
    const all = links();
    const place = all.findIndex((one) => one.dataset.source === opened?.dataset.source);
    all[Math.min(Math.max(place + by, 0), all.length - 1)]?.click();
  }

  // Beside an open source the turns are narrower, and so longer: what is read stays where it was.
  function stay() {
    if (!opened?.isConnected || stood === undefined) return;
    scrollBy({ top: opened.getBoundingClientRect().top - stood, behavior: 'instant' });
    opened.scrollIntoView({ block: 'nearest' });
  }

  function close() {
    if (!pane().childElementCount) return false;
    stood = opened?.getBoundingClientRect().top;
    pane().replaceChildren();
    document.body.classList.remove('source-open');
    stay();
    opened?.focus({ preventScroll: true });
    opened = null;
    return true;
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-source]');
    if (link) {
      opened = link;
      stood = link.getBoundingClientRect().top;
    }
    if (event.target.closest('[data-close-source]')) close();
    if (event.target.closest('#parar')) stop();
    const by = event.target.closest('[data-step]');
    if (by) step(Number(by.dataset.step));
    const again = event.target.closest('[data-rephrase]');
    if (again) {
      box().value = again.dataset.rephrase;
      box().focus();
      box().select();
    }
  });

  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      document.querySelectorAll('.cite').forEach((one) => one.classList.add('dismissed'));
      if (stop() || close()) event.preventDefault();
      return;
    }
    if (event.target.closest('input, textarea, select') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[1-9]$/.test(event.key)) links().find((one) => one.dataset.source === event.key)?.click();
  });

  document.addEventListener('htmx:after:swap', () => {
    // What was just asked comes into sight, with the room for its answer below.
    const asked = document.querySelector('.turn[aria-busy="true"]:not([data-seen])');
    if (asked) {
      arrived();
      asked.dataset.seen = 'yes';
      asked.scrollIntoView({ block: 'start' });
    }
    if (!pane()?.childElementCount) return;
    if (!document.body.classList.contains('source-open')) {
      document.body.classList.add('source-open');
      stay();
    }
    const mark = pane().querySelector('mark');
    if (mark && !mark.dataset.seen) {
      mark.dataset.seen = 'yes';
      // Only what is read in the pane moves, not the page beside it.
      const read = mark.closest('.pane-text');
      read.scrollTop += mark.getBoundingClientRect().top - read.getBoundingClientRect().top - read.clientHeight / 2;
      mark.focus({ preventScroll: true });
    }
  });

  // A card that would leave the window opens to the other side.
  document.addEventListener('pointerover', place);
  document.addEventListener('focusin', place);
  function place(event) {
    const cite = event.target.closest?.('.cite');
    if (!cite) return;
    cite.classList.remove('dismissed', 'to-left');
    const card = cite.querySelector('.hover-card');
    if (cite.closest('.table-box')) return pin(card, cite.getBoundingClientRect());
    if (card.getBoundingClientRect().right > document.documentElement.clientWidth - 8) cite.classList.add('to-left');
  }
  // A table that is moved sideways would cut its cards off: they stand in the window instead.
  function pin(card, chip) {
    card.classList.add('placed');
    const { width, height } = card.getBoundingClientRect();
    const root = document.documentElement;
    const below = chip.bottom + height < root.clientHeight;
    card.style.left = `${Math.max(8, Math.min(chip.left, root.clientWidth - width - 8))}px`;
    card.style.top = `${below ? chip.bottom : Math.max(8, chip.top - height)}px`;
  }
  document.addEventListener('scroll', () => {
    document.querySelectorAll('.cite:has(> .placed)').forEach((one) => one.classList.add('dismissed'));
  }, { capture: true, passive: true });

  // A conversation goes on where it ended; who comes back by the browser is left where they were.
  document.addEventListener('DOMContentLoaded', () => {
    const turns = document.querySelectorAll('.turn');
    // Reloaded while it was answered: what was kept in this browser has been asked already.
    if (turns.length && box().value.trim() === turns[turns.length - 1].querySelector('.question').textContent.trim()) {
      box().value = '';
      window.cogepDrafts.forget('pergunta');
    }
    const came = performance.getEntriesByType('navigation')[0]?.type;
    if (turns.length > 1 && came === 'navigate' && !location.hash) turns[turns.length - 1].scrollIntoView({ block: 'start' });
  });

  // Browsers that keep what is closed out of the paper, whatever the style sheet says.
  addEventListener('beforeprint', () => document.querySelectorAll('.source-list').forEach((one) => { one.open = true; }));

  // A suggestion is asked as if it had been typed.
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('[data-suggestion]') || !window.htmx) return;
    event.preventDefault();
    box().value = event.submitter.value;
    event.target.closest('[data-once]')?.remove();
    form().requestSubmit();
  });
})();
