// My Apps: narrows the list while one types. Without this script the form asks the server.
const search = document.getElementById('search');
const count = document.getElementById('matches');
const groups = [...document.querySelectorAll('[data-group]')];
const words = (text) => text.toLocaleLowerCase().normalize('NFKD').split(/\s+/).filter(Boolean);

function narrow() {
  const wanted = words(search.value);
  const seen = new Set();
  for (const group of groups) {
    const tiles = [...group.querySelectorAll('[data-name]')];
    for (const tile of tiles) {
      const text = tile.dataset.name.toLocaleLowerCase().normalize('NFKD');
      tile.hidden = !wanted.every((word) => text.includes(word));
      if (!tile.hidden) seen.add(tile.dataset.app);
    }
    group.hidden = tiles.every((tile) => tile.hidden);
  }
  count.textContent = seen.size === 0 ? count.dataset.none : '';
}

if (search && count) {
  document.getElementById('search-button').hidden = true;
  search.addEventListener('input', narrow);
}
