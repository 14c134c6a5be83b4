// Keys that work on every page: Ctrl/⌘ K, ?, d, and g followed by a letter. A page adds its own with
// data-key="x" on a link, a button or a field: the key follows, presses or focuses it.
(() => {
  let going = false;

  function typing(target) {
    return target.closest('input, textarea, select, [contenteditable]') !== null;
  }

  function go(letter) {
    document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
  }

  function press(key) {
    // What a closed menu holds answers to its key as well, and a list that has no room beside it.
    const seen = (one) => one.offsetParent !== null || one.closest('details.menu:not([open]), .aside');
    const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(seen);
    if (!found) return false;
    if (found.matches('input, textarea, select')) found.focus();
    else found.click();
    return true;
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openCommands();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    if (going) {
      going = false;
      event.preventDefault();
      go(event.key);
    } else if (event.key === 'g') {
      going = true;
      setTimeout(() => { going = false; }, 1500);
    } else if (event.key === '?') {
      document.getElementById('atalhos')?.showModal();
    } else if (press(event.key)) {
      event.preventDefault();
    } else if (event.key === 'd') {
      window.cogepTheme.toggle();
    }
  });

  // The command bar: its list is asked for once, and narrowed by what is typed.
  const bar = () => document.getElementById('comandos');
  const list = () => document.getElementById('lista-de-comandos');
  const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

  async function openCommands() {
    if (!bar()) return;
    if (!bar().open) bar().showModal();
    await fill();
  }

  async function fill() {
    if (list().childElementCount) return narrow();
    const reply = await fetch(list().dataset.source, { headers: { 'HX-Request': 'true', Accept: 'text/html' } });
    if (!reply.ok) return;
    list().innerHTML = await reply.text();
    narrow();
  }

  function shown() {
    return [...list().children].filter((one) => !one.hidden);
  }

  function narrow() {
    const words = fold(document.getElementById('comando').value).split(/\s+/);
    for (const one of list().children) {
      one.hidden = !words.every((word) => fold(one.dataset.words).includes(word));
    }
    select(shown()[0]);
  }

  function select(chosen) {
    for (const one of list().children) one.setAttribute('aria-selected', String(one === chosen));
    document.getElementById('comando').setAttribute('aria-activedescendant', chosen?.id ?? '');
    chosen?.scrollIntoView({ block: 'nearest' });
  }

  // Somebody may type faster than the list comes.
  async function open() {
    await fill();
    shown().find((one) => one.getAttribute('aria-selected') === 'true')?.click();
  }

  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-open="comandos"]')) fill();
  });
  document.addEventListener('input', (event) => {
    if (event.target.id === 'comando') narrow();
  });
  document.addEventListener('keydown', (event) => {
    if (event.target.id !== 'comando') return;
    const all = shown();
    const place = all.findIndex((one) => one.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown') select(all[Math.min(place + 1, all.length - 1)]);
    else if (event.key === 'ArrowUp') select(all[Math.max(place - 1, 0)]);
    else if (event.key === 'Enter') open();
    else return;
    event.preventDefault();
  });
})();
