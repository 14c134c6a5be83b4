// Notices: closed by hand; good ones leave by themselves, errors stay until they are closed.
(() => {
  const SECONDS = 8;
  const NO_CONTACT = 'Sem contato com o servidor. O que você escreveu continua aqui; tente de novo em instantes.';

  document.addEventListener('click', (event) => {
    event.target.closest('[data-dismiss]')?.closest('.toast')?.remove();
  });

  function fade(toast) {
    if (toast.matches('.good')) setTimeout(() => toast.matches(':hover, :focus-within') || toast.remove(), SECONDS * 1000);
  }

  window.cogepNotices = {
    // kind: good or bad. What is said is text, never markup.
    say(text, kind = 'good') {
      const box = document.getElementById('avisos');
      if ([...box.querySelectorAll('.toast > p')].some((one) => one.textContent === text)) return;
      const toast = document.createElement('div');
      toast.className = `notice toast ${kind}`;
      toast.setAttribute('role', kind === 'bad' ? 'alert' : 'status');
      const words = document.createElement('p');
      words.textContent = text;
      const close = document.createElement('button');
      close.type = 'button';
      close.className = 'close quiet icon-only small';
      close.dataset.dismiss = '';
      close.setAttribute('aria-label', 'Fechar aviso');
      close.textContent = '×';
      toast.append(close, words);
      box.prepend(toast);
      fade(toast);
    },
  };

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('#avisos .toast').forEach(fade);
  });
  // The request never reached us: say so, and that nothing was lost.
  document.addEventListener('htmx:error', (event) => {
    const cause = event.detail?.error?.name;
    if (cause === 'AbortError') return;
    window.cogepNotices.say(NO_CONTACT, 'bad');
  });
  // Back in contact: what was said of it is over.
  for (const heard of ['htmx:after:request', 'htmx:sse:after:connection']) {
    document.addEventListener(heard, () => {
      for (const one of document.querySelectorAll('#avisos .toast > p')) if (one.textContent === NO_CONTACT) one.parentElement.remove();
    });
  }
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    window.cogepNotices.say('Copiado.');
  });
})();
