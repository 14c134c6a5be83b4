// Dialogs that a button opens, menus, printing, and the question before an act that cannot be undone.
(() => {
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-open]');
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    const printer = event.target.closest('[data-print]');
    if (printer) print(printer.dataset.print === 'internal');
    // A click beside the dialog closes it: there the target is the dialog itself.
    if (event.target.matches('dialog[open]')) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
  });

  // What only the team reads goes on paper when that was asked for, and then once.
  function print(internal) {
    document.documentElement.classList.toggle('print-internal', internal);
    window.print();
    document.documentElement.classList.remove('print-internal');
  }

  // A menu closes by Esc, by a click beside it and by the act that was chosen; the keys go back to
  // its button, and from there a dialog takes them and gives them back.
  const openMenu = () => document.querySelector('details.menu[open]');
  function closeMenu(menu, focus) {
    menu.open = false;
    if (focus) menu.querySelector('summary').focus();
  }
  document.addEventListener('click', (event) => {
    const menu = openMenu();
    if (!menu || event.target.closest('summary')?.parentElement === menu) return;
    closeMenu(menu, menu.contains(event.target));
  }, true);
  document.addEventListener('keydown', (event) => {
    const menu = openMenu();
    if (!menu) return;
    if (event.key === 'Escape') closeMenu(menu, true);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !menu.contains(event.target)) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll('.menu-item')];
    const place = items.indexOf(document.activeElement) + by;
    (items[Math.min(place, items.length - 1)] ?? menu.querySelector('summary')).focus();
  });

  function ask(question, consequence, act) {
    const dialog = document.createElement('dialog');
    const title = document.createElement('h2');
    title.id = 'confirmar-titulo';
    title.textContent = question;
    dialog.setAttribute('aria-labelledby', title.id);
    const text = document.createElement('p');
    text.textContent = consequence;
    const row = document.createElement('form');
    row.method = 'dialog';
    row.className = 'row';
    for (const [words, kind, value] of [['Cancelar', 'second', ''], [act, 'danger', 'yes']]) {
      const button = document.createElement('button');
      button.className = kind;
      button.value = value;
      button.textContent = words;
      row.append(button);
    }
    dialog.append(title, text, row);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener('close', () => {
        dialog.remove();
        resolve(dialog.returnValue === 'yes');
      });
    });
  }

  // In the capture phase: HTMX must not have sent the form before the answer.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-confirm]');
    if (!button || button.dataset.confirmed) return;
    event.preventDefault();
    event.stopPropagation();
    if (await ask(button.dataset.confirm, button.dataset.consequence ?? '', button.textContent.trim())) {
      button.dataset.confirmed = 'yes';
      button.click();
      delete button.dataset.confirmed;
    } else {
      button.focus();
    }
  }, true);
})();
