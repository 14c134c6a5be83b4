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

  function free(form) {
    delete form.dataset.sending;
    form.querySelectorAll('[aria-busy]').forEach((one) => one.removeAttribute('aria-busy'));
  }
})();
