// The question box in a page of another site: one line loads this, nothing else is asked for
// before somebody opens it. Everything stands in a shadow tree and a frame: neither the page's
// styles nor its scripts reach in, and a strict Content-Security-Policy needs script-src and
// frame-src with this server, no 'unsafe-inline'.
(() => {
  const line = document.currentScript;
  const site = line?.dataset.site;
  if (!site || document.querySelector(`cogep-perguntar[data-site="${CSS.escape(site)}"]`)) return;
  const desk = new URL(line.src).origin;
  const label = line.dataset.label || 'Perguntar';
  const theme = ['light', 'dark'].includes(line.dataset.theme) ? line.dataset.theme : '';
  const address = `${desk}/widget/${encodeURIComponent(site)}${theme ? `?tema=${theme}` : ''}`;
  const PATIENCE_MS = 12000;

  const STYLE = `
:host { all: initial; color-scheme: light dark; --accent: light-dark(#0c326f, #9bbdff); --on-accent: light-dark(#fff, #071d41); --sheet: light-dark(#fff, #151e29); --ink: light-dark(#1b1b1b, #e8edf3); --line: light-dark(#d6dde8, #2b3747); font: 16px/1.4 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
:host([data-theme="light"]) { color-scheme: light; }
:host([data-theme="dark"]) { color-scheme: dark; }
[hidden] { display: none !important; }
button, a { font: inherit; }
.opener, .panel { position: fixed; z-index: 2147483000; bottom: max(16px, env(safe-area-inset-bottom)); right: max(16px, env(safe-area-inset-right)); }
:host([data-side="left"]) .opener, :host([data-side="left"]) .panel { right: auto; left: max(16px, env(safe-area-inset-left)); }
.opener { display: inline-flex; align-items: center; gap: 8px; min-height: 48px; padding: 0 20px; border: 0; border-radius: 24px; background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; box-shadow: 0 4px 16px rgb(0 0 0 / 28%); }
.opener svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.opener { outline: 1px solid var(--sheet); }
.opener:focus-visible { outline: 3px solid var(--accent); box-shadow: 0 0 0 3px var(--sheet); }
.panel { box-sizing: border-box; width: 400px; height: min(640px, calc(100vh - 32px)); height: min(640px, calc(100dvh - 32px)); overflow: hidden; border: 1px solid var(--line); border-radius: 12px; background: var(--sheet); color: var(--ink); box-shadow: 0 12px 40px rgb(0 0 0 / 30%); animation: rise .16s ease-out; }
iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: inherit; }
.waiting { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; padding: 24px; text-align: center; background: var(--sheet); }
.waiting p { margin: 0; }
.waiting a { color: var(--accent); }
.waiting button { min-height: 40px; padding: 0 16px; border: 1px solid var(--line); border-radius: 20px; background: none; color: inherit; cursor: pointer; }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
@media (max-width: 520px) { .panel, :host([data-side="left"]) .panel { inset: 0; width: auto; height: auto; border: 0; border-radius: 0; } }
@media (prefers-reduced-motion: reduce) { .panel { animation: none; } }
@media print { .opener, .panel { display: none; } }
`;

  const host = document.createElement('cogep-perguntar');
  host.dataset.site = site;
  if (theme) host.dataset.theme = theme;
  if (line.dataset.side === 'left') host.dataset.side = 'left';
  const root = host.attachShadow({ mode: 'open' });
  // A sheet made by script, where <style> would need 'unsafe-inline'.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const opener = element('button', { type: 'button', className: 'opener' });
  opener.setAttribute('aria-haspopup', 'dialog');
  opener.append(drawing(), element('span', { textContent: label }));
  opener.addEventListener('click', open);
  root.append(opener);
  document.body.append(host);

  let panel, frame, waiting, port, patience;

  function open() {
    if (!panel) build();
    panel.hidden = false;
    opener.hidden = true;
    if (port) meet();
    else waiting.focus();
  }

  function close() {
    panel.hidden = true;
    opener.hidden = false;
    opener.focus();
  }

  function meet() {
    frame.focus();
    port.postMessage('opened');
  }

  function build() {
    panel = element('div', { className: 'panel' });
    panel.setAttribute('role', 'dialog');
    panel.setAttribute('aria-modal', 'true');
    panel.setAttribute('aria-label', label);
    panel.addEventListener('keydown', (event) => event.key === 'Escape' && close());
    waiting = element('div', { className: 'waiting', tabIndex: -1 });
    waiting.setAttribute('role', 'status');
    waiting.append(element('p', { textContent: 'Abrindo…' }), closer());
    frame = element('iframe', { title: label, referrerPolicy: 'origin' });
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox');
    frame.addEventListener('load', greet);
    frame.src = address;
    panel.append(frame, waiting);
    root.append(panel);
    patience = setTimeout(giveUp, PATIENCE_MS);
  }

  // The frame is spoken to by a channel that only it gets: the page's other frames hear nothing.
  function greet() {
    const channel = new MessageChannel();
    channel.port1.onmessage = ({ data }) => {
      if (data === 'close') close();
      if (data !== 'ready') return;
      clearTimeout(patience);
      port = channel.port1;
      waiting.hidden = true;
      if (!panel.hidden) meet();
    };
    try {
      frame.contentWindow.postMessage('cogep:hello', desk, [channel.port2]);
    } catch {
      giveUp();
    }
  }

  function giveUp() {
    if (port) return;
    const there = element('a', { href: `${desk}/widget/${encodeURIComponent(site)}`, target: '_blank', rel: 'noopener', textContent: 'Abrir em outra aba' });
    waiting.replaceChildren(element('p', { textContent: 'Não foi possível abrir a caixa de perguntas nesta página.' }), there, closer());
  }

  function closer() {
    const button = element('button', { type: 'button', textContent: 'Fechar' });
    button.addEventListener('click', close);
    return button;
  }

  function element(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  function drawing() {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', 'M21 12a8 8 0 0 1-8 8H4l2.3-3A8 8 0 1 1 21 12ZM10.6 9.5a2.5 2.5 0 1 1 3.3 2.4c-.6.2-.9.6-.9 1.2M13 16h.01');
    svg.append(path);
    return svg;
  }
})();
