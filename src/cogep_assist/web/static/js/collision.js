// What comes in while somebody writes is read before the reply goes: the timeline shows it at once,
// but the reply still says what had been read when it was begun, and the server holds it up once.
(() => {
  let begun = null;
  let held = 0;

  const composer = () => document.querySelector('[data-composer]');
  const seen = () => document.querySelector('#linha [name="visto"]');
  const messages = () => document.querySelectorAll('#linha .entry:not(.note)').length;

  function begin() {
    const writing = composer()?.elements.texto.value.trim();
    if (!writing) return read();
    if (begun === null) {
      begun = seen()?.value ?? null;
      held = messages();
    }
  }

  // From here on, what is in the timeline is known to whoever writes.
  function read() {
    if (begun !== null && seen()?.dataset.newest) seen().value = seen().dataset.newest;
    begun = null;
    document.getElementById('chegou')?.remove();
  }

  function tell() {
    if (document.getElementById('chegou')) return;
    const card = document.createElement('div');
    card.id = 'chegou';
    card.className = 'notice warn';
    card.setAttribute('role', 'status');
    const words = document.createElement('p');
    words.textContent = 'Chegou uma mensagem enquanto você escrevia. Leia-a acima antes de enviar.';
    const known = document.createElement('button');
    known.type = 'button';
    known.className = 'second small';
    known.textContent = 'Já li';
    known.addEventListener('click', () => {
      read();
      begin();
      composer().elements.texto.focus();
    });
    card.append(words, known);
    composer().before(card);
  }

  document.addEventListener('input', (event) => {
    if (event.target.closest('[data-composer]')) begin();
  });
  document.addEventListener('draft:restored', begin);
  document.addEventListener('htmx:after:swap', () => {
    if (!composer() || !seen()) return;
    const refused = document.querySelector('[data-code="ticket_moved_on"]:not([data-read])');
    if (refused) {
      // It was told, and is in the timeline now: the second time the reply goes.
      refused.dataset.read = 'yes';
      read();
      document.getElementById('linha').dispatchEvent(new CustomEvent('live'));
    } else if (begun !== null && seen().value !== begun) {
      seen().dataset.newest = seen().value;
      seen().value = begun;
      if (messages() > held) tell();
    }
  });
})();
