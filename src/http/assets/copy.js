// Copies the details of a refusal. Without this script they are chosen and copied by hand.
const button = document.getElementById('copy');
const details = document.getElementById('details');
const copied = document.getElementById('copied');
if (button && details && copied) {
  const lines = () =>
    [...details.querySelectorAll('dt')].map((name) => `${name.textContent}: ${name.nextElementSibling.textContent}`);
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(lines().join('\n'));
    copied.textContent = copied.dataset.text ?? '';
  });
}
