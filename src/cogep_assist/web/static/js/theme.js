// Light and dark. The server writes the choice into the page, so that nothing flashes; here the
// switch works at once and keeps the choice where the server reads it.
(() => {
  const root = document.documentElement;
  root.classList.add('js');

  function choose(theme) {
    root.dataset.theme = theme;
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `cogep_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }

  window.cogepTheme = {
    toggle() {
      const dark = root.dataset.theme
        ? root.dataset.theme === 'dark'
        : matchMedia('(prefers-color-scheme: dark)').matches;
      choose(dark ? 'light' : 'dark');
    },
  };

  document.addEventListener('submit', (event) => {
    if (!event.target.matches('[data-theme-switch]')) return;
    event.preventDefault();
    choose(event.submitter.value);
    event.target.querySelector('button:not([hidden])')?.focus();
  });
})();
