// The question box itself, in its frame or on a page of its own: agree, ask, read, reach a person.
// What comes from the server is put in as text, never as markup.
(() => {
  const at = (id) => document.getElementById(id);
  const { site, consent } = document.body.dataset;
  const tickets = 'tickets' in document.body.dataset;
  const KEPT = `cogep:${site}:${consent}`;
  const CUT = 'A conexão caiu antes do fim. Sua pergunta voltou para a caixa; envie de novo em instantes.';
  const THANKS = 'Obrigado: sua avaliação ficou.';
  let token = kept();
  let conversation = null;
  let last = null;
  let asking = null;
  let port = null;

  // The page around us hands a channel over; only sites that may frame us can (frame-ancestors).
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.data !== 'cogep:hello' || !event.ports[0]) return;
    port = event.ports[0];
    port.onmessage = ({ data }) => data === 'opened' && (at('acordo').hidden ? begin() : at('titulo')).focus();
    at('fechar').hidden = false;
    port.postMessage('ready');
  });
  at('fechar').addEventListener('click', leave);
  at('aceitar').addEventListener('click', agree);
  at('perguntar').addEventListener('submit', (event) => { event.preventDefault(); ask(at('pergunta').value.trim()); });
  at('pergunta').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    at('perguntar').requestSubmit();
  });
  at('parar').addEventListener('click', () => asking?.abort());
  if (tickets) {
    at('chamar').addEventListener('click', () => reach());
    at('desistir').addEventListener('click', () => show('conversa').focus());
    at('voltar').addEventListener('click', () => show('conversa').focus());
    at('chamado').addEventListener('submit', (event) => { event.preventDefault(); openTicket(); });
  }
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      if (asking) asking.abort();
      else leave();
    }
    if (event.key === 'Tab' && port) keepInside(event);
  });
  show(token ? 'conversa' : 'acordo');

  function show(name) {
    for (const id of ['acordo', 'conversa', 'pessoa', 'aberto']) if (at(id)) at(id).hidden = id !== name;
    at('perguntar').hidden = name !== 'conversa';
    at('problema').hidden = true;
    return name === 'conversa' ? at('pergunta') : at(`${name}-titulo`) ?? at('titulo');
  }

  function begin() {
    for (const id of ['pessoa', 'aberto']) if (at(id) && !at(id).hidden) return at(`${id}-titulo`);
    return at('pergunta');
  }

  function leave() {
    port?.postMessage('close');
  }

  // As in a dialog: after the last comes the first, and Esc leads out.
  function keepInside(event) {
    const all = [...document.querySelectorAll('a[href], button, input, textarea, summary')].filter((one) => !one.disabled && one.checkVisibility());
    const edge = event.shiftKey ? all[0] : all.at(-1);
    const other = event.shiftKey ? all.at(-1) : all[0];
    if (document.activeElement !== edge && all.includes(document.activeElement)) return;
    if (document.activeElement === edge || event.shiftKey) {
      event.preventDefault();
      other.focus();
    }
  }

  async function agree() {
    const reply = await call(`/widget/${site}/visitas`, { consent_version: Number(consent) });
    if (!reply) return;
    token = (await reply.json()).token;
    try { sessionStorage.setItem(KEPT, token); } catch { /* a browser that keeps nothing asks again */ }
    show('conversa').focus();
  }

  async function ask(question) {
    if (!question || asking) return;
    at('pergunta').value = '';
    at('abertura').hidden = true;
    const turn = newTurn(question);
    say('Procurando nos documentos…');
    asking = new AbortController();
    busy(true);
    try {
      const reply = await call('/widget/perguntar', { question, conversation_id: conversation }, asking.signal);
      if (!reply) { turn.root.remove(); at('pergunta').value = question; return; }
      let whole = false;
      for await (const [name, data] of events(reply)) {
        heard(turn, name, data);
        whole ||= name === 'done' || name === 'error';
      }
      // A network may end a stream without a word, as if it were whole.
      if (!whole) broken(turn, CUT);
    } catch (error) {
      if (error.name === 'AbortError') broken(turn, 'Resposta interrompida.');
      else broken(turn, CUT);
    } finally {
      turn.answer.classList.remove('writing');
      asking = null;
      busy(false);
    }
  }

  // What stands stays, with its sources, and the question goes back to its box.
  function broken(turn, words) {
    if (!turn.answer.textContent) turn.answer.remove();
    else if (turn.sources.length) turn.root.append(sourceList(turn));
    note(turn, words, words === CUT ? 'bad' : '');
    say(words);
    if (!at('pergunta').value) at('pergunta').value = turn.question;
  }

  function heard(turn, name, data) {
    if (name === 'sources') turn.sources = data.citations;
    if (name === 'delta') {
      turn.answer.append(data.text.trimEnd(), ...data.citations.map((n) => chip(turn, n)), data.text.endsWith('\n') ? '\n' : ' ');
      turn.root.scrollIntoView({ block: 'nearest' });
    }
    if (name === 'done') done(turn, data);
    if (name === 'error') { note(turn, data.error.message, 'bad'); say(data.error.message); }
  }

  function done(turn, data) {
    conversation = data.conversation_id;
    // A greeting is nothing to open a ticket about: what was asked before it stays.
    if (!data.courtesy || !last) last = { id: data.answer_id, question: data.courtesy ? '' : turn.question };
    if (data.understood) turn.answer.before(make('p', 'soft', `Entendi como: ${data.understood}`));
    if (data.notice) note(turn, data.notice, 'warn');
    if (data.courtesy) return courtesy(turn, data);
    if (data.abstained) return abstained(turn, data);
    turn.sources = data.citations;
    const words = turn.answer.textContent;
    arrange(turn, data.blocks);
    turn.root.append(sourceList(turn), rating(data.answer_id));
    say(`Resposta: ${words} ${data.citations.length === 1 ? 'Uma fonte.' : `${data.citations.length} fontes.`}`);
  }

  // Now that it is whole: lists and tables as such, and what was asked for in bold.
  function arrange(turn, blocks) {
    const held = [...turn.answer.querySelectorAll('.chip')].indexOf(document.activeElement);
    turn.answer.replaceChildren(...blocks.flatMap((block) => [
      block.kind === 'table' ? table(turn, block) : prose(turn, block),
      ...(block.more ? [make('p', 'soft', block.more)] : []),
    ]));
    turn.answer.querySelectorAll('.chip')[held]?.focus();
  }

  function prose(turn, { kind, lines }) {
    const root = make(kind === 'list' ? 'ul' : 'p');
    for (const line of lines) {
      const into = kind === 'list' ? make('li') : root;
      for (const { parts, citations } of line) into.append(...told(parts), ...citations.map((n) => chip(turn, n)), ' ');
      if (into !== root) root.append(into);
    }
    return root;
  }

  function table(turn, { caption, lines }) {
    const root = make('table');
    if (caption) root.createCaption().textContent = caption;
    for (const { head, cells, citations } of lines) {
      const row = (head ? root.createTHead() : root.tBodies[0] ?? root.createTBody()).insertRow();
      for (const parts of cells) {
        const cell = make(head ? 'th' : 'td');
        if (head) cell.scope = 'col';
        cell.append(...told(parts));
        row.append(cell);
      }
      row.lastChild.append(...citations.map((n) => chip(turn, n)));
    }
    const box = make('div', 'table');
    box.append(root);
    return box;
  }

  function told([before, asked, after]) {
    return asked ? [before, make('strong', '', asked), after] : [before];
  }

  function courtesy(turn, data) {
    if (data.courtesy === 'person' && tickets) turn.root.append(ticketButton(turn, data, 'Abrir chamado'));
    say(turn.answer.textContent);
  }

  function ticketButton(turn, data, words) {
    const button = make('button', 'small', words);
    button.type = 'button';
    button.addEventListener('click', () => reach(data.courtesy ? last : { id: data.answer_id, question: turn.question }));
    return button;
  }

  function abstained(turn, data) {
    turn.answer.remove();
    const card = make('div', 'note warn');
    card.append(make('p', '', 'Não encontrei isso na base.'), ...data.lacking.map((words) => make('p', '', words)));
    if (data.suggestion) card.append(make('p', 'soft', 'Você quis dizer:'), againButton(data.suggestion));
    if (data.closest.length) {
      const list = make('ul');
      for (const near of data.closest) { const line = make('li'); line.append(place(near)); list.append(line); }
      card.append(make('p', 'soft', 'Documentos mais próximos:'), list);
    }
    if (tickets) card.append(ticketButton(turn, data, 'Abrir chamado com esta pergunta'));
    turn.root.append(card);
    say(['Não encontrei isso na base.', ...data.lacking].join(' '));
    turn.root.scrollIntoView({ block: 'nearest' });
  }

  function againButton(question) {
    const button = make('button', 'small', question);
    button.type = 'button';
    button.addEventListener('click', () => ask(question));
    return button;
  }

  function newTurn(question) {
    const root = make('article', 'turn');
    const asked = make('h2', 'asked', question);
    const answer = make('div', 'answer writing');
    root.append(asked, answer);
    at('turnos').append(root);
    root.scrollIntoView({ block: 'end' });
    return { root, answer, question, sources: [], list: null };
  }

  function chip(turn, n) {
    const button = make('button', 'chip', String(n));
    button.type = 'button';
    button.setAttribute('aria-label', `Fonte ${n}: ${turn.sources.find((one) => one.n === n)?.title ?? ''}`);
    button.addEventListener('click', () => {
      if (!turn.list) return;
      turn.list.open = true;
      const line = turn.list.querySelector(`[data-n="${n}"]`);
      line?.focus();
      line?.scrollIntoView({ block: 'nearest' });
    });
    return button;
  }

  function sourceList(turn) {
    const list = make('details');
    list.append(make('summary', '', `Fontes (${turn.sources.length})`));
    const lines = make('ol', 'sources');
    for (const source of turn.sources) {
      const line = make('li');
      line.dataset.n = source.n;
      line.tabIndex = -1;
      line.append(make('b', '', `${source.n}. `), place(source), make('blockquote', '', source.quote));
      lines.append(line);
    }
    list.append(lines);
    turn.list = list;
    return list;
  }

  function place(found) {
    const words = found.page ? `${found.title}, página ${found.page}` : found.title;
    if (!found.href) return make('span', '', words);
    return Object.assign(make('a', '', words), { href: found.href, target: '_blank', rel: 'noopener noreferrer' });
  }

  function rating(answer, word = '') {
    const row = make('div', 'row after');
    const said = make('p', 'soft', word);
    said.tabIndex = -1;
    if (word) row.append(said);
    const turnInto = (other) => { row.replaceWith(other); other.firstChild.focus(); };
    const button = (words, act) => {
      const made = make('button', 'second small', words);
      made.type = 'button';
      made.addEventListener('click', act);
      row.append(made);
    };
    if (word === THANKS) {
      button('Retirar a avaliação', async () => {
        if (await call(`/widget/avaliar/${answer}`, undefined, undefined, 'DELETE')) turnInto(rating(answer, 'Sua avaliação foi retirada.'));
      });
      return row;
    }
    for (const [value, words] of [['up', 'Ajudou'], ['down', 'Não ajudou']]) {
      button(words, async () => {
        if (await call('/widget/avaliar', { answer_id: answer, rating: value })) turnInto(rating(answer, THANKS));
      });
    }
    return row;
  }

  function reach(about = last) {
    last = about;
    at('texto').value = about?.question ?? at('pergunta').value;
    show('pessoa').focus();
  }

  async function openTicket() {
    const button = at('chamado').querySelector('[type="submit"]');
    button.disabled = true;
    const reply = await call('/widget/chamado', { text: at('texto').value, answer_id: last?.id ?? null, name: at('nome').value, email: at('email').value });
    button.disabled = false;
    if (!reply) return;
    const opened = await reply.json();
    at('protocolo').textContent = opened.protocol;
    at('codigo').textContent = opened.code;
    at('chamado').reset();
    show('aberto').focus();
    say(`Chamado ${opened.protocol} aberto. Código ${opened.code}.`);
  }

  // Returns the reply, or undefined after saying what is wrong.
  async function call(path, body, signal, method = 'POST') {
    at('problema').hidden = true;
    const headers = { 'Content-Type': 'application/json' };
    if (token) headers.Authorization = `Visit ${token}`;
    let reply;
    try {
      reply = await fetch(path, { method, headers, body: JSON.stringify(body), signal });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      return wrong('Sem conexão com o servidor. Tente de novo em instantes.');
    }
    if (reply.ok) return reply;
    const told = await reply.json().catch(() => null);
    if (reply.status === 401) {
      token = null;
      try { sessionStorage.removeItem(KEPT); } catch { /* nothing was kept */ }
      conversation = last = null;
      show('acordo').focus();
    }
    return wrong(told?.error?.message ?? 'Algo deu errado do nosso lado. Tente de novo em instantes.');
  }

  function wrong(text) {
    at('problema').textContent = text;
    at('problema').hidden = false;
    at('problema').scrollIntoView({ block: 'nearest' });
  }

  async function* events(reply) {
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done: over } = await reader.read();
      if (over) return;
      const parts = (text + value).split('\n\n');
      text = parts.pop();
      for (const part of parts) {
        const name = /^event: (.+)$/m.exec(part)?.[1];
        const data = /^data: (.+)$/m.exec(part)?.[1];
        if (name && data) yield [name, JSON.parse(data)];
      }
    }
  }

  function note(turn, text, kind = '') {
    turn.root.append(make('p', `note ${kind}`, text));
  }

  function busy(is) {
    at('enviar').disabled = is;
    at('parar').hidden = !is;
  }

  function say(text) {
    at('falado').textContent = text;
  }

  function make(name, style = '', text = '') {
    return Object.assign(document.createElement(name), { className: style, textContent: text });
  }

  function kept() {
    try { return sessionStorage.getItem(KEPT); } catch { return null; }
  }
})();
