// The one script of our pages: it copies the details of a refusal. Without it the field beside is copied by hand.
const button = document.getElementById('copy');
const details = document.getElementById('details');
const copied = document.getElementById('copied');
if (button && details && copied) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    details.select();
    await navigator.clipboard.writeText(details.value);
    copied.textContent = copied.dataset.text ?? '';
  });
}
