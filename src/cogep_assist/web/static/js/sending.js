// A form that is being sent is not sent twice: a double click opens one ticket. HTMX sees to its
// own forms. A form whose reply is a file leaves the page where it is, so the guard is lifted again.
(() => {
  const SECONDS = 4;

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || form.hasAttribute('hx-post')) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = 'yes';
    event.submitter?.setAttribute('aria-busy', 'true');
    setTimeout(() => free(form), SECONDS * 1000);
  });
  // A form that came back with something wrong: the first such field is where to go on.
  document.addEventListener('DOMContentLoaded', () => document.querySelector('[aria-invalid="true"]')?.focus());
  // Back from the next page by the browser's button: the form may be sent again.
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sending]').forEach(free));

  // HTMX leaves the page as it is and puts what went wrong among the notices. The fields that it
  // speaks of are marked; where a dialog lies over the notices, it is told in the dialog.
  let sent = null;
  document.addEventListener('submit', (event) => {
    sent = event.target;
    sent.querySelectorAll('[data-told]').forEach((one) => one.remove());
    sent.querySelectorAll('[data-wrong]').forEach((one) => {
      one.removeAttribute('aria-invalid');
      delete one.dataset.wrong;
    });
  }, true);
  document.addEventListener('htmx:after:swap', () => {
    const card = document.querySelector('#avisos > .toast.bad:not([data-placed])');
    if (!card) return;
    card.dataset.placed = 'yes';
    if (!sent?.isConnected) return;
    const said = JSON.parse(card.dataset.fields ?? '[]');
    const marked = said.filter((one) => one.field).map((one) => mark(sent, card, one));
    // What the code speaks of is asked only where no field was named.
    const wrong = marked.find(Boolean) ?? said.filter((one) => !one.field).map((one) => mark(sent, card, one)).find(Boolean);
    if (sent.closest('dialog[open]')) {
      card.dataset.told = '';
      sent.prepend(card);
    }
    wrong?.focus();
  });

  function mark(form, card, { field: said, names, reason }) {
    const seen = names.flatMap((name) => [...form.elements].filter((one) => one.type !== 'hidden' && one.name === name));
    const field = seen.find((one) => !said && one.value.trim()) ?? seen[0];
    if (!field) return null;
    const words = document.createElement('p');
    words.className = 'field-error';
    words.dataset.told = '';
    words.id = `${field.id || field.name}-erro`;
    words.textContent = reason;
    const label = field.labels?.[0]?.textContent.trim();
    if (said && label) for (const one of card.querySelectorAll('h2, h2 + p')) one.textContent = one.textContent.replaceAll(`“${said}”`, `“${label}”`);
    field.after(words);
    field.dataset.wrong = '';
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-errormessage', words.id);
    return field;
  }

  function free(form) {
    delete form.dataset.sending;
    form.querySelectorAll('[aria-busy]').forEach((one) => one.removeAttribute('aria-busy'));
  }
})();
