// What is typed in the composer finds things: @ a colleague, :: a text or a macro, ?? a passage of
// the base, which comes in with its source. Each has its way without a script too: a name typed in
// full, a list, a link.
(() => {
  const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const SIGNS = [
    { pattern: /@([\p{L} ]{1,40})$/u, title: 'Colegas', find: colleagues },
    { pattern: /::([\p{L}\p{N} ]{0,40})$/u, title: 'Textos prontos e macros', find: readyTexts },
    { pattern: /\?\?([\p{L}\p{N} ,.-]{2,80})$/u, title: 'Trechos da base', find: passages },
  ];
  let asked = 0;

  const names = (id) => [...(document.getElementById(id)?.options ?? [])].map((one) => one.value);
  const fitting = (known, typed) => known.filter((name) => fold(name).includes(fold(typed.trim()))).slice(0, 6);

  function close() { document.querySelector('.names')?.remove(); }

  // Replaces what was typed, the sign included where nothing of it is to stay.
  function put(area, typed, text) {
    area.setRangeText(text, area.selectionStart - typed, area.selectionStart, 'end');
    close();
    area.focus();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function colleagues(area, typed) {
    const known = names('colegas').filter((name) => fold(name).startsWith(fold(typed)) && name !== typed);
    return known.slice(0, 6).map((name) => ({ label: name, act: () => put(area, typed.length, `${name} `) }));
  }

  function readyTexts(area, typed) {
    const length = typed.length + 2;
    const texts = fitting(names('prontos'), typed).map((name) => ({
      label: name,
      act: async () => {
        const reply = await fetch(area.dataset.texts + encodeURIComponent(name), { headers: { 'HX-Request': 'true', Accept: 'text/html' } });
        if (!reply.ok) return;
        const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
        put(area, length, page.body.textContent.trim());
      },
    }));
    const macros = fitting(names('macros'), typed).map((name) => ({
      label: `Macro: ${name}`,
      act: () => { put(area, length, ''); window.deskAct(`${area.dataset.macros}?${new URLSearchParams({ nome: name })}`); },
    }));
    return [...texts, ...macros];
  }

  async function passages(area, typed) {
    const mine = ++asked;
    await new Promise((done) => { setTimeout(done, 250); });
    if (mine !== asked) return null;
    const reply = await fetch(`${area.dataset.passages}?${new URLSearchParams({ q: typed })}`, { headers: { 'HX-Request': 'true', Accept: 'text/html' } });
    if (!reply.ok || mine !== asked) return null;
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    return [...page.querySelectorAll('[data-place]')].map((one) => ({
      label: one.textContent.trim(),
      act: () => {
        const source = document.createElement('input');
        Object.assign(source, { type: 'hidden', name: 'fonte', value: one.dataset.place });
        area.form.append(source);
        put(area, typed.length + 2, one.dataset.text);
      },
    }));
  }

  async function offer(area) {
    const before = area.value.slice(0, area.selectionStart);
    for (const sign of SIGNS) {
      const found = before.match(sign.pattern);
      if (!found) continue;
      const choices = await sign.find(area, found[1]);
      if (choices === null) return;
      close();
      if (choices.length) show(area, sign.title, choices);
      return;
    }
    asked += 1;
    close();
  }

  function show(area, title, choices) {
    const list = document.createElement('ul');
    list.className = 'names';
    list.setAttribute('aria-label', title);
    for (const choice of choices) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = choice.label;
      button.addEventListener('click', choice.act);
      const item = document.createElement('li');
      item.append(button);
      list.append(item);
    }
    area.after(list);
  }

  document.addEventListener('input', (event) => {
    if (event.target.matches('[data-mentions]')) offer(event.target);
  });
  document.addEventListener('keydown', (event) => {
    const list = document.querySelector('.names');
    if (!list) return;
    const buttons = [...list.querySelectorAll('button')];
    const place = buttons.indexOf(event.target);
    if (place < 0 && !event.target.matches('[data-mentions]')) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
      document.querySelector('[data-mentions]').focus();
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      buttons[Math.min(place + 1, buttons.length - 1)].focus();
    } else if (event.key === 'ArrowUp' && place >= 0) {
      event.preventDefault();
      (buttons[place - 1] ?? document.querySelector('[data-mentions]')).focus();
    }
  }, true);
})();
