// What is typed into a form with data-draft="NAME" is kept in this browser until the server says
// that the form's act is done. Passwords, files and hidden fields are never kept; signing out
// clears everything (Clear-Site-Data).
(() => {
  const PREFIX = 'draft:';
  const DAYS = 7;
  const SKIPPED = new Set(['password', 'hidden', 'file', 'submit', 'button']);

  function fields(form) {
    return [...form.elements].filter((one) => one.name && !SKIPPED.has(one.type) && !one.readOnly);
  }

  // Fields that share a name, as the rows of contacts do, are told apart by their place.
  function named(form) {
    const seen = {};
    return fields(form).map((one) => {
      seen[one.name] = (seen[one.name] ?? 0) + 1;
      return [seen[one.name] > 1 ? `${one.name}#${seen[one.name]}` : one.name, one];
    });
  }

  function keep(form) {
    const values = {};
    for (const [name, one] of named(form)) {
      if (one.type === 'checkbox' || one.type === 'radio') {
        if (one.checked) values[`${one.name}=${one.value}`] = true;
      } else if (one.value !== one.defaultValue) values[name] = one.value;
    }
    const key = PREFIX + form.dataset.draft;
    if (Object.keys(values).length) localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
    else localStorage.removeItem(key);
  }

  function restore(form) {
    if (form.dataset.draftRestored) return;
    form.dataset.draftRestored = 'yes';
    const kept = JSON.parse(localStorage.getItem(PREFIX + form.dataset.draft) ?? 'null');
    if (!kept) return;
    for (const [name, one] of named(form)) {
      // What the server gives back, and what is typed already, is newer.
      if (one.type === 'checkbox' || one.type === 'radio') {
        if (kept.values[`${one.name}=${one.value}`]) one.checked = true;
      } else if (name in kept.values && (!one.value || one.tagName === 'SELECT')) one.value = kept.values[name];
    }
    form.dispatchEvent(new CustomEvent('draft:restored', { bubbles: true }));
  }

  function forget(name) {
    if (name) localStorage.removeItem(PREFIX + name);
  }

  function forgetOld() {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      if (Date.now() - JSON.parse(localStorage.getItem(name)).at > DAYS * 86400000) localStorage.removeItem(name);
    }
  }

  window.cogepDrafts = { forget };
  document.addEventListener('input', (event) => {
    const form = event.target.closest?.('form[data-draft]');
    if (form) keep(form);
  });
  document.addEventListener('DOMContentLoaded', () => {
    forgetOld();
    forget(document.body.dataset.draftDone);
    document.querySelectorAll('form[data-draft]').forEach(restore);
  });
  document.addEventListener('htmx:after:swap', () => {
    document.querySelectorAll('form[data-draft]').forEach(restore);
  });
})();
