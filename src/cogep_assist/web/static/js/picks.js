// Many rows at once: one tick for all of the page, Shift and a click from one to another, "x" for the
// row that has the keys; how many there are is said, and asked about before what reaches many people.
(() => {
  const MANY = 2;
  let last = null;

  const ticks = (form) => [...form.querySelectorAll('.tick:not(.tick-all)')];
  const ticked = (form) => ticks(form).filter((one) => one.checked);

  function tell(form) {
    const all = form.querySelector('.tick-all');
    const count = ticked(form).length;
    if (all) {
      all.checked = count > 0 && count === ticks(form).length;
      all.indeterminate = count > 0 && !all.checked;
    }
    for (const one of form.querySelectorAll('[data-ticked]')) {
      one.textContent = count ? `${count} ${count === 1 ? one.dataset.one : one.dataset.many}` : '';
    }
    // "Fechar 12 chamados?": the question names how many.
    for (const one of form.querySelectorAll('[data-confirm-many]')) {
      one.dataset.confirm = one.dataset.confirmMany.replace('{n}', String(count));
    }
    ask(form, count);
  }

  // An act that writes to people is asked about where it is done to many.
  function ask(form, count) {
    const chosen = form.querySelector('select[name="acao"]')?.selectedOptions[0];
    const button = form.querySelector('[data-reaches]');
    if (!button) return;
    const reaches = chosen && (chosen.value.startsWith('move:') || chosen.value.startsWith('macro:')) && chosen.value !== 'move:open';
    if (count < MANY || !reaches) {
      delete button.dataset.confirm;
      return;
    }
    button.dataset.confirm = `${chosen.textContent.trim()}: mudar ${count} chamados?`;
    button.dataset.consequence = button.dataset.reaches;
  }

  document.addEventListener('click', (event) => {
    const tick = event.target.closest('.tick');
    const form = tick?.form;
    if (!form) return;
    if (tick.matches('.tick-all')) {
      for (const one of ticks(form)) one.checked = tick.checked;
    } else {
      const every = ticks(form);
      const [from, to] = [every.indexOf(last), every.indexOf(tick)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) for (const one of every.slice(from, to + 1)) one.checked = tick.checked;
      last = tick;
    }
    tell(form);
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches('select[name="acao"]')) tell(event.target.form);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'x' || event.ctrlKey || event.metaKey || event.altKey) return;
    const tick = event.target.closest('[data-row]')?.closest('tr')?.querySelector('.tick');
    if (!tick) return;
    event.preventDefault();
    tick.click();
  });
  function begin() {
    for (const all of document.querySelectorAll('.tick-all')) {
      all.closest('.pick-all').hidden = false;
      tell(all.form);
    }
  }
  // Also what the browser had ticked when somebody comes back.
  addEventListener('pageshow', begin);
  document.addEventListener('htmx:after:swap', begin);
})();
