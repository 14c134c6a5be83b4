// Live updates. An element with data-live="ticket ticket:ID" gets the event "live" when one of these
// changes; HTMX asks for it anew by hx-trigger="live". Where the stream fails, the same event comes
// every POLL_SECONDS instead. A page out of sight is quiet, and looks anew when it is seen again.
(() => {
  const POLL_SECONDS = 15;
  let stream = null;
  let polling = null;
  let listened = '';

  function topics() {
    const names = new Set();
    for (const one of document.querySelectorAll('[data-live]')) {
      for (const name of one.dataset.live.split(/\s+/)) if (name) names.add(name);
    }
    return [...names].sort();
  }

  function tell(name) {
    for (const one of document.querySelectorAll('[data-live]')) {
      const asked = one.dataset.live.split(/\s+/);
      if (name === '*' || asked.includes(name)) one.dispatchEvent(new CustomEvent('live', { detail: { name } }));
    }
  }

  function stop() {
    stream?.close();
    stream = null;
    listened = '';
    clearInterval(polling);
    polling = null;
  }

  function poll() {
    polling ??= setInterval(() => tell('*'), POLL_SECONDS * 1000);
  }

  function listen() {
    const names = topics();
    const address = `/ao-vivo?${names.map((name) => `topico=${encodeURIComponent(name)}`).join('&')}`;
    if (address === listened) return;
    stop();
    if (!names.length || document.hidden) return;
    if (!window.EventSource) return poll();
    listened = address;
    stream = new EventSource(address);
    stream.addEventListener('change', (event) => tell(event.data));
    // The session has ended: what the page asks now leads to the sign-in.
    stream.addEventListener('over', () => { stop(); tell('*'); });
    stream.addEventListener('open', () => { clearInterval(polling); polling = null; });
    // The browser tries again by itself; until then, and where it gives up, there is polling.
    stream.addEventListener('error', poll);
  }

  document.addEventListener('DOMContentLoaded', listen);
  document.addEventListener('htmx:after:swap', listen);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return stop();
    listen();
    tell('*');
  });
  // A page that the browser keeps for "back" must not hold a connection.
  addEventListener('pagehide', stop);
  addEventListener('pageshow', listen);
})();
