// A slider says its figure as it moves.
document.addEventListener('input', ({ target }) => {
  if (target.type !== 'range') return;
  const told = document.querySelector(`output[for="${CSS.escape(target.id)}"]`);
  if (told) told.value = `${target.value}%`;
});
